/// Preloaded into a program, has one of its system calls fail: the FAILING_CALL-th of those below, with the
/// error FAILING_ERRNO, and then makes the file FAILING_REPORT. The error 0 has the process killed (SIGKILL)
/// instead, -1 the folder FAILING_FOLDER renamed to `FAILING_FOLDER.gone` before the call, which goes on.
/// Calls from within libc, as those of fopen, aren't seen. With POOR_FILE_SYSTEM there are no files without a
/// name and no flags of renameat2, as on NFS; if it is `FAT` no second names either. With SHARED_RANGES files
/// have blocks of 4 KiB that others can share, so many times; from then on half of the range is there, the
/// call fails, and FAILING_REPORT is made.

#include <dlfcn.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

long number_of(const char* variable) {
  const char* text = std::getenv(variable);
  return text == nullptr ? -1 : std::atol(text);
}

std::atomic<long> calls{0};

void report() {
  ::syscall(SYS_close,
            ::syscall(SYS_openat, AT_FDCWD, std::getenv("FAILING_REPORT"), O_CREAT | O_WRONLY, 0666));
}

/// The error that this call is to fail with, or 0.
int failure() {
  static const long failing = number_of("FAILING_CALL");
  static const auto error = static_cast<int>(number_of("FAILING_ERRNO"));
  if (++calls != failing) return 0;
  report();
  if (error == 0) ::kill(::getpid(), SIGKILL);
  if (error > 0) return error;
  const std::string folder = std::getenv("FAILING_FOLDER");
  ::syscall(SYS_rename, folder.c_str(), (folder + ".gone").c_str());
  return 0;
}

template <class Function>
Function* next(Function* /*own*/, const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

/// What the file system doesn't have.
bool is_unknown(bool is_asked_for, int error) {
  static const bool is_poor = std::getenv("POOR_FILE_SYSTEM") != nullptr;
  if (is_poor && is_asked_for) errno = error;
  return is_poor && is_asked_for;
}

bool fails() {
  const int error = failure();
  if (error != 0) errno = error;
  return error != 0;
}

/// By a copy, because no file system shares blocks on every machine.
void copy(const file_clone_range& range, std::uint64_t size, int to) {
  std::string bytes(size, '\0');
  ::syscall(SYS_pread64, static_cast<int>(range.src_fd), bytes.data(), size, range.src_offset);
  ::syscall(SYS_pwrite64, to, bytes.data(), size, range.dest_offset);
}

int share(const file_clone_range& range, int to) {
  static std::atomic<long> left{number_of("SHARED_RANGES")};
  const bool is_refused =
      (range.src_offset | range.src_length | range.dest_offset) % 4096 != 0 || left-- <= 0;
  copy(range, is_refused ? range.src_length / 2 : range.src_length, to);
  if (!is_refused) return 0;
  report();
  errno = EINVAL;
  return -1;
}

unsigned mode_of(int flags, va_list arguments) {
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(arguments, unsigned) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const auto mode = mode_of(flags, arguments);
  va_end(arguments);
  if (is_unknown((flags & O_TMPFILE) == O_TMPFILE, EOPNOTSUPP)) return -1;
  return fails() ? -1 : static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

int openat(int folder, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const auto mode = mode_of(flags, arguments);
  va_end(arguments);
  return fails() ? -1 : static_cast<int>(::syscall(SYS_openat, folder, path, flags, mode));
}

int __open_2(const char* path, int flags) {
  return ::open(path, flags);
}

int __openat_2(int folder, const char* path, int flags) {
  return ::openat(folder, path, flags);
}

#define FAILING(RESULT, NAME, PARAMETERS, ARGUMENTS)           \
  RESULT NAME PARAMETERS {                                     \
    static const auto real = next(&NAME, #NAME);               \
    return fails() ? static_cast<RESULT>(-1) : real ARGUMENTS; \
  }

FAILING(ssize_t, read, (int fd, void* data, size_t size), (fd, data, size))
FAILING(ssize_t, pread, (int fd, void* data, size_t size, off_t at), (fd, data, size, at))
FAILING(ssize_t, write, (int fd, const void* data, size_t size), (fd, data, size))
FAILING(ssize_t, pwrite, (int fd, const void* data, size_t size, off_t at), (fd, data, size, at))
FAILING(ssize_t, copy_file_range, (int in, off64_t* from, int out, off64_t* to, size_t size, unsigned flags),
        (in, from, out, to, size, flags))
FAILING(int, fsync, (int fd), (fd))
FAILING(int, linkat, (int from, const char* old_path, int to, const char* path, int flags) noexcept,
        (from, old_path, to, path, flags))
FAILING(int, symlinkat, (const char* target, int folder, const char* path) noexcept, (target, folder, path))
FAILING(int, rename, (const char* old_path, const char* path) noexcept, (old_path, path))
FAILING(int, renameat, (int from, const char* old_path, int to, const char* path) noexcept,
        (from, old_path, to, path))
FAILING(int, mkdir, (const char* path, mode_t mode) noexcept, (path, mode))
FAILING(int, mkdirat, (int folder, const char* path, mode_t mode) noexcept, (folder, path, mode))
FAILING(int, ftruncate, (int fd, off_t size) noexcept, (fd, size))
FAILING(int, futimens, (int fd, const timespec* times) noexcept, (fd, times))
FAILING(int, fchmod, (int fd, mode_t mode) noexcept, (fd, mode))

/// Only a kill counts these: that a file can't be removed is no reason to fail.
#define KILLING(NAME, PARAMETERS, ARGUMENTS)                        \
  int NAME PARAMETERS noexcept {                                    \
    static const auto real = next(&NAME, #NAME);                    \
    static const bool is_killing = number_of("FAILING_ERRNO") == 0; \
    if (is_killing) failure();                                      \
    return real ARGUMENTS;                                          \
  }

KILLING(unlink, (const char* path), (path))
KILLING(rmdir, (const char* path), (path))

int link(const char* old_path, const char* path) noexcept {
  const char* poor = std::getenv("POOR_FILE_SYSTEM");
  if (is_unknown(poor != nullptr && std::string_view(poor) == "FAT", EPERM)) return -1;
  return fails() ? -1 : static_cast<int>(::syscall(SYS_link, old_path, path));
}

int renameat2(int from, const char* old_path, int to, const char* path, unsigned flags) noexcept {
  if (is_unknown(flags != 0, EINVAL)) return -1;
  return fails() ? -1 : static_cast<int>(::syscall(SYS_renameat2, from, old_path, to, path, flags));
}

int ioctl(int fd, unsigned long request, ...) noexcept {
  va_list arguments;
  va_start(arguments, request);
  void* argument = va_arg(arguments, void*);
  va_end(arguments);
  static const bool is_sharing = std::getenv("SHARED_RANGES") != nullptr;
  if (is_sharing && request == FICLONERANGE)
    return share(*static_cast<const file_clone_range*>(argument), fd);
  return static_cast<int>(::syscall(SYS_ioctl, fd, request, argument));
}

/// A descriptor is closed whatever close says.
int close(int fd) {
  const bool is_failing = fails();
  const auto status = static_cast<int>(::syscall(SYS_close, fd));
  return is_failing ? -1 : status;
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*work)(void*),
                   void* argument) noexcept {
  static const auto real = next(&pthread_create, "pthread_create");
  const int error = failure();
  return error != 0 ? error : real(thread, attributes, work, argument);
}

int posix_spawn(pid_t* child, const char* program, const posix_spawn_file_actions_t* actions,
                const posix_spawnattr_t* attributes, char* const words[],
                char* const environment[]) noexcept {
  static const auto real = next(&posix_spawn, "posix_spawn");
  const int error = failure();
  return error != 0 ? error : real(child, program, actions, attributes, words, environment);
}

}  // extern "C"

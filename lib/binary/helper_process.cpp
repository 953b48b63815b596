#include "binary/helper_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <system_error>
#include <thread>

namespace wheelfix {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void throw_system_error(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// `fd` as a descriptor above 2, so that dup2 onto 0 to 2 in the child can't lose it.
Descriptor above_standard(int fd, const char* what) {
  if (fd < 0) throw_system_error(what);
  Descriptor descriptor(fd);
  if (fd > STDERR_FILENO) return descriptor;
  Descriptor copy(::fcntl(descriptor.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (copy.get() < 0) throw_system_error(what);
  return copy;
}

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw_system_error("pipe");
    read_end = above_standard(ends[0], "pipe");
    write_end = above_standard(ends[1], "pipe");
  }

  Descriptor read_end, write_end;
};

/// What posix_spawn does to the child before it becomes the program.
class SpawnPlan {
 public:
  SpawnPlan(int input, int output) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    sigset_t none, all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&actions_);
  }

  /// 0, or the error because of which there is no process.
  int start(pid_t& pid, const std::string& program, const std::vector<std::string>& arguments,
            const std::vector<std::string>& environment) const {
    auto words = pointers(arguments);
    words.insert(words.begin(), const_cast<char*>(program.c_str()));
    auto variables = pointers(environment);
    return ::posix_spawn(&pid, program.c_str(), &actions_, &attributes_, words.data(), variables.data());
  }

 private:
  /// As execve takes them, with a null at the end.
  static std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (const auto& text : texts) result.push_back(const_cast<char*>(text.c_str()));
    result.push_back(nullptr);
    return result;
  }

  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// The processes that a process has started and that are still its own. Source: proc(5).
std::vector<pid_t> children_of(pid_t pid) {
  std::ifstream list("/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children");
  return {std::istream_iterator<pid_t>(list), {}};
}

/// A wrapper around an interpreter may have started it as a process of its own.
void kill_with_children(pid_t pid, int depth = 0) {
  constexpr int deepest = 10;
  const auto children = children_of(pid);
  ::kill(pid, SIGKILL);
  for (const auto child : children)
    if (depth < deepest) kill_with_children(child, depth + 1);
}

/// A child process, killed and waited for at the latest by the destructor.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { end(); }

  /// Its status if it has ended by itself.
  std::optional<int> try_wait() { return wait(WNOHANG); }

  /// Waits only a moment for a process that the kernel doesn't end at once.
  void end() {
    if (status_) return;
    kill_with_children(pid_);
    for (int i = 0; i < 200 && !try_wait(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(i / 10));
  }

 private:
  std::optional<int> wait(int options) {
    while (!status_) {
      int status = 0;
      const auto ended = ::waitpid(pid_, &status, options);
      if (ended == 0) return std::nullopt;
      if (ended < 0 && errno == EINTR) continue;
      // Code that ignores SIGCHLD, or waits for all children, has taken the status: success isn't known then.
      status_ = ended == pid_ ? status : SIGKILL;
    }
    return status_;
  }

  pid_t pid_;
  std::optional<int> status_;
};

int milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

/// Whether all was read before the deadline and within the limit. What the process has started may keep its
/// output open, so silence after it has ended is the end too.
std::optional<HelperEnd::Kind> read_output(Child& child, int fd, Clock::time_point deadline,
                                           std::uint64_t limit, std::string& output) {
  constexpr int longest_silence = 500;  // milliseconds
  std::array<char, 65536> buffer{};
  while (true) {
    pollfd waiting{fd, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, std::min(milliseconds_until(deadline), longest_silence));
    if (ready == 0 && child.try_wait()) return std::nullopt;
    if (ready < 0 && errno != EINTR) throw_system_error("poll");
    if (ready == 0 && Clock::now() >= deadline) return HelperEnd::Kind::took_too_long;
    if (ready <= 0) continue;
    const auto count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno != EINTR) throw_system_error("read");
    if (count == 0) return std::nullopt;
    if (count < 0) continue;
    output.append(buffer.data(), static_cast<std::size_t>(count));
    if (output.size() > limit) return HelperEnd::Kind::said_too_much;
  }
}

HelperEnd ended_with(int status, std::string output) {
  if (WIFSIGNALED(status)) return {HelperEnd::Kind::killed, WTERMSIG(status), std::move(output)};
  return {HelperEnd::Kind::exited, WEXITSTATUS(status), std::move(output)};
}

// It has closed its output, so the output is complete.
HelperEnd wait_for_end(Child& child, Clock::time_point deadline, std::string output) {
  constexpr std::chrono::microseconds longest{20'000};
  for (std::chrono::microseconds pause{50}; Clock::now() < deadline; pause = std::min(2 * pause, longest)) {
    if (const auto status = child.try_wait()) return ended_with(*status, std::move(output));
    std::this_thread::sleep_for(pause);
  }
  return {HelperEnd::Kind::took_too_long, 0, std::move(output)};
}

// The child's output until it ends.
HelperEnd hear_out(pid_t pid, Pipe& pipe, Clock::time_point deadline, std::uint64_t limit) {
  Child child(pid);
  pipe.write_end = Descriptor();
  std::string output;
  if (const auto stopped = read_output(child, pipe.read_end.get(), deadline, limit, output))
    return {*stopped, 0, std::move(output)};
  return wait_for_end(child, deadline, std::move(output));
}

void write_all(int fd, std::string_view piece) {
  while (!piece.empty()) {
    const auto count = ::write(fd, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_system_error("write");
    piece.remove_prefix(static_cast<std::size_t>(count));
  }
}

[[noreturn]] void work_as_child(pid_t parent, int output, const std::function<void(const PieceSink&)>& work) {
  constexpr int last = STDERR_FILENO + 1;
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  const int null = ::open("/dev/null", O_RDWR);
  for (int fd = STDIN_FILENO; fd < last; ++fd) ::dup2(null, fd);
  ::dup2(output, last);
  ::close_range(last + 1, ~0U, 0);
  int status = 1;
  try {
    if (::getppid() == parent) work([](std::string_view piece) { write_all(last, piece); });
    status = 0;
  } catch (...) {
  }
  ::_exit(status);
}

}  // namespace

MemoryFile::MemoryFile(const PieceSource& source)
    : descriptor_(above_standard(::memfd_create("library", MFD_CLOEXEC), "memfd_create")) {
  source([this](std::string_view piece) {
    write_all(fd(), piece);
    size_ += piece.size();
  });
  if (::lseek(fd(), 0, SEEK_SET) != 0) throw_system_error("lseek");
}

HelperEnd run_helper(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                     const MemoryFile& input, const HelperLimits& limits) {
  const auto deadline = Clock::now() + limits.time;
  Pipe pipe;
  pid_t pid = -1;
  const SpawnPlan plan(input.fd(), pipe.write_end.get());
  if (const int error = plan.start(pid, program.string(), arguments, limits.environment); error != 0)
    return {HelperEnd::Kind::not_started, error, {}};
  return hear_out(pid, pipe, deadline, limits.output);
}

HelperEnd run_in_child(const std::function<void(const PieceSink&)>& work, const HelperLimits& limits) {
  const auto deadline = Clock::now() + limits.time;
  Pipe pipe;
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return {HelperEnd::Kind::not_started, errno, {}};
  if (pid == 0) work_as_child(parent, pipe.write_end.get(), work);
  return hear_out(pid, pipe, deadline, limits.output);
}

}  // namespace wheelfix

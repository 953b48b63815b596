#include "wheelfix-lief/sandbox.hpp"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <vector>

namespace lief_helper {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool has_sanitizer = true;
#elif defined(__has_feature)
constexpr bool has_sanitizer = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool has_sanitizer = false;
#endif

void limit(int resource, std::uint64_t soft, std::uint64_t hard) {
  const rlimit value{soft, hard};
  ::setrlimit(static_cast<__rlimit_resource_t>(resource), &value);
}

void set_limits(const Limits& limits) {
  if (limits.memory != 0 && !has_sanitizer) limit(RLIMIT_AS, limits.memory, limits.memory);
  if (limits.seconds != 0) limit(RLIMIT_CPU, limits.seconds, limits.seconds + 1);
  limit(RLIMIT_CORE, 0, 0);
  if (limits.parent != 0) limit(RLIMIT_FSIZE, 0, 0);  // by hand the answer may go to a file
  limit(RLIMIT_NOFILE, 32, 32);
}

void die_with(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // it was gone before
}

// LIEF 0.9's logger catches signals at its start; the parent process must see which one it was.
void restore_signals() {
  for (const int number : {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGINT, SIGSEGV, SIGTERM, SIGXCPU})
    std::signal(number, SIG_DFL);
}

#if defined(__x86_64__) || defined(__aarch64__)
#ifdef __x86_64__
constexpr std::uint32_t audit_arch = AUDIT_ARCH_X86_64;
#else
constexpr std::uint32_t audit_arch = AUDIT_ARCH_AARCH64;
#endif

constexpr auto data_arch = offsetof(seccomp_data, arch);
constexpr auto data_call = offsetof(seccomp_data, nr);
constexpr std::uint32_t argument(unsigned index) {  // its low half, on these little-endian machines
  return offsetof(seccomp_data, args) + 8 * index;
}

/// A program of the kernel's socket filter machine that judges a system call.
class Filter {
 public:
  Filter() {
    load(data_arch);
    jump(BPF_JEQ, audit_arch, 1, 0);
    end(SECCOMP_RET_KILL_PROCESS);
    load(data_call);
  }

  void allow(long call) {
    jump(BPF_JEQ, static_cast<std::uint32_t>(call), 0, 1);
    end(SECCOMP_RET_ALLOW);
  }

  /// If not one of these bits of an argument is set.
  void allow_without(long call, unsigned index, std::uint32_t bits) {
    allow_if(call, index, BPF_JSET, bits, false);
  }

  /// If the argument is `value`.
  void allow_for(long call, unsigned index, std::uint32_t value) {
    allow_if(call, index, BPF_JEQ, value, true);
  }

  void install() {
    end(SECCOMP_RET_ERRNO | EPERM);
    const sock_fprog program{static_cast<unsigned short>(code_.size()), code_.data()};
    ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
  }

 private:
  void allow_if(long call, unsigned index, int how, std::uint32_t value, bool expected) {
    jump(BPF_JEQ, static_cast<std::uint32_t>(call), 0, 4);
    load(argument(index));
    jump(how, value, expected ? 0 : 1, expected ? 1 : 0);
    end(SECCOMP_RET_ALLOW);
    end(SECCOMP_RET_ERRNO | EPERM);
  }
  void load(std::size_t offset) {
    code_.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)));
  }
  /// Goes `if_true` or `if_false` instructions on.
  void jump(int how, std::uint32_t value, std::uint8_t if_true, std::uint8_t if_false) {
    code_.push_back(BPF_JUMP(static_cast<std::uint16_t>(BPF_JMP | how | BPF_K), value, if_true, if_false));
  }
  void end(std::uint32_t verdict) { code_.push_back(BPF_STMT(BPF_RET | BPF_K, verdict)); }

  std::vector<sock_filter> code_;
};

void give_up_system_calls() {
  Filter filter;
  for (const long call :
       {SYS_read,    SYS_readv,         SYS_pread64,      SYS_write,        SYS_writev,         SYS_lseek,
        SYS_close,   SYS_fstat,         SYS_newfstatat,   SYS_munmap,       SYS_mremap,         SYS_brk,
        SYS_madvise, SYS_futex,         SYS_rt_sigreturn, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_getpid,
        SYS_gettid,  SYS_clock_gettime, SYS_getrandom,    SYS_exit,         SYS_exit_group})
    filter.allow(call);
  filter.allow_without(SYS_openat, 2, O_ACCMODE | O_CREAT | O_TRUNC);
  filter.allow_without(SYS_mmap, 2, PROT_EXEC);
  filter.allow_without(SYS_mprotect, 2, PROT_EXEC);
  filter.allow_for(SYS_tgkill, 0, static_cast<std::uint32_t>(::getpid()));  // abort
  filter.install();
}
#else
void give_up_system_calls() {}
#endif

}  // namespace

void enter_sandbox(const Limits& limits) {
  if (limits.parent != 0) die_with(limits.parent);
  restore_signals();
  set_limits(limits);
  std::set_new_handler([] { ::_exit(out_of_memory); });
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (!has_sanitizer) give_up_system_calls();
}

}  // namespace lief_helper

// The program wheelfix-host, which a static wheelfix starts because it can't load the driver's library
// itself.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string_view>

#include "cuda/driver_interview.hpp"

namespace {

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno != EINTR) ::_exit(1);
    if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

int main(int argc, char** argv) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  // A descriptor that a driver which prints doesn't know.
  const int answers = ::dup(STDOUT_FILENO);
  const int nowhere = ::open("/dev/null", O_WRONLY);
  if (nowhere < 0 || ::dup2(nowhere, STDOUT_FILENO) < 0) ::close(STDOUT_FILENO);
  write_all(answers, "begins\n");
  wheelfix::interview_driver({argv + 1, argv + argc},
                             [&](std::string_view text) { write_all(answers, text); });
  ::_exit(0);  // drivers have crashed in their destructors
}

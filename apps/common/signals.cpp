#include "common/signals.hpp"

#include <csignal>
#include <initializer_list>

namespace cli {

namespace {

volatile std::sig_atomic_t caught = 0;

extern "C" void remember(int signal) {
  caught = signal;
}

}  // namespace

void catch_signals() {
  std::signal(SIGXFSZ, SIG_IGN);  // a file over `ulimit -f` is an error of write() then
  std::signal(SIGPIPE, SIG_IGN);  // and so is a pipe without a reader: a wheel may have to be removed
  struct sigaction action {};
  action.sa_handler = remember;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;  // a second one ends the process at once
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &action, nullptr);
}

int interrupted() noexcept {
  return caught;
}

}  // namespace cli

#include "common/signals.hpp"

#include <csignal>
#include <initializer_list>

namespace cli {

namespace {

volatile std::sig_atomic_t caught = 0;

extern "C" void remember(int signal) {
  // A second one ends the process at once.
  if (caught != 0) std::signal(signal, SIG_DFL);
  caught = signal;
}

}  // namespace

void catch_signals() {
  std::signal(SIGXFSZ, SIG_IGN);  // a file over `ulimit -f` is an error of write() then
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, remember);
}

int interrupted() noexcept {
  return caught;
}

}  // namespace cli

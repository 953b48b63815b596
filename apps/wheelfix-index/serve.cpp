#include "wheelfix-index/serve.hpp"

#include <algorithm>
#include <csignal>
#include <wheelfix/finding.hpp>
#include <wheelfix/serve.hpp>

#include "common/signals.hpp"
#include "wheelfix-index/http_server.hpp"

namespace cli {

namespace {

using wheelfix::Error;
using wheelfix::ErrorCode;

bool is_number(std::string_view word) {
  return !word.empty() && std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

/// While it lives, threads that are started don't get the signals that end a run: those wait for `wait`.
class HeldSignals {
 public:
  HeldSignals() {
    sigset_t ending;
    ::sigemptyset(&ending);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&ending, signal);
    ::pthread_sigmask(SIG_BLOCK, &ending, &before_);
  }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  ~HeldSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  void wait() const {
    while (interrupted() == 0) ::sigsuspend(&before_);
  }

 private:
  sigset_t before_{};
};

wheelfix::HttpAnswer answer_and_tell(const wheelfix::ServedIndex& index,
                                     const wheelfix::HttpRequest& request) {
  auto answer = index.answer(request);
  try {
    print_line(fmt::format("{} {} {}", answer.status, request.method, wheelfix::printable(request.path)));
  } catch (const Error&) {
    // Nobody reads it any more; the index is served on.
  }
  return answer;
}

}  // namespace

std::vector<std::string> with_port(int argc, char** argv) {
  std::vector<std::string> words(argv, argv + argc);
  const auto end = std::ranges::find(words, "--");
  const auto found = std::find(words.begin(), end, "--serve");
  if (found == end) return words;
  const bool is_given = found + 1 != end && is_number(found[1]);
  *found += "=" + (is_given ? found[1] : "8080");
  if (is_given) words.erase(found + 1);
  return words;
}

void serve(const wheelfix::ServedIndex& index, std::uint16_t port, Verbosity verbosity,
           const std::function<void(const std::string& url)>& announce) {
  const HeldSignals signals;
  const HttpServer server(port, [&](const wheelfix::HttpRequest& request) {
    return verbosity == Verbosity::verbose ? answer_and_tell(index, request) : index.answer(request);
  });
  const auto url = fmt::format("http://127.0.0.1:{}/simple/", server.port());
  announce(url);
  if (verbosity != Verbosity::quiet)
    print_line(fmt::format("pip install --index-url {} PROJECT\nCtrl-C ends it", url));
  signals.wait();
  throw Error(ErrorCode::cancelled, "the server", "was ended");
}

}  // namespace cli

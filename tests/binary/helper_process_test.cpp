#include "binary/helper_process.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <thread>
#include <vector>

#include "support/scripts.hpp"
#include "support/temp_folder.hpp"

using namespace wheelfix;
using namespace std::chrono_literals;
using Kind = HelperEnd::Kind;

namespace {

HelperEnd run(const std::filesystem::path& program, const std::string& input = "",
              const HelperLimits& limits = {}, const std::vector<std::string>& arguments = {}) {
  return run_helper(program, arguments, MemoryFile([&](const PieceSink& sink) { sink(input); }), limits);
}

/// Whether the process whose id a script has written to `path` is gone.
bool is_gone(const std::filesystem::path& path) {
  return ::kill(static_cast<pid_t>(std::stol(test::slurp(path))), 0) != 0 && errno == ESRCH;
}

}  // namespace

TEST_CASE("a process gets its input and arguments, and gives its output and status") {
  const test::TempFolder folder;
  const auto end =
      run(test::script(folder, "/bin/cat; echo \" $1-$2\"; exit 3"), "some bytes", {}, {"a b", "c"});
  CHECK(end.kind == Kind::exited);
  CHECK(end.number == 3);
  CHECK(end.output == "some bytes a b-c\n");
}

TEST_CASE("a process has no environment and no descriptors but the standard ones") {
  const Descriptor inheritable(::open("/dev/null", O_RDONLY));
  REQUIRE(inheritable.get() > 2);
  CHECK(run("/usr/bin/env").output.empty());
  CHECK(run("/bin/ls", "", {}, {"/proc/self/fd"}).output == "0\n1\n2\n3\n");  // 3 is the folder that it lists
}

TEST_CASE("a process starts with no signal blocked or ignored") {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  sigset_t blocked, old;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &old);
  const auto status = run("/bin/grep", "", {}, {"-hE", "^Sig(Blk|Ign)", "/proc/self/status"}).output;
  ::pthread_sigmask(SIG_SETMASK, &old, nullptr);
  std::signal(SIGPIPE, before);
  const std::string blocked_field = "SigBlk:\t", ignored_field = "\nSigIgn:\t";
  const auto ignored = status.find(ignored_field);
  REQUIRE(ignored != std::string::npos);
  CHECK(status.substr(0, ignored) == blocked_field + std::string(16, '0'));
  CHECK((std::stoull(status.substr(ignored + ignored_field.size()), nullptr, 16) >> (SIGPIPE - 1) & 1) == 0);
}

TEST_CASE("what a process says on standard error is thrown away") {
  const test::TempFolder folder;
  const auto end = run(test::script(folder, "echo noise >&2; echo word"));
  CHECK(end.output == "word\n");
}

TEST_CASE("input and output may be far larger than a pipe") {
  std::string input;
  for (int i = 0; input.size() < (8 << 20); ++i) input += std::to_string(i);
  CHECK(run("/bin/cat", input, {10s, 16 << 20}).output == input);
}

TEST_CASE("input comes in pieces") {
  const MemoryFile file([](const PieceSink& sink) {
    for (const auto* text : {"a", "", "bc", "def"}) sink(text);
  });
  CHECK(file.size() == 6);
  CHECK(run_helper("/bin/cat", {}, file, {}).output == "abcdef");
  CHECK(run_helper("/bin/cat", {}, file, {}).output.empty());  // it was read to its end
}

TEST_CASE("what the source of the input throws is passed on") {
  CHECK_THROWS_WITH_AS(MemoryFile([](const PieceSink&) { throw std::runtime_error("damaged"); }), "damaged",
                       std::runtime_error);
}

TEST_CASE("a process that crashes is reported with its signal") {
  const test::TempFolder folder;
  const auto end = run(test::script(folder, "echo begun; kill -SEGV $$"));
  CHECK(end.kind == Kind::killed);
  CHECK(end.number == SIGSEGV);
  CHECK(end.output == "begun\n");
}

TEST_CASE("a process that hangs is killed") {
  const test::TempFolder folder;
  const auto pid = (folder / "pid").string();
  for (const auto* text : {"", "exec >&-;", "exec >/dev/null;", "trap '' TERM;"}) {
    CAPTURE(text);
    const auto program = test::script(folder, text + ("echo $$ > " + pid) + "; exec /bin/sleep 1000");
    const auto end = run(program, "", {300ms, 100});
    CHECK(end.kind == Kind::took_too_long);
    CHECK(is_gone(pid));
  }
}

TEST_CASE("what a process that takes too long has started is killed too") {
  const test::TempFolder folder;
  const auto pid = (folder / "pid").string();
  const auto program =
      test::script(folder, "/bin/sh -c 'echo $$ > " + pid + "; exec /bin/sleep 1000' & wait");
  CHECK(run(program, "", {300ms, 100}).kind == Kind::took_too_long);
  // Who inherits it may never wait for it.
  const auto is_ended = [&] {
    const std::filesystem::path status = "/proc/" + std::to_string(std::stol(test::slurp(pid))) + "/stat";
    return is_gone(pid) || test::slurp(status).find(") Z ") != std::string::npos;
  };
  for (int i = 0; i < 100 && !is_ended(); ++i) std::this_thread::sleep_for(10ms);
  CHECK(is_ended());
}

TEST_CASE("what a process leaves running isn't waited for, and all that the process said is kept") {
  const test::TempFolder folder;
  const auto pid = (folder / "pid").string();
  const auto end =
      run(test::script(folder, "/bin/sleep 1000 & echo $! > " + pid + "; echo done"), "", {100s, 100});
  ::kill(static_cast<pid_t>(std::stol(test::slurp(pid))), SIGKILL);
  CHECK(end.kind == Kind::exited);
  CHECK(end.output == "done\n");
}

TEST_CASE("a process that says more than it may is killed") {
  const test::TempFolder folder;
  const auto pid = (folder / "pid").string();
  const auto end = run(test::script(folder, "echo $$ > " + pid + "; exec /usr/bin/yes"), "", {100s, 1 << 16});
  CHECK(end.kind == Kind::said_too_much);
  CHECK(is_gone(pid));
}

TEST_CASE("a process may say just what it may") {
  CHECK(run("/bin/cat", "1234", {10s, 4}).kind == Kind::exited);
  CHECK(run("/bin/cat", "12345", {10s, 4}).kind == Kind::said_too_much);
}

TEST_CASE("a program that can't be started is reported with its error") {
  const test::TempFolder folder;
  const auto missing = run(folder / "missing");
  CHECK(missing.kind == Kind::not_started);
  CHECK(missing.number == ENOENT);
  CHECK(run(folder.write("text", "no program")).number == EACCES);
  CHECK(run(test::executable(folder, "empty",
                             "\x7f"
                             "ELF"))
            .number == ENOEXEC);
  CHECK(run("/bin/true", "", {}, {std::string(1 << 20, 'x')}).number == E2BIG);
}

TEST_CASE("processes run on many threads at once, each with its own input and end") {
  const test::TempFolder folder;
  const auto program =
      test::script(folder, "read word; echo $word; [ $word -lt 1000 ] || kill -KILL $$; exit $word");
  std::vector<int> wrong(8, 0);
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 8; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < 25; ++i) {
          const int word = i % 5 == 4 ? 1000 + thread : thread * 25 + i;
          const auto text = std::to_string(word) + "\n";
          const auto end = run(program, text);
          const bool right = word < 1000 ? end.kind == Kind::exited && end.number == word
                                         : end.kind == Kind::killed && end.number == SIGKILL;
          wrong[static_cast<std::size_t>(thread)] += !right || end.output != text;
        }
      });
    }
  }
  CHECK(wrong == std::vector<int>(8, 0));
}

TEST_CASE("work in a child says what it says, and how it ends") {
  const auto said = run_in_child([](const PieceSink& say) { say("a"), say("b"); }, {});
  CHECK(said.kind == Kind::exited);
  CHECK(said.number == 0);
  CHECK(said.output == "ab");
  const auto threw = run_in_child([](const PieceSink& say) { say("a"), throw 1; }, {});
  CHECK(threw.kind == Kind::exited);
  CHECK(threw.number == 1);
  CHECK(threw.output == "a");
  const auto crashed = run_in_child([](const PieceSink& say) { say("a"), std::raise(SIGSEGV); }, {});
  CHECK(crashed.kind == Kind::killed);
  CHECK(crashed.number == SIGSEGV);
  CHECK(crashed.output == "a");
  CHECK(run_in_child([](const PieceSink&) { ::_exit(7); }, {}).number == 7);
}

TEST_CASE("work in a child that hangs or says too much is killed") {
  const auto hang = [](const PieceSink& say) {
    std::signal(SIGTERM, SIG_IGN);
    say(std::to_string(::getpid()));
    while (true) ::pause();
  };
  const auto hung = run_in_child(hang, {200ms, 100});
  CHECK(hung.kind == Kind::took_too_long);
  CHECK(::kill(static_cast<pid_t>(std::stol(hung.output)), 0) != 0);
  const auto talk = [](const PieceSink& say) {
    while (true) say("word");
  };
  CHECK(run_in_child(talk, {10s, 1000}).kind == Kind::said_too_much);
}

TEST_CASE("work in a child has the standard descriptors, which lead nowhere, and its own alone") {
  const Descriptor inheritable(::open("/dev/null", O_RDONLY));
  const auto end = run_in_child(
      [](const PieceSink& say) {
        std::puts("noise");
        std::fflush(stdout);
        for (int fd = 0; fd < 64; ++fd) {
          if (::fcntl(fd, F_GETFD) >= 0) say(std::to_string(fd) + " ");
        }
      },
      {});
  CHECK(end.output == "0 1 2 3 ");
}

TEST_CASE("no descriptor is left open") {
  const auto count = [] {
    int open = 0;
    for (int fd = 0; fd < 256; ++fd) open += ::fcntl(fd, F_GETFD) >= 0;
    return open;
  };
  const test::TempFolder folder;
  const auto before = count();
  run("/bin/cat", "text");
  run(folder / "missing");
  run("/bin/sleep", "", {10ms, 0}, {"1000"});
  run("/usr/bin/yes", "", {10s, 10});
  run_in_child([](const PieceSink&) {}, {});
  CHECK(count() == before);
}

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

#include "wheelfix-lief/lief_jobs.hpp"
#include "wheelfix-lief/sandbox.hpp"

namespace {

using namespace lief_helper;

constexpr auto usage = R"(Usage: wheelfix-lief JOB [OPTION VALUE]... < LIBRARY > ANSWER

Has LIEF read or rewrite a library, in a process of its own that may fail. wheelfix starts it; nobody else needs to.

  read     say what an ELF, PE or Mach-O library is and needs
  write    rewrite an ELF library such that it has what the options --soname, --needed (each, in order), --rpath and
           --runpath say, and nothing of these that they don't

  --memory BYTES   the address space that it may use
  --seconds N      the CPU time that it may use
  --parent PID     the process to end with
  --version        (alone) the versions of this program and of LIEF
)";

struct CommandLine {
  std::string job;
  Limits limits;
  Wanted wanted;
};

std::uint64_t parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size())
    throw std::invalid_argument(std::string(text) + " is not a number");
  return value;
}

void take_option(CommandLine& line, std::string_view name, const char* value) {
  if (name == "--memory") {
    line.limits.memory = parse_number(value);
  } else if (name == "--seconds") {
    line.limits.seconds = parse_number(value);
  } else if (name == "--parent") {
    line.limits.parent = static_cast<pid_t>(parse_number(value));
  } else if (name == "--soname") {
    line.wanted.soname = value;
  } else if (name == "--needed") {
    line.wanted.needed.emplace_back(value);
  } else if (name == "--rpath") {
    line.wanted.rpath = value;
  } else if (name == "--runpath") {
    line.wanted.runpath = value;
  } else {
    throw std::invalid_argument("unknown option " + std::string(name));
  }
}

CommandLine parse(int argc, char** argv) {
  CommandLine line;
  line.job = argc > 1 ? argv[1] : "";
  if (line.job != "read" && line.job != "write") throw std::invalid_argument("the job is read or write");
  for (int i = 2; i < argc; i += 2) {
    if (i + 1 == argc) throw std::invalid_argument(std::string(argv[i]) + " lacks its value");
    take_option(line, argv[i], argv[i + 1]);
  }
  return line;
}

// A descriptor of standard output that LIEF, which logs there, doesn't know.
int take_stdout() {
  const int answers_to = ::dup(STDOUT_FILENO);
  const int nowhere = ::open("/dev/null", O_WRONLY);
  if (answers_to < 0 || nowhere < 0 || ::dup2(nowhere, STDOUT_FILENO) < 0)
    throw std::runtime_error("no descriptors");
  ::close(nowhere);
  return answers_to;
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno != EINTR) return false;
    if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

std::string answer_of(const CommandLine& line) {
  Answer answer;
  try {
    if (line.job == "read") {
      read_library("/proc/self/fd/0", answer);
    } else {
      write_library("/proc/self/fd/0", line.wanted, answer);
    }
  } catch (const std::exception& error) {
    answer = {};
    answer.put("failure", error.what());
  }
  answer.put("end", "");
  return answer.take();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc == 2 && std::string_view(argv[1]) == "--version") {
      std::printf("wheelfix-lief %s\nLIEF %s\n", WHEELFIX_VERSION, lief_version().c_str());
      return 0;
    }
    const auto line = parse(argc, argv);
    const int answers_to = take_stdout();
    enter_sandbox(line.limits);
    const bool is_answered = write_all(answers_to, answer_of(line));
    ::_exit(is_answered ? 0 : 1);  // LIEF's destructors have nothing to say
  } catch (const std::exception& error) {
    std::fprintf(stderr, "wheelfix-lief: %s\n\n%s", error.what(), usage);
    return 2;
  }
}

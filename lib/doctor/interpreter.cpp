#include "doctor/interpreter.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <system_error>
#include <wheelfix/error.hpp>

#include "base/text.hpp"
#include "binary/helper_process.hpp"

extern char** environ;

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

/// What precedes interpreter_script. The working directory isn't searched for modules. With -S a venv isn't
/// known before Python 3.14, so this looks for its pyvenv.cfg as site.venv does, which would run `.pth`
/// files.
constexpr const char* before = R"(import sys
sys.path = [folder for folder in sys.path if folder]
import os, site
def venv():
    inside = os.path.dirname(os.path.abspath(sys.executable))
    for folder in (inside, os.path.dirname(inside)):
        if os.path.isfile(os.path.join(folder, "pyvenv.cfg")):
            with open(os.path.join(folder, "pyvenv.cfg"), encoding="utf-8") as settings:
                return os.path.dirname(inside), [line.split("=", 1) for line in settings if "=" in line]
    return None, []
)";

/// What follows it.
constexpr const char* after = R"(
prefix, settings = venv()
sees_system = all(value.strip().lower() == "true" for key, value in settings
                  if key.strip().lower() == "include-system-site-packages")
prefixes = [sys.prefix, sys.exec_prefix]
if prefix:
    sys.prefix = sys.exec_prefix = prefix
    prefixes = [prefix] + ([sys.base_prefix, sys.base_exec_prefix] if sees_system else [])
folders = []
if sees_system and site.check_enableusersite():
    folders.append(site.getusersitepackages())
folders += site.getsitepackages(prefixes)
print("program=" + sys.executable)
print("prefix=" + sys.prefix)
for folder in folders:
    if os.path.isdir(folder) and "\n" not in folder:
        print("folder=" + os.path.abspath(folder))
)";

/// Without Python's own variables, of which only PYTHONHOME says where the installation is.
std::vector<std::string> variables() {
  std::vector<std::string> kept;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text(*variable);
    if (!text.starts_with("PYTHON") || text.starts_with("PYTHONHOME=")) kept.emplace_back(text);
  }
  return kept;
}

std::string variable(const char* name) {
  const auto* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

[[noreturn]] void refuse(const fs::path& program, const std::string& message) {
  throw Error(ErrorCode::usage, "python '" + printable(program.string()) + "'", message,
              "give a folder of packages, and the Python by --python");
}

/// Its answer.
std::string run(const fs::path& program, std::chrono::milliseconds time) {
  const MemoryFile nothing([](const PieceSink&) {});
  const auto script = std::string(before) + interpreter_script + after;
  const auto end = run_helper(program, {"-S", "-c", script}, nothing,
                              {.time = time, .output = 65536, .environment = variables()});
  switch (end.kind) {
    case HelperEnd::Kind::exited:
      break;
    case HelperEnd::Kind::not_started:
      refuse(program, "can't be started: " + std::generic_category().message(end.number));
    case HelperEnd::Kind::took_too_long:
      refuse(program, fmt::format("gave no answer in {} s", std::chrono::duration<double>(time).count()));
    case HelperEnd::Kind::killed:
      refuse(program, fmt::format("was ended by signal {}", end.number));
    case HelperEnd::Kind::said_too_much:
      refuse(program, "didn't answer like a Python");
  }
  if (end.number == 127) refuse(program, "can't be started: a library that it needs may be missing");
  if (end.number != 0) refuse(program, fmt::format("ended with status {}", end.number));
  return end.output;
}

}  // namespace

Interpreter ask_environment(const fs::path& program, std::chrono::milliseconds time) {
  const auto answer = run(program, time);
  Interpreter found{.target = parse_interpreter_answer(answer, program.string()),
                    .program = program,
                    .prefix = {},
                    .folders = {}};
  const auto add = [&](const fs::path& folder, bool reads_path_files) {
    std::error_code ignored;
    if (fs::is_directory(folder, ignored)) found.folders.push_back({folder, reads_path_files});
  };
  const auto python_path = variable("PYTHONPATH");
  for (const auto folder : split(python_path, ':'))
    if (!folder.empty()) add(folder, false);
  for (const auto line : split(answer, '\n')) {
    const auto value = line.substr(line.find('=') + 1);
    if (line.starts_with("folder=")) add(value, true);
    if (line.starts_with("prefix=")) found.prefix = value;
    if (line.starts_with("program=") && !value.empty()) found.program = value;
  }
  return found;
}

fs::path find_on_path(const std::string& name) {
  const auto path = variable("PATH");
  for (const auto folder : split(path, ':')) {
    auto program = fs::path(folder) / name;
    std::error_code ignored;
    if (!folder.empty() && fs::is_regular_file(program, ignored) && ::access(program.c_str(), X_OK) == 0)
      return program;
  }
  return {};
}

}  // namespace wheelfix

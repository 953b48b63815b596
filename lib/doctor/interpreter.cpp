#include "doctor/interpreter.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <wheelfix/error.hpp>

#include "base/file.hpp"
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

[[noreturn]] void refuse(const fs::path& program, const std::string& message) {
  throw Error(
      ErrorCode::usage, "python '" + printable(program.string()) + "'", message,
      fmt::format("`{} -S -c 1` may show why; or give a folder of packages, and the Python by --python",
                  printable(program.string())));
}

/// Its answer.
std::string run(const fs::path& program, std::chrono::milliseconds time) {
  const MemoryFile nothing([](const PieceSink&) {});
  const auto script = std::string(before) + interpreter_script + after;
  const auto end = run_helper(program, {"-S", "-c", script}, nothing,
                              {.time = time, .output = 65536, .environment = variables()});
  if (const auto failure = failure_to_answer(end, time)) refuse(program, *failure);
  if (end.number == 127) refuse(program, "can't be started: a library that it needs may be missing");
  if (end.number != 0) refuse(program, fmt::format("ended with status {}", end.number));
  return end.output;
}

PythonTarget target_of_answer(const fs::path& program, const std::string& answer) {
  try {
    return parse_interpreter_answer(answer, program.string());
  } catch (const Error& error) {
    refuse(program, error.message());
  }
}

}  // namespace

Interpreter ask_environment(const fs::path& program, std::chrono::milliseconds time) {
  const auto answer = run(program, time);
  Interpreter found{
      .target = target_of_answer(program, answer), .program = program, .prefix = {}, .folders = {}};
  const auto add = [&](const fs::path& folder, bool reads_path_files) {
    if (is_folder(folder)) found.folders.push_back({folder, reads_path_files});
  };
  const auto python_path = environment_variable("PYTHONPATH");
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

}  // namespace wheelfix

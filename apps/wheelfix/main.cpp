#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>
#include <vector>
#include <wheelfix/build_info.hpp>
#include <wheelfix/finding.hpp>
#include <wheelfix/spelling.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "common/run_app.hpp"
#include "wheelfix/commands.hpp"

namespace {

struct Command {
  const char* name;
  int (*run)(int argc, char** argv);
  const char* summary;
};

constexpr std::array commands = {
    Command{"patch", cli::run_patch,
            "change files and libraries in a wheel and write it under a local version"},
    Command{"repair", cli::run_repair, "make the libraries of a set of wheels find each other in a layout"},
    Command{"edit", cli::run_edit, "make a folder with the files of a wheel or package, for you to edit"},
    Command{"commit", cli::run_commit, "make a patch and a recipe of what was edited there"},
    Command{"apply", cli::run_apply, "apply a project's recipes to what is installed"},
    Command{"lock", cli::run_lock, "put patched wheels into requirements files and lock files"},
    Command{"undo", cli::run_undo, "bring back what wheelfix changed of installed packages"},
    Command{"status", cli::run_status,
            "say which installed packages are patched, by what, and if it still holds"},
    Command{"recipes", cli::run_recipes, "list the recipes that --recipe finds by their names"},
    Command{"diff", cli::run_diff,
            "make a patch from two wheels, or from a wheel and an edited folder or what is installed"},
    Command{"unpack", cli::run_unpack, "write a wheel's files to a folder that Python can import from"},
    Command{"doctor", cli::run_doctor, "say what will fail to load in a set of wheels, and why"},
    Command{"inspect", cli::run_inspect, "show a wheel's name, tags, metadata and entries"},
    Command{"verify", cli::run_verify, "check a wheel's structure, hashes, RECORD and tags"},
    Command{"explain", cli::run_explain, "explain what a finding means, and what to do about it"},
};

std::string usage() {
  std::string text =
      "Change a published Python package as little as possible, and prove the result.\n\nUsage:\n  wheelfix "
      "COMMAND [OPTION...]\n\nCommands:\n";
  for (const auto& command : commands) text += fmt::format("  {:<9}{}\n", command.name, command.summary);
  return text +
         "\n`wheelfix help COMMAND` shows a command's options, `wheelfix --version` the libraries' "
         "versions.\n";
}

std::string versions() {
  std::string text = fmt::format("wheelfix {}\n", wheelfix::version_string());
  for (const auto& [name, version] : wheelfix::library_versions())
    text += fmt::format("  {} {}\n", name, version);
  return text + fmt::format("  {}\n", cli::cxxopts_version());
}

const Command* find_command(std::string_view word) {
  const auto found = std::ranges::find(commands, word,
                                       [](const Command& command) { return std::string_view(command.name); });
  return found == commands.end() ? nullptr : &*found;
}

[[noreturn]] void refuse(std::string_view word) {
  std::vector<std::string_view> names = {"help", "--help", "--version"};
  for (const auto& command : commands) names.emplace_back(command.name);
  const auto like = wheelfix::spelled_like(word, names);
  throw wheelfix::Error(
      wheelfix::ErrorCode::usage, "wheelfix",
      fmt::format("there is no command {}", wheelfix::printable(word)),
      like.empty() ? "`wheelfix --help` lists them"
                   : fmt::format("is it {}? `wheelfix --help` lists them all", wheelfix::or_list(like)));
}

/// As `wheelfix COMMAND --help`.
int help(std::string_view word) {
  const auto* command = find_command(word);
  if (command == nullptr) refuse(word);
  std::string name(word), option = "--help";
  std::array<char*, 3> words = {name.data(), option.data(), nullptr};
  return command->run(2, words.data());
}

int dispatch(int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  if (const auto* command = find_command(word)) return command->run(argc - 1, argv + 1);
  if (word == "help" && argc > 2) return help(argv[2]);
  if (word == "--help" || word == "-h" || word == "help") return cli::print(usage()), 0;
  if (word == "--version" || word == "-V") return cli::print(versions()), 0;
  if (word.empty()) return cli::print_line(usage()), 2;
  refuse(word);
}

}  // namespace

int main(int argc, char** argv) {
  // libzip converts every entry's time to local time, and without TZ glibc looks at /etc/localtime each time:
  // 40 ms for torch's 10,605 entries. Nothing that wheelfix reads or writes is in local time.
  ::setenv("TZ", "UTC0", 1);
  return cli::run_app(dispatch, argc, argv);
}

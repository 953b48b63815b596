#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>
#include <vector>
#include <wheelfix/build_info.hpp>
#include <wheelfix/finding.hpp>
#include <wheelfix/spelling.hpp>

#include "common/completion.hpp"
#include "common/console.hpp"
#include "common/options.hpp"
#include "common/run_app.hpp"
#include "wheelfix/commands.hpp"

namespace {

struct Command {
  const char* name;
  int (*run)(int argc, char** argv);
  const char* meaning;
};

constexpr std::array commands = {
    Command{"patch", cli::run_patch,
            "change files and libraries in a wheel and write it under a local version"},
    Command{"repair", cli::run_repair, "make the libraries of wheels, or of an environment, find each other"},
    Command{"set-version", cli::run_set_version, "write a wheel under another version"},
    Command{"retag", cli::run_retag, "write a wheel under other platform, Python, ABI and build tags"},
    Command{"set-metadata", cli::run_set_metadata, "change what a wheel requires, and its classifiers"},
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
    Command{"delta", cli::run_delta, "write what a wheel has that its source hasn't, as a small file"},
    Command{"join", cli::run_join, "make that wheel again, from the source and the small file"},
    Command{"unpack", cli::run_unpack, "write a wheel's files to a folder that Python can import from"},
    Command{"doctor", cli::run_doctor,
            "say what fails to load in an environment or a set of wheels, and why"},
    Command{"inspect", cli::run_inspect, "show what a wheel says of itself, and what its libraries need"},
    Command{"verify", cli::run_verify, "check a wheel's structure, hashes, RECORD and tags"},
    Command{"explain", cli::run_explain, "explain what a finding means, and what to do about it"},
    Command{"completion", cli::run_completion,
            "print the script by which bash, zsh or fish completes command lines"},
};

struct Item {
  const char* name;
  const char* meaning;
};

constexpr auto description =
    "Change a published Python package as little as possible, and prove the result.\n\n"
    "`wheelfix doctor` says what won't load in an environment, and why. `wheelfix repair` fixes it,\n"
    "`wheelfix patch` changes anything else in a wheel or an installed package, and `wheelfix undo`\n"
    "brings back what was installed.\n";

constexpr std::array programs = {
    Item{"wheelfix-index", "make a package index of a folder of wheels, and serve it"},
};

constexpr std::array exit_statuses = {
    Item{"0", "done"},
    Item{"1",
         "doctor or verify found an error, --check found what isn't up to date, or a file was left out of an "
         "index"},
    Item{"2", "wrong usage"},
    Item{"3", "the input was refused: a bad wheel, a patch that doesn't apply"},
    Item{"4", "reading or writing failed"},
};

constexpr std::array variables = {
    Item{"WHEELFIX_RECIPES", "a folder of recipes, in which --recipe looks first"},
    Item{"WHEELFIX_LIBEXEC", "the folder of wheelfix-lief and wheelfix-host, if it isn't the usual one"},
    Item{"VIRTUAL_ENV", "the environment for apply, without --env"},
    Item{"SOURCE_DATE_EPOCH", "the time of new entries, in seconds since 1970"},
    Item{"XDG_CACHE_HOME", "where doctor keeps what it has read (default: ~/.cache)"},
    Item{"NO_COLOR", "if it is set, nothing is coloured unless --color says so"},
};

template <class Items>
std::string listing(const char* title, const Items& items, int width) {
  auto text = fmt::format("\n{}:\n", title);
  for (const auto& item : items) text += fmt::format("  {:<{}}{}\n", item.name, width, item.meaning);
  return text;
}

std::string usage() {
  return fmt::format("{}\nUsage:\n  wheelfix COMMAND [OPTION...]\n", description) +
         listing("Commands", commands, 14) + listing("Exit status", exit_statuses, 3) +
         listing("Environment", variables, 19) +
         "\n`wheelfix help COMMAND` shows a command's options, `wheelfix --version` the libraries' "
         "versions.\n`wheelfix-index` makes a package index of a folder of wheels.\n";
}

template <class Items>
nlohmann::ordered_json array_of(const Items& items) {
  auto all = nlohmann::ordered_json::array();
  for (const auto& item : items) all.push_back({{"name", item.name}, {"meaning", item.meaning}});
  return all;
}

void print_usage(bool is_json) {
  if (!is_json) return cli::print(usage());
  auto document = to_json(cli::CommandHelp{.program = "wheelfix",
                                           .arguments = "COMMAND [OPTION...]",
                                           .description = description,
                                           .example = "",
                                           .groups = {}});
  document["commands"] = array_of(commands);
  document["programs"] = array_of(programs);
  document["exit_statuses"] = array_of(exit_statuses);
  document["variables"] = array_of(variables);
  cli::print_json(std::move(document));
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
int help(std::string_view word, bool is_json) {
  const auto* command = find_command(word);
  if (command == nullptr) refuse(word);
  std::string name(word), option = "--help", json = "--json";
  std::array<char*, 4> words = {name.data(), option.data(), is_json ? json.data() : nullptr, nullptr};
  return command->run(is_json ? 3 : 2, words.data());
}

/// For `wheelfix --complete WORD...`, which the scripts of apps/completion run.
int complete(std::span<char*> words) {
  if (words.size() > 1) {
    if (std::string_view(words[0]) == "help") return complete(words.subspan(words.size() - 1));
    const auto* command = find_command(words[0]);
    if (command == nullptr) return 0;
    std::vector<char*> line(words.begin(), words.end());
    std::string option = "--complete";
    line.insert(line.begin() + 1, option.data());
    return command->run(static_cast<int>(line.size()), line.data());
  }
  cli::Completion completion;
  const std::string_view typed = words.empty() ? "" : words[0];
  for (const auto& command : commands) completion.offer(typed, command.name, command.meaning);
  completion.offer(typed, "help", "show a command's options");
  completion.offer(typed, "--help", "show all commands");
  completion.offer(typed, "--version", "show the versions of wheelfix and of its libraries");
  return cli::print(to_string(completion)), 0;
}

int dispatch(int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  const bool is_json = argc > 2 && std::string_view(argv[argc - 1]) == "--json";
  if (const auto* command = find_command(word)) return command->run(argc - 1, argv + 1);
  if (word == "--complete") return complete({argv + 2, argv + argc});
  if (word == "help" && argc > (is_json ? 3 : 2)) return help(argv[2], is_json);
  if (word == "--help" || word == "-h" || word == "help") return print_usage(is_json), 0;
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

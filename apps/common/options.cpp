#include "common/options.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cxxopts.hpp>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <span>
#include <wheelfix/error.hpp>
#include <wheelfix/finding.hpp>
#include <wheelfix/spelling.hpp>

#include "common/completion.hpp"
#include "common/run_app.hpp"
#include "common/terminal.hpp"

namespace cli {

using wheelfix::Error;
using wheelfix::ErrorCode;

namespace {

/// The groups that --help shows last, because they are much the same for all commands.
constexpr auto limits_title = "Limits";
constexpr auto general_title = "General";
constexpr int of_all_commands = 2;

/// What --help shows for the value of an option that takes a file or folder.
bool is_path(const std::string& value) {
  return value == "DIR" || value == "FILE";
}

/// What a message of cxxopts quotes first.
std::string quoted_in(std::string_view message) {
  const auto begin = std::min(message.find(cxxopts::LQUOTE), message.size());
  message.remove_prefix(std::min(begin + cxxopts::LQUOTE.size(), message.size()));
  return wheelfix::printable(message.substr(0, message.find(cxxopts::RQUOTE)));
}

/// The option that a message of cxxopts names, as it is typed.
std::string option_in(std::string_view message) {
  const auto name = quoted_in(message);
  return (name.size() == 1 ? "-" : "--") + name;
}

/// The options that a word may be meant for: those that are spelled like it, or else that of which it is a
/// longer name, as --platform-tag is of --platform.
std::vector<std::string_view> meant_options(std::string_view word, const std::vector<std::string>& names) {
  const std::vector<std::string_view> views(names.begin(), names.end());
  auto like = wheelfix::spelled_like(word, views);
  if (!like.empty()) return like;
  std::ranges::copy_if(views, std::back_inserter(like),
                       [&](std::string_view name) { return word.starts_with(fmt::format("{}-", name)); });
  return like;
}

}  // namespace

struct CommandLine::Parser {
  cxxopts::Options options;
  cxxopts::ParseResult result = {};
};

CommandLine::CommandLine(std::string program, std::string arguments, std::string description,
                         std::string example)
    : help_{.program = std::move(program),
            .arguments = std::move(arguments),
            .description = std::move(description),
            .example = std::move(example),
            .groups = {{}, {limits_title, {}}, {general_title, {}}}},
      parser_(new Parser{cxxopts::Options(help_.program, help_.description)}) {
  parser_->options.custom_help(help_.arguments);
  parser_->options.set_width(110);
  add_under(general_title,
            {{"q,quiet", "report only warnings and errors"},
             {"v,verbose", "report more"},
             {"h,help", "show this help"},
             {"color",
              "colour output: auto (default, on a terminal), always or never",
              "WHEN",
              false,
              {"auto", "always", "never"}},
             {"progress-fd", "write progress to this file descriptor, as lines of JSON", "FD"}});
}

CommandLine::~CommandLine() = default;

void CommandLine::add(std::initializer_list<Option> options) {
  add_under({}, options);
}

void CommandLine::add_under(const std::string& title, std::initializer_list<Option> options) {
  auto group = std::ranges::find(help_.groups, title, &CommandHelp::Group::title);
  if (group == help_.groups.end()) group = help_.groups.insert(group - of_all_commands, {title, {}});
  auto add = parser_->options.add_options(title);
  for (auto option : options) {
    if (option.is_repeatable) option.summary += "; may be repeated";
    group->options.push_back(option);
    if (option.value.empty())
      add(option.names, option.summary);
    else if (option.is_repeatable)
      add(option.names, option.summary, cxxopts::value<std::vector<std::string>>(), option.value);
    else
      add(option.names, option.summary, cxxopts::value<std::string>(), option.value);
  }
}

void CommandLine::add_json() {
  add_under(general_title, {{"json", "print the result as JSON"}});
}

void CommandLine::add_limits() {
  add_under(
      limits_title,
      {{"max-entry-size", "refuse entries with more than BYTES of content (default: 16 GiB)", "BYTES"},
       {"max-ratio", "refuse large entries that inflate to over N times their size (default: 400)", "N"},
       {"max-entries", "refuse archives with more than N entries (default: 1000000)", "N"},
       {"max-document", "refuse METADATA, RECORD and the like over BYTES (default: 16 MiB)", "BYTES"}});
}

void CommandLine::add_limit(const Option& limit) {
  add_under(limits_title, {limit});
}

void CommandLine::add_jobs() {
  add_under(general_title, {{"jobs", "number of threads (default: one per processor)", "N"}});
}

std::vector<std::string> CommandLine::option_names() const {
  std::vector<std::string> names;
  for (const auto& group : help_.groups)
    for (const auto& option : group.options) names.push_back(option.key());
  return names;
}

void CommandLine::refuse_words(int argc, char** argv, const std::string& message) const {
  const auto names = option_names();
  for (int i = 1; i < argc; ++i) {
    std::string_view word = argv[i];
    if (word == "--") break;
    if (!word.starts_with("--")) continue;
    word = word.substr(2, word.find('=') - 2);
    if (std::ranges::find(names, word) != names.end()) continue;
    std::vector<std::string> options;
    for (const auto name : meant_options(word, names)) options.push_back(fmt::format("--{}", name));
    refuse(fmt::format("there is no option --{}", wheelfix::printable(word)),
           options.empty() ? ""
                           : fmt::format("is it {}? see `{} --help`",
                                         wheelfix::or_list({options.begin(), options.end()}), help_.program));
  }
  refuse(message);
}

bool CommandLine::parse(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (!words.empty() && words.front() == "--complete")
    return print(to_string(complete(help_, std::span(words).subspan(1)))), false;
  // All commands have this, also those without --json.
  if (words == std::vector<std::string>{"--help", "--json"}) return print_json(to_json(help_)), false;
  try {
    parser_->result = parser_->options.parse(argc, argv);
  } catch (const cxxopts::exceptions::no_such_option& error) {
    refuse_words(argc, argv, fmt::format("there is no option {}", option_in(error.what())));
  } catch (const cxxopts::exceptions::invalid_option_syntax& error) {
    refuse_words(argc, argv, fmt::format("'{}' is no option", quoted_in(error.what())));
  } catch (const cxxopts::exceptions::missing_argument& error) {
    refuse_words(argc, argv, fmt::format("{} needs a value", option_in(error.what())));
  } catch (const cxxopts::exceptions::exception& error) {
    refuse_words(argc, argv, error.what());
  }
  set_json_errors(json());
  if (has("help")) {
    print(help());
    return false;
  }
  refuse_empty_paths();
  refuse_other_choices();
  set_color();
  set_progress();
  return true;
}

void CommandLine::set_progress() const {
  if (!has("progress-fd")) return;
  const auto fd = static_cast<int>(
      number("progress-fd", 0, STDERR_FILENO, static_cast<std::uint64_t>(std::numeric_limits<int>::max())));
  // Not for the programs that are started: they would keep a pipe open.
  if (::fcntl(fd, F_GETFD) < 0 || (fd > STDERR_FILENO && ::fcntl(fd, F_SETFD, FD_CLOEXEC) < 0))
    refuse(fmt::format("--progress-fd: file descriptor {} isn't open", fd),
           "open it for the command, as in `--progress-fd 3 3>progress.jsonl`");
  set_progress_fd(fd);
}

void CommandLine::set_color() const {
  const auto when = text("color", "auto");
  set_color_mode(when == "auto"     ? ColorMode::automatic
                 : when == "always" ? ColorMode::always
                                    : ColorMode::never);
}

void CommandLine::refuse_empty_paths() const {
  for (const auto& given : parser_->result.arguments()) {
    const auto* option = help_.find(given.key());
    if (given.value().empty() && option != nullptr && is_path(option->value))
      refuse(fmt::format("--{} is given an empty path", given.key()));
  }
}

void CommandLine::refuse_other_choices() const {
  for (const auto& given : parser_->result.arguments()) {
    const auto* option = help_.find(given.key());
    if (option == nullptr || option->choices.empty() ||
        std::ranges::find(option->choices, given.value()) != option->choices.end())
      continue;
    refuse(fmt::format("--{} must be {}, not '{}'", given.key(),
                       wheelfix::or_list({option->choices.begin(), option->choices.end()}),
                       wheelfix::printable(given.value())));
  }
}

bool CommandLine::has(const std::string& name) const {
  return parser_->result.count(name) > 0;
}

const std::vector<std::string>& CommandLine::positionals() const {
  return parser_->result.unmatched();
}

std::string CommandLine::help() const {
  std::vector<std::string> titles;
  for (const auto& group : help_.groups)
    if (!group.options.empty()) titles.push_back(group.title);
  std::string text = parser_->options.help(titles);
  for (const auto& title : titles) {
    const auto heading = fmt::format(" {} options:\n", title);  // cxxopts' own
    if (!title.empty()) text.replace(text.find(heading), heading.size(), title + ":\n");
  }
  return text + "\nExample:\n" + help_.example;
}

std::string CommandLine::text(const std::string& name, const std::string& fallback) const {
  return has(name) ? parser_->result[name].as<std::string>() : fallback;
}

std::vector<std::string> CommandLine::list(const std::string& name) const {
  return has(name) ? parser_->result[name].as<std::vector<std::string>>() : std::vector<std::string>();
}

std::vector<std::pair<std::string, std::string>> CommandLine::in_order(
    const std::vector<std::string>& names) const {
  std::vector<std::pair<std::string, std::string>> uses;
  for (const auto& use : parser_->result.arguments()) {
    if (std::ranges::find(names, use.key()) != names.end()) uses.emplace_back(use.key(), use.value());
  }
  return uses;
}

std::uint64_t CommandLine::number(const std::string& name, std::uint64_t fallback, std::uint64_t min,
                                  std::uint64_t max) const {
  if (!has(name)) return fallback;
  const std::string value = text(name);
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (failure != std::errc() || end != value.data() + value.size() || number < min || number > max) {
    const auto range = max == std::numeric_limits<std::uint64_t>::max() ? fmt::format("{} or more", min)
                                                                        : fmt::format("{} to {}", min, max);
    refuse(fmt::format("{}{} takes a whole number, {}, not '{}'", name.size() == 1 ? "-" : "--", name, range,
                       value));
  }
  return number;
}

Verbosity CommandLine::verbosity() const {
  return has("quiet") ? Verbosity::quiet : has("verbose") ? Verbosity::verbose : Verbosity::normal;
}

std::uint64_t CommandLine::max_input_size() const {
  return number("max-input-size", wheelfix::usual_max_input_size, 1,
                std::numeric_limits<std::uint64_t>::max());
}

wheelfix::Limits CommandLine::limits() const {
  constexpr auto any = std::numeric_limits<std::uint64_t>::max();
  wheelfix::Limits limits;
  limits.max_entry_size = number("max-entry-size", limits.max_entry_size, 0, any);
  limits.max_ratio = number("max-ratio", limits.max_ratio, 1, any);
  limits.max_entries = number("max-entries", limits.max_entries, 1, any);
  if (verbosity() == Verbosity::verbose) limits.max_alike = any;
  limits.max_document_size = number("max-document", limits.max_document_size, 1, any);
  return limits;
}

unsigned CommandLine::jobs() const {
  return static_cast<unsigned>(number("jobs", 0, 1, 1024));
}

void CommandLine::refuse(std::string message, std::string hint) const {
  throw Error(ErrorCode::usage, help_.program, std::move(message),
              hint.empty() ? "see `" + help_.program + " --help`" : std::move(hint));
}

std::string cxxopts_version() {
  return fmt::format("cxxopts {}.{}.{}", CXXOPTS__VERSION_MAJOR, CXXOPTS__VERSION_MINOR,
                     CXXOPTS__VERSION_PATCH);
}

}  // namespace cli

#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>
#include <wheelfix/limits.hpp>

#include "common/command_help.hpp"
#include "common/console.hpp"

namespace cli {

/// One command's options: cxxopts with --quiet, --verbose and --help in it, and errors as
/// wheelfix::Error{usage}. cxxopts stays in options.cpp, because each file that includes it takes seconds
/// longer to compile.
class CommandLine {
 public:
  /// `program` and `arguments` make the usage line; `description` may be several lines; `example` is shown at
  /// the end of --help.
  CommandLine(std::string program, std::string arguments, std::string description, std::string example);
  ~CommandLine();

  void add(std::initializer_list<Option> options);
  /// For options that --help shows under a title, after those without one.
  void add_under(const std::string& title, std::initializer_list<Option> options);
  void add_json();
  void add_limits();
  /// One more of these.
  void add_limit(const Option& limit);
  void add_jobs();

  /// Returns false if it has answered --help, `--help --json`, or `--complete WORD...`, which asks how a line
  /// may go on.
  bool parse(int argc, char** argv);

  bool has(const std::string& name) const;
  std::string text(const std::string& name, const std::string& fallback = {}) const;
  /// The values of a repeatable option.
  std::vector<std::string> list(const std::string& name) const;
  /// Option and value of each of these repeatable options, in the order of the command line.
  std::vector<std::pair<std::string, std::string>> in_order(const std::vector<std::string>& names) const;
  /// A whole number within [min, max]. Throws Error{usage} naming the option.
  std::uint64_t number(const std::string& name, std::uint64_t fallback, std::uint64_t min,
                       std::uint64_t max) const;
  /// The words that belong to no option, commas and all.
  const std::vector<std::string>& positionals() const;

  Verbosity verbosity() const;
  bool json() const { return has("json"); }
  wheelfix::Limits limits() const;
  /// --max-input-size, which is the command's own to add.
  std::uint64_t max_input_size() const;
  unsigned jobs() const;

  [[noreturn]] void refuse(std::string message, std::string hint = {}) const;

 private:
  struct Parser;

  std::string help() const;
  void set_color() const;
  void set_progress() const;
  std::vector<std::string> option_names() const;
  void refuse_other_choices() const;
  /// The parser's message or, if a word is no option, those that it may be meant for.
  [[noreturn]] void refuse_words(int argc, char** argv, const std::string& message) const;
  /// Of options that take a DIR or FILE: a shell gives an empty one for a variable that isn't set.
  void refuse_empty_paths() const;

  CommandHelp help_;  ///< the groups in order of their first use
  std::unique_ptr<Parser> parser_;
};

/// As "cxxopts 3.0.0".
std::string cxxopts_version();

}  // namespace cli

#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// What a command takes, as --help shows it.
struct Option {
  std::string names;  ///< "output", "p" or "o,output"
  std::string summary;
  std::string value = {};  ///< the name of its value; empty for an option without one
  bool is_repeatable = false;
  std::vector<std::string> choices = {};  ///< the only values that it may have; empty: any

  /// The name that is looked up: the long one, if it has one.
  std::string key() const;
  /// `-o` and `--output`.
  std::vector<std::string> words() const;
};
constexpr bool repeatable = true;

/// All that --help shows of a command, from which its man page and the completion of shells are made too.
struct CommandHelp {
  struct Group {
    std::string title;  ///< empty for those that are shown first
    std::vector<Option> options;
  };
  std::string program;      ///< `wheelfix patch`
  std::string arguments;    ///< of the usage line
  std::string description;  ///< may be several lines
  std::string example;
  std::vector<Group> groups;

  /// The option of a name without its dashes; null if there isn't one.
  const Option* find(std::string_view name) const;
};

/// As `wheelfix help COMMAND --json` prints it.
nlohmann::ordered_json to_json(const CommandHelp& help);

}  // namespace cli

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/command_help.hpp"

namespace cli {

/// What may be typed for the last word of a command line. The scripts of apps/completion ask the programs for
/// it, by `wheelfix --complete WORD...`.
struct Completion {
  /// What the shell adds by itself.
  enum class Files { none, files, folders, wheels };
  Files files = Files::none;
  std::string prefix = {};  ///< of the word: `--color=`, after which the values begin
  std::vector<std::pair<std::string, std::string>> values = {};  ///< with what they mean, if that is known

  /// Adds a value if the word that is typed begins like it.
  void offer(std::string_view typed, std::string value, std::string meaning = {});
};

/// `words` are those after the command's name, the last one the one that is typed, even if it is empty. As in
/// bash, `=` may be a word of its own.
Completion complete(const CommandHelp& help, std::span<const std::string> words);

/// A line with the kind of files and the prefix, and one for each value, with its meaning after a tab.
std::string to_string(const Completion& completion);

}  // namespace cli

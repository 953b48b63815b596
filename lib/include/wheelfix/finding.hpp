#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(default)
namespace wheelfix {

enum class Severity { error, warning, note };

std::string_view to_string(Severity severity) noexcept;

/// What a check found. Checks return all of their findings and never throw for what they find.
struct Finding {
  std::string code = {};  ///< stable, lower-case, words joined by `-`; README lists them all
  Severity severity = Severity::error;
  std::optional<std::string> wheel = {};  ///< the wheel's path as it was given
  std::optional<std::string> path = {};   ///< the entry in the wheel, as it is: use printable() to show it
  std::string message = {};
  std::string hint = {};  ///< what to do next; may be empty

  bool operator==(const Finding&) const = default;
};

/// `text`, a name from outside, made safe to print: controls and bytes that are not UTF-8 as `\x1b`, what is
/// not seen or turns the direction of text as `\u202e`, a backslash as `\\`.
std::string printable(std::string_view text);

/// True where a finding has severity error.
bool has_error(const std::vector<Finding>& findings) noexcept;

}  // namespace wheelfix
#pragma GCC visibility pop

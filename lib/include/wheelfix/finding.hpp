#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/finding_code.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

enum class Severity { error, warning, note };

std::string_view to_string(Severity severity) noexcept;

/// What a check found. Checks return all their findings and never throw because of them.
struct Finding {
  FindingCode code = {};
  Severity severity = Severity::error;
  std::optional<std::string> wheel = {};  ///< the wheel's path as it was given
  std::optional<std::string> path = {};   ///< the entry in the wheel, unescaped: use printable() to show it
  std::string message = {};
  std::string hint = {};  ///< what to do next; may be empty
  /// How many more there are of its kind (code and severity): set on the last one that is listed.
  std::uint64_t more = 0;

  bool operator==(const Finding&) const = default;
};

/// `text`, a name from outside, made safe to print: controls and bytes that are not UTF-8 as `\x1b`, what
/// isn't visible or changes the direction of text as `\u202e`, a backslash as `\\`. Shows at most 2,000
/// bytes, and says how many there are.
std::string printable(std::string_view text);

/// True if a finding has severity error.
bool has_error(const std::vector<Finding>& findings) noexcept;

/// How many there are of a severity, including those that are only counted.
std::uint64_t count_of(const std::vector<Finding>& findings, Severity severity) noexcept;

/// The findings, at most `most` of each kind; the last of them counts the others.
std::vector<Finding> at_most_alike(std::vector<Finding> findings, std::uint64_t most);

}  // namespace wheelfix
#pragma GCC visibility pop

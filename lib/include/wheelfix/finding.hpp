#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wheelfix {

enum class Severity { error, warning, note };

std::string_view to_string(Severity severity) noexcept;

/// What a check found. Checks return all of their findings and never throw for what they find.
struct Finding {
  std::string code = {};  ///< stable, lower-case, words joined by `-`; README lists them all
  Severity severity = Severity::error;
  std::optional<std::string> wheel = {};  ///< the wheel's path as it was given
  std::optional<std::string> path = {};   ///< the entry in the wheel
  std::string message = {};
  std::string hint = {};  ///< what to do next; may be empty

  bool operator==(const Finding&) const = default;
};

/// True where a finding has severity error.
bool has_error(const std::vector<Finding>& findings) noexcept;

}  // namespace wheelfix

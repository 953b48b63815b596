#include <wheelfix/finding.hpp>

#include <algorithm>

namespace wheelfix {

std::string_view to_string(Severity severity) noexcept {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    default:
      return "note";
  }
}

bool has_error(const std::vector<Finding>& findings) noexcept {
  return std::ranges::any_of(findings, [](const Finding& f) { return f.severity == Severity::error; });
}

}  // namespace wheelfix

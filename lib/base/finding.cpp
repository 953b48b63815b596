#include <wheelfix/finding.hpp>

#include <algorithm>

#include "base/finding_sink.hpp"

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

std::uint64_t count_of(const std::vector<Finding>& findings, Severity severity) noexcept {
  std::uint64_t count = 0;
  for (const auto& finding : findings)
    if (finding.severity == severity) count += 1 + finding.more;
  return count;
}

std::vector<Finding> at_most_alike(std::vector<Finding> findings, std::uint64_t most) {
  FindingSink sink({}, most);
  sink.add(std::move(findings));
  return sink.take();
}

}  // namespace wheelfix

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wheelfix {

/// What a requirement is made of, as pieces of its text without white space around them.
struct RequirementParts {
  std::string_view name;
  std::vector<std::string_view> extras;
  std::string_view head;        ///< the name with its extras
  std::string_view specifiers;  ///< without parentheses
  std::string_view url;         ///< of a direct reference
  std::string_view range;       ///< all of `(>=1,<2)` or `@ URL`, which follows the head
  std::string_view marker;
};

struct RequirementFault {
  std::size_t column = 1;  ///< in characters
  std::string message;
};

/// A requirement, with why installers refuse it. Up to the fault, the parts are those of the text, which must
/// live as long as they do.
struct ReadRequirement {
  RequirementParts parts;
  std::optional<RequirementFault> fault;
};
ReadRequirement read_requirement(std::string_view text);

/// Why installers refuse a Requires-Dist: what pip or uv doesn't parse, or what pip fails on when it
/// evaluates the marker. Nothing if both take it. Source: packaging.python.org, "Dependency specifiers", as
/// `packaging` reads them.
std::optional<std::string> requirement_fault(std::string_view text);

/// Whether uv takes a Requires-Python that isn't a set of version specifiers, because it corrects what was
/// usual once: `>=3.6.*`, `!=3.0*`, quotes, a missing comma. pip ignores it.
bool is_mendable_requires_python(std::string_view text);

}  // namespace wheelfix

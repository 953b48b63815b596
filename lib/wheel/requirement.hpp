#pragma once

#include <string>
#include <string_view>

namespace wheelfix {

/// A Requires-Dist, `torch[opt] (==2.1.0+cu121) ; python_version < "3.12"`. Source: packaging.python.org,
/// "Dependency specifiers".
struct Requirement {
  std::string project;     ///< normalised: `torch`
  std::string specifiers;  ///< without parentheses: `==2.1.0+cu121`; of a direct reference `@ URL`
  std::string marker;      ///< `python_version < "3.12"`; empty if it always holds
};

/// For a text that isn't a requirement, the parts have no meaning.
Requirement parse_requirement(std::string_view text);

}  // namespace wheelfix

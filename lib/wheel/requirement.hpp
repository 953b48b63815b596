#pragma once

#include <string>
#include <string_view>
#include <wheelfix/version.hpp>

#include "wheel/marker.hpp"

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

/// Whether a version is one of those that a requirement names; unknown for a direct reference, and for what
/// can't be read.
Truth met_by(const Requirement& requirement, const Version& version);

}  // namespace wheelfix

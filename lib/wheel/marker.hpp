#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "wheel/requirement_cursor.hpp"

namespace wheelfix {

/// What is known of the environment that a wheel is installed in, by the names of PEP 508: `sys_platform`.
/// An `extra` is in its normal form.
using MarkerEnvironment = std::map<std::string, std::string, std::less<>>;

/// In this order `and` is the least and `or` the greatest.
enum class Truth { no, unknown, yes };

/// Whether a marker holds; an empty one does. Unknown is what depends on a variable that isn't known, what
/// installers refuse to read or to compare, and the order of what are not versions, in which they differ.
/// Source: packaging.python.org, "Dependency specifiers", as `packaging` evaluates them.
Truth evaluate_marker(std::string_view marker, const MarkerEnvironment& environment);

/// The same of the marker that `cursor` stands before, and moves past. Nothing, with a fault, if there is
/// none that can be evaluated. A fault beside a value is what `packaging` reads and uv doesn't.
std::optional<Truth> read_marker(RequirementCursor& cursor, const MarkerEnvironment& environment);

/// A marker as alternatives (`or`), each of conditions (`and`) that are written in one way, whatever their
/// order, quotes, white space and needless parentheses: equal for markers that say the same in these words.
/// No alternatives for no marker, and for one that installers refuse to read.
using MarkerAlternatives = std::set<std::set<std::string>>;
MarkerAlternatives marker_alternatives(std::string_view marker);

}  // namespace wheelfix

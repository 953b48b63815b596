#pragma once

#include <set>
#include <string>
#include <string_view>

#include "wheel/marker.hpp"
#include "wheel/requirement_syntax.hpp"

namespace wheelfix {

/// A Requires-Dist in a form in which it is compared with others.
struct ComparedRequirement {
  std::string project;           ///< normalised; all that is known of one that can't be read
  std::set<std::string> extras;  ///< normalised
  std::set<std::string> range;   ///< the specifiers without white space, or `@ URL`
  MarkerAlternatives marker;
  bool is_read = false;

  bool operator==(const ComparedRequirement&) const = default;
};

ComparedRequirement compared_requirement(std::string_view text);

/// Whether `line` is one of those that `wanted` names: of the same project and, as far as it has them, with
/// the same extras, specifiers and marker. One with no other marker than `extra == "x"` names all of that
/// extra.
bool names_requirement(const ComparedRequirement& wanted, const ComparedRequirement& line);

/// The extras, normalised, of which one must be requested for the marker to hold.
std::set<std::string> extras_of_marker(const MarkerAlternatives& marker);

/// `line`, which can be read, with the specifiers or URL of `wanted`, and its extras if it has some: the
/// name, the marker and the white space stay.
std::string with_range_of(std::string_view line, const RequirementParts& wanted);

}  // namespace wheelfix

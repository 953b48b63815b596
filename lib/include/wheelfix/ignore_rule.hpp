#pragma once

#include <string>
#include <string_view>
#include <wheelfix/finding.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// Findings that are known and not to be reported: those of a code and, with a glob, only where it matches
/// the wheel's file name or the path of the entry.
struct IgnoreRule {
  FindingCode code = {};
  std::string glob = {};  ///< as for entries, `*` also matches `/`; empty: everywhere

  /// `CODE` or `CODE=GLOB`. Throws Error{usage, subject} for an unknown code, with those that are spelled
  /// like it, and for an empty glob.
  static IgnoreRule parse(std::string_view text, const std::string& subject);

  bool covers(const Finding& finding) const;
  bool operator==(const IgnoreRule&) const = default;
};

}  // namespace wheelfix
#pragma GCC visibility pop

#pragma once

#include <string>
#include <string_view>
#include <wheelfix/diff.hpp>

namespace wheelfix {

/// Appends one half of a `GIT binary patch`: `literal SIZE` or `delta SIZE`, the deflated bytes in base 85
/// with 52 of them on a line and an empty line.
void append_binary_hunk(std::string& out, const BinaryHunk& hunk);

/// The change from `before` to `after`: a delta that copies the common head and tail and inserts what lies
/// between, if that has less than half the size of `after`; else `after` as a literal. Block matching, as
/// git's packs have it, was left out: what wheels see is a few bytes changed in place in a large library.
BinaryHunk binary_change(std::string_view before, std::string_view after);

}  // namespace wheelfix

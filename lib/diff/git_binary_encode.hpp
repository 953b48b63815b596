#pragma once

#include <string>
#include <string_view>
#include <wheelfix/diff.hpp>

namespace wheelfix {

/// Appends one half of a `GIT binary patch`: `literal SIZE` or `delta SIZE`, the deflated bytes in base 85
/// with 52 of them on a line and an empty line.
void append_binary_hunk(std::string& out, const BinaryHunk& hunk);

/// The change from `before` to `after`: a delta that copies the common head and tail and inserts what is
/// between, if that has less than half the size of `after`; else `after` as a literal. Rejected: block
/// matching, as in git's packs, because wheels get a few bytes changed in place in a large library.
BinaryHunk binary_change(std::string_view before, std::string_view after);

}  // namespace wheelfix

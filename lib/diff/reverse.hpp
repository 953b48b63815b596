#pragma once

#include <wheelfix/diff.hpp>

namespace wheelfix {

/// The hunk that undoes `hunk`, its removed lines before its added ones in each run of changes.
Hunk reversed_hunk(Hunk hunk);

}  // namespace wheelfix

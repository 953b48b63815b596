#pragma once

#include <wheelfix/limits.hpp>

#include "base/finding_sink.hpp"
#include "zip/directory.hpp"

namespace wheelfix::zip {

/// What an archive's directory alone shows: names that climb out or clash, duplicates, overlaps, gaps,
/// encryption, methods, limits. Findings don't name the wheel; `path` is the entry's.
FindingSink audit(const Directory& directory, const Limits& limits);

}  // namespace wheelfix::zip

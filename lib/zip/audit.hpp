#pragma once

#include <string_view>
#include <wheelfix/limits.hpp>

#include "base/finding_sink.hpp"
#include "zip/directory.hpp"

namespace wheelfix::zip {

/// What an archive's directory alone shows: names that climb out or clash, duplicates, overlaps, gaps,
/// encryption, methods, limits. Findings don't name the wheel; `path` is the entry's.
FindingSink audit(const Directory& directory, const Limits& limits);

/// Why a name may not be used as an entry's path, or nullptr: absolute, `..`, a drive, backslash, NUL, an
/// empty or `.` component, not UTF-8. Source: CVE-2026-24049 (`wheel unpack`), PEP 427, and what unpackers on
/// Windows make of such names.
const char* unsafe_name_reason(std::string_view path);

}  // namespace wheelfix::zip

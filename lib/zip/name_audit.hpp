#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/finding_sink.hpp"

namespace wheelfix::zip {

/// Why a name may not be used as an entry's path, or nullptr: absolute, `..`, a drive, backslash, NUL, an
/// empty or `.` component, not UTF-8. Source: CVE-2026-24049 (`wheel unpack`), PEP 427, and what unpackers on
/// Windows make of such names.
const char* unsafe_name_reason(std::string_view path);

/// Adds what is wrong with one entry's name: that it is unsafe, that Windows can't hold it, hidden
/// characters.
void audit_name(const std::string& path, FindingSink& findings);

/// Adds what is wrong with all paths of an archive together: duplicates, names that differ only in case or
/// normal form, files that are folders too.
void audit_clashes(const std::vector<std::string_view>& paths, FindingSink& findings);

}  // namespace wheelfix::zip

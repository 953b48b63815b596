#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <wheelfix/loader.hpp>

namespace wheelfix {

/// The part before the last `/`, `/` for a file in the root; `.` where there is none.
std::string folder_of(std::string_view path);

/// The folder of one library as an entry of another one's search path; both paths are absolute.
std::string origin_entry(const std::string& from, const std::string& to);

/// A search path entry or needed name with $ORIGIN, $LIB and $PLATFORM, in braces or not, put in as glibc
/// does; other `$` stay. Source: _dl_dst_substitute.
std::string expand_glibc(std::string_view text, std::string_view origin, const LoaderSystem& system);

/// The same as musl does it: nothing where a `$` is not $ORIGIN, for then none of the search path counts.
/// Source: fixup_rpath.
std::optional<std::string> expand_musl(std::string_view text, std::string_view origin);

}  // namespace wheelfix

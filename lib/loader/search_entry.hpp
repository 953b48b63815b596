#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <wheelfix/loader.hpp>

namespace wheelfix {

/// The part before the last `/`, `/` for a file in the root; `.` if there is none.
std::string folder_of(std::string_view path);

/// The folder of one library as an entry of another one's search path; both paths are absolute. `token` is
/// what the loader replaces with the other one's folder, `@loader_path` on macOS.
std::string origin_entry(const std::string& from, const std::string& to, std::string_view token = "$ORIGIN");

/// A search path entry or needed name with $ORIGIN, $LIB and $PLATFORM, in braces or not, replaced as in
/// glibc; other `$` stay. Source: _dl_dst_substitute.
std::string expand_glibc(std::string_view text, std::string_view origin, const LoaderSystem& system);

/// The same for musl: nothing if a `$` is not $ORIGIN, because then the whole search path is ignored.
/// Source: fixup_rpath.
std::optional<std::string> expand_musl(std::string_view text, std::string_view origin);

}  // namespace wheelfix

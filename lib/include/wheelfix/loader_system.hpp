#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wheelfix/loader.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// A line of ld.so.cache.
struct CachedLibrary {
  std::string name;  ///< `libz.so.1`
  std::string path;
  std::uint32_t flags = 0;  ///< what kind of library, as ldconfig classed it
  std::string hwcaps = {};  ///< the subfolder of glibc-hwcaps that it was found in, or empty
  bool is_legacy = false;   ///< it is for processors by a bit mask, which glibc 2.37 dropped

  bool operator==(const CachedLibrary&) const = default;
};

/// Reads /etc/ld.so.cache: version 1.1 of its format, alone or after the old one's table, of either byte
/// order. Source: glibc's dl-cache.h. Throws Error{bad_binary} naming what is cut short or points outside it;
/// `subject` names the file.
std::vector<CachedLibrary> parse_loader_cache(std::string_view bytes, const std::string& subject);

/// The system whose files are below a folder, for a tree that has files_below(root) as its source: its
/// folders and its cache. Machine and kind of loader are those of `like`; nothing is promised. `hwcaps` are
/// subfolders of glibc-hwcaps that the processor uses, the best first. Throws Error{bad_binary} for a damaged
/// cache, Error{io} for one that can't be read.
LoaderSystem system_below(const std::filesystem::path& root, const LoaderSystem& like,
                          const std::vector<std::string>& hwcaps = {});

/// What the system below a folder is for, `aarch64 with musl`, if its loader isn't the one of `like`. Nothing
/// if it is, and if no loader is found.
std::optional<std::string> other_system_below(const std::filesystem::path& root, const LoaderSystem& like);

/// Those of the processor that this runs on, as glibc names them: `x86-64-v3`, `x86-64-v2`.
std::vector<std::string> host_hwcaps();

}  // namespace wheelfix
#pragma GCC visibility pop

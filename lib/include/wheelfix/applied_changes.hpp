#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <wheelfix/wheel.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// What a run changed an installed package by.
struct AppliedSource {
  std::string name;  ///< of a patch, a recipe or a file, as it was given
  std::string hash;  ///< of its content: of a file as RECORD writes one, `sha256=…`; empty for an option

  bool operator==(const AppliedSource&) const = default;
};

/// The source that a file is, under a name. Throws Error{io}.
AppliedSource applied_source(std::string name, const std::filesystem::path& file);

struct AppliedRun {
  std::int64_t time = 0;  ///< seconds since 1970, UTC
  std::string version;    ///< of wheelfix
  std::string command;    ///< `patch`, `repair`, `apply`
  std::vector<AppliedSource> sources = {};

  bool operator==(const AppliedRun&) const = default;
};

/// A file as it was installed, or as it is since.
struct AppliedState {
  std::string
      hash;  ///< as RECORD writes it; of RECORD itself, as it is since, empty: it has this list's hash
  std::uint64_t size = 0;
  unsigned mode = 0;          ///< permission bits
  std::int64_t mtime_ns = 0;  ///< since 1970, UTC; of a symlink its own
  std::string link = {};      ///< a symlink's target

  bool operator==(const AppliedState&) const = default;
};

/// How the content as installed is kept.
struct KeptContent {
  enum class How {
    deflated,  ///< whole, as one raw DEFLATE stream
    stored,    ///< whole
    ranges,    ///< the bytes of these ranges, one after the other, deflated: the rest is in the file as it is
  };
  How how = How::deflated;
  std::string file;                                                  ///< relative to the folder of packages
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges = {};  ///< offset and size, in order

  bool operator==(const KeptContent&) const = default;
};

struct AppliedFile {
  std::string path;                    ///< relative to the folder of packages
  std::optional<AppliedState> before;  ///< nothing: it is new
  std::optional<AppliedState> after;   ///< nothing: it was removed
  std::optional<KeptContent> kept;     ///< of `before`

  bool operator==(const AppliedFile&) const = default;
};

/// What wheelfix changed of an installed package, in one run or in several: the file wheelfix.json in its
/// .dist-info, which RECORD lists, so that uninstalling or reinstalling removes it. A package without a
/// .dist-info has a folder `NAME.wheelfix` for it.
struct AppliedChanges {
  std::vector<AppliedRun> runs;    ///< the first one first
  std::vector<AppliedFile> files;  ///< in order of path; against what the installer wrote

  bool operator==(const AppliedChanges&) const = default;
};

/// JSON. `parse` and `to_text` round-trip.
std::string to_text(const AppliedChanges& changes);
/// Nothing for what to_text doesn't make.
std::optional<AppliedChanges> parse_applied_changes(std::string_view text);

/// The folder of an installed package that has its wheelfix.json, relative to the folder of packages.
std::string applied_folder(const Wheel& installed);
/// Whether a path is that of wheelfix.json or of what is kept beside it, in such a folder.
bool is_of_applied_changes(std::string_view path, std::string_view folder);

/// Whether an installed package has a wheelfix.json.
bool has_applied_changes(const Wheel& installed);

/// What was changed of an installed package; nothing for one as its installer wrote it. Throws
/// Error{bad_wheel} for a wheelfix.json that can't be read.
std::optional<AppliedChanges> applied_changes(const Wheel& installed);
/// The same by the folder that has its wheelfix.json.
std::optional<AppliedChanges> applied_changes_in(const std::filesystem::path& folder);

}  // namespace wheelfix
#pragma GCC visibility pop

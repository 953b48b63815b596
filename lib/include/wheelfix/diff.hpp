#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(default)
namespace wheelfix {

/// One line of a hunk. `text` has no `\n`; a `\r` before it is kept. `newline` is false if the diff says
/// `\ No newline at end of file`.
struct HunkLine {
  enum class Kind { context, removed, added };
  Kind kind = Kind::context;
  std::string text;
  bool newline = true;

  bool operator==(const HunkLine&) const = default;
};

/// `@@ -old_start,old_count +new_start,new_count @@`. Starts are 1-based; with a count of 0 they name the
/// line before.
struct Hunk {
  std::uint64_t old_start = 0;
  std::uint64_t old_count = 0;
  std::uint64_t new_start = 0;
  std::uint64_t new_count = 0;
  std::vector<HunkLine> lines;
  std::size_t patch_line = 0;  ///< 1-based line of the `@@` in the patch file

  bool operator==(const Hunk&) const = default;
};

/// One half of a `GIT binary patch`, already inflated: the whole new content, or a git pack delta against the
/// old one.
struct BinaryHunk {
  enum class Method { literal, delta };
  Method method = Method::literal;
  std::string data;

  bool operator==(const BinaryHunk&) const = default;
};

/// What a diff does to one file. Names are those of the headers, unquoted, before any -p stripping
/// (`a/torch/__init__.py`), and empty if the side is absent: /dev/null, or a header dated at the epoch
/// over a hunk with nothing of that side. Never absolute, never with `..`, a backslash, a drive letter or
/// NUL. If the names of a diff without git header differ, the caller decides which is meant.
struct FileDiff {
  enum class Kind { modify, create, remove, rename, copy };
  Kind kind = Kind::modify;
  std::string old_name;
  std::string new_name;
  std::optional<unsigned> old_mode;  ///< 0100000 and permissions, from git's extended headers
  std::optional<unsigned> new_mode;  ///< only if the diff sets it: a new file, or a mode that changes
  std::vector<Hunk> hunks;
  std::optional<BinaryHunk> binary;  ///< old to new
  std::optional<BinaryHunk>
      binary_reverse;  ///< new to old, if the diff has it; apply_diff then proves the old content by it
  /// rename and copy lines have no a/ or b/, so -p strips one component less of their names than of others.
  bool names_lack_prefix = false;
  std::size_t patch_line = 0;  ///< 1-based line where this file's part begins

  bool operator==(const FileDiff&) const = default;
};

/// A parsed patch file.
struct Diff {
  std::string name;  ///< as given to parse_diff; used in errors
  std::vector<FileDiff> files;

  bool operator==(const Diff&) const = default;
};

/// Parses a unified or git-extended diff; text before, between and after the files' parts (mail headers,
/// `Index:` lines) is skipped. Throws Error{bad_diff} with subject `name:line` for a damaged hunk, a count
/// that disagrees with the lines, a name that is absolute or climbs out with `..`, a symlink or submodule
/// mode, an ed script or context diff, a file without any change, and a text without any file;
/// Error{limit_exceeded} for too many files or lines, and too large a binary part. If all lines end in CRLF,
/// names too, they are read as if they ended in LF.
Diff parse_diff(std::string_view text, std::string name);

/// The diff that undoes `diff`, last file first. Throws Error{bad_diff} for a copy, and for a binary change
/// without its reverse.
Diff reversed(const Diff& diff);

/// Whether the file may be absent before: it is created, or its one hunk takes nothing from line 0, as if
/// a tool names both sides of a new file (GNU patch and git then create it).
bool may_create(const FileDiff& file);

/// The name without its first `strip` components, as for `patch -pN`; empty if it has no more than `strip`.
std::string strip_components(std::string_view name, unsigned strip);

struct ApplyOptions {
  unsigned fuzz = 0;        ///< context lines at a hunk's ends that may differ
  bool strict_eol = false;  ///< a diff with LF lines doesn't apply to a file with CRLF lines
};

struct HunkReport {
  std::size_t patch_line = 0;
  std::int64_t offset = 0;  ///< lines between where the hunk says and where it was found
  unsigned fuzz = 0;        ///< how much fuzz it took

  bool operator==(const HunkReport&) const = default;
};

struct Applied {
  std::string content;
  std::vector<HunkReport> hunks;
  bool crlf_kept = false;  ///< the diff's LF lines were applied to CRLF lines, which stay CRLF
};

/// Applies the hunks or the binary change of `file` to `content` (empty for a file that the diff creates), in
/// memory. Hunks are searched for like in GNU patch, each from where it says plus the offset of the one
/// before it, the nearest place first. `diff_name` and `subject` (wheel and entry) go into errors. Throws
/// Error{does_not_apply}, which names `diff_name:line` of the hunk, shows the place in the file that matches
/// best with the lines that differ there, and hints at what would help; also if a created file exists with
/// other content, and if a removed one would not be empty. Throws Error{already_applied} if the hunks don't
/// apply without fuzz and each one's result is exactly where it says; Error{bad_diff} for a damaged binary
/// delta.
Applied apply_diff(std::string_view content, const FileDiff& file, const ApplyOptions& options,
                   std::string_view diff_name, std::string_view subject);

/// One file of a comparison; a side is absent if the file was created or removed.
struct FilePair {
  struct Side {
    std::string_view content;
    unsigned mode = 0100644;
  };
  std::string path;  ///< without a/ or b/
  std::optional<Side> before;
  std::optional<Side> after;
};

/// A git-style unified diff with three lines of context that `patch -p1`, `git apply` and apply_diff all turn
/// into the same result. A pair with a NUL in either side, or with some million lines, becomes a `GIT binary
/// patch`. Equal pairs give nothing. The text of all pairs, in the order given. Throws Error{bad_diff} for a
/// mode that isn't a regular file's.
std::string make_diff(const std::vector<FilePair>& pairs);

}  // namespace wheelfix
#pragma GCC visibility pop

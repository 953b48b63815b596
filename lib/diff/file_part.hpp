#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <wheelfix/diff.hpp>

#include "diff/header_name.hpp"
#include "diff/patch_text.hpp"

namespace wheelfix {

/// The `---` and `+++` lines of a part.
struct NameLines {
  HeaderName old_name;
  HeaderName new_name;
  std::size_t line = 0;   ///< of the `---`
  bool has_crlf = false;  ///< both end in CRLF: so does the whole patch file, whatever the content
};

/// Takes the two lines, which must be there. Throws Error{bad_diff} for a damaged or refused name, or if both
/// are /dev/null.
NameLines take_name_lines(PatchText& text);

/// Throws Error{bad_diff} at `line` if a patch may not use this name (`name_fault`).
void check_name(const PatchText& text, std::size_t line, std::string_view name);

/// Sets `file.kind` if only hunks determine it: a side that is /dev/null, or dated at the epoch with nothing
/// of it in the hunks, is absent and loses its name. Throws Error{bad_diff} if an absent side has lines.
void settle_absence(const PatchText& text, FileDiff& file, const NameLines& names);

/// Throws Error{bad_diff} if a created file has old lines, or a removed one has new lines.
void check_one_sided(const PatchText& text, const FileDiff& file);

/// A part that begins with `--- ` and `+++ `.
FileDiff parse_plain_part(PatchText& text);

/// A part that begins with `diff --git `.
FileDiff parse_git_part(PatchText& text);

/// Takes a `GIT binary patch` line and the one or two hunks after it.
void take_binary_hunks(PatchText& text, FileDiff& file);

}  // namespace wheelfix

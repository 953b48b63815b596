#pragma once

#include <optional>
#include <string_view>
#include <vector>
#include <wheelfix/diff.hpp>

#include "diff/patch_text.hpp"

namespace wheelfix {

/// `@@ -START[,COUNT] +START[,COUNT] @@` and anything after it, as a hunk without lines; nullopt for all
/// else, also for numbers that no file has.
std::optional<Hunk> parse_hunk_header(std::string_view line);

/// Reads the hunks after a part's header; `text` stops after the last. Only the counts say where a
/// hunk ends, so that a removed line may look like a header. With `strip_cr` a `\r` at the lines' ends is the
/// patch file's, not the content's. An empty line counts as an empty context line, because mailers remove the
/// space. Throws Error{bad_diff} if there is no hunk or one is damaged.
std::vector<Hunk> parse_hunks(PatchText& text, bool strip_cr);

}  // namespace wheelfix

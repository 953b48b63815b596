#pragma once

#include "diff/patch_text.hpp"

namespace wheelfix {

/// Throws Error{bad_diff} if the current line, which is outside any part, begins a change in another form
/// than a unified diff: a context, normal, combined or ed diff, a notice that binary files differ, a hunk or
/// binary patch without a header.
void refuse_foreign_diff(const PatchText& text);

/// Throws Error{bad_diff} for a `---` and `+++` header without a hunk. Recognizes an ed script
/// (CVE-2018-1000156).
[[noreturn]] void fail_without_hunk(const PatchText& text);

/// `Binary files A and B differ`, which diff and git write instead of content.
bool is_binary_notice(std::string_view line);
[[noreturn]] void fail_binary_notice(const PatchText& text);

}  // namespace wheelfix

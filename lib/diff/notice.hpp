#pragma once

#include "diff/patch_text.hpp"

namespace wheelfix {

/// Throws Error{bad_diff} if the current line, which stands outside any part, begins what is no unified
/// diff but asks for a change all the same: a context, normal, combined or ed diff, a notice that binary
/// files differ, a hunk or binary patch without a header.
void refuse_foreign_diff(const PatchText& text);

/// Throws Error{bad_diff} for a `---` and `+++` header with no hunk after it, which names an ed script
/// (CVE-2018-1000156) as such.
[[noreturn]] void fail_without_hunk(const PatchText& text);

/// `Binary files A and B differ`, which diff and git write if they show no content.
bool is_binary_notice(std::string_view line);
[[noreturn]] void fail_binary_notice(const PatchText& text);

}  // namespace wheelfix

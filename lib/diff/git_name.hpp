#pragma once

#include <string>
#include <string_view>

namespace wheelfix {

/// A name as git writes it in a diff with core.quotePath: unchanged, or within `"` with C's escapes if it has
/// a control character, `"`, `\` or a byte from 0x80.
std::string quote_git_name(std::string_view name);

/// Like quote_git_name, but also quoted if the name has a space: GNU patch ends a name of a `diff --git` line
/// there, and has no other name if no `---` and `+++` lines follow. git reads both.
std::string quote_git_name_with_spaces(std::string_view name);

}  // namespace wheelfix

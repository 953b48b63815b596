#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace wheelfix {

/// The name on a `---` or `+++` line.
struct HeaderName {
  std::string name;
  bool is_epoch = false;  ///< its timestamp is 1970-01-01 00:00:00 UTC, in whatever zone it is written

  bool is_dev_null() const { return name == "/dev/null"; }
};

/// Reads what follows `--- ` or `+++ `: a name in C quotes, or one up to a tab or, without a tab, up to a
/// timestamp. nullopt if the quoting is damaged or the name is empty.
std::optional<HeaderName> parse_header_name(std::string_view text);

/// Whether a path ends in these components.
bool ends_in(std::string_view name, std::string_view tail);

/// A name alone, as after `rename from `, in C quotes or not.
std::optional<std::string> parse_lone_name(std::string_view text);

/// The two names on a `diff --git ` line, whose prefixes (`a/`, `b/`, others or none) stay. Unquoted names
/// with spaces are ambiguous: the two must be the same after their first component or, if rename or copy
/// lines gave `old_tail` and `new_tail`, end in those.
std::optional<std::pair<std::string, std::string>> parse_git_names(std::string_view text,
                                                                   std::string_view old_tail = {},
                                                                   std::string_view new_tail = {});

/// Why a patch may not use a name, as a clause that follows the name: absolute, `..`, a backslash, a drive,
/// NUL, a folder. nullopt for a name that is fine.
std::optional<std::string> name_fault(std::string_view name);

}  // namespace wheelfix

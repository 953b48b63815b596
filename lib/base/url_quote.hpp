#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wheelfix {

/// Letters, digits, `-`, `.`, `_` and `~`, which mean themselves everywhere in a URL (RFC 3986, 2.3).
bool is_unreserved(char c) noexcept;

/// Text with all bytes as %XX but those that may stay (RFC 3986, 2.1). A name of a file is then one component
/// of a URL's path: `+` too, which object stores would read as a space.
std::string url_quote(std::string_view text, bool (*may_stay)(char) = is_unreserved);

/// Text in which `%2B` is unquoted; a `%` that begins no such escape stays.
std::string url_unquote(std::string_view text);

/// The same; nothing if there is a `%` that begins no escape.
std::optional<std::string> url_unquote_strictly(std::string_view text);

}  // namespace wheelfix

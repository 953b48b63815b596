#pragma once

#include <string>
#include <string_view>

namespace wheelfix {

/// A text as a basic string of TOML, in quotes, which TomlTable reads as the same text. Throws Error{usage}
/// for what no TOML file can have: bytes that aren't UTF-8.
std::string toml_quoted(std::string_view text);

}  // namespace wheelfix

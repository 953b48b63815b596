#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wheelfix {

/// A path of a request, unquoted: `/simple/demo/` has the names `simple` and `demo`, and ends with a slash.
struct RequestPath {
  std::vector<std::string> names;
  bool has_slash = false;  ///< at its end; `/` has no names and a slash
};

/// Nothing for a path that no file of an index can have: one that doesn't begin with a slash, has an empty
/// name, one that begins with a dot (`..` too), or one with a slash, a control character or NUL in it after
/// it was unquoted; or a `%` that isn't followed by two hexadecimal digits.
std::optional<RequestPath> parse_request_path(std::string_view path);

}  // namespace wheelfix

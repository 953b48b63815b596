#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace wheelfix {

/// What a reference on a page leads to (RFC 3986, 5.2), from the page's absolute URL: an absolute URL too,
/// unless `base` isn't one. Its path has no `.` and `..`; what may not be in a URL is quoted.
std::string resolve_url(std::string_view base, std::string_view reference);

/// Without `user:password@`, which must not get into pages and messages.
std::string without_credentials(std::string_view url);

/// `https`, in lower case; empty for a relative reference.
std::string url_scheme(std::string_view url);

/// The last name in its path, unquoted.
std::string url_file_name(std::string_view url);

/// Without its fragment, and the fragment without its `#`.
std::pair<std::string, std::string> split_fragment(std::string_view url);

}  // namespace wheelfix

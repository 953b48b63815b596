#pragma once

#include <string>
#include <vector>
#include <wheelfix/index.hpp>

namespace cli {

/// Another index, whose pages libcurl reads: by http, https (with the system's certificates) or file. What
/// curl knows counts: proxies of the environment, ~/.netrc, a user and password in the URL, which are in no
/// page and message. Throws Error{usage} for another URL. Its `fetch` throws Error{io} for a page that can't
/// be read, and Error{cancelled} after a signal.
wheelfix::Upstream upstream_at(const std::string& url, std::vector<std::string> projects,
                               std::vector<std::string> private_projects);

/// libcurl's, as "libcurl 7.88.1".
std::string http_client_version();

}  // namespace cli

#pragma once

#include <string>
#include <vector>
#include <wheelfix/index.hpp>

#include "index/page_file.hpp"

namespace wheelfix {

/// What a project's page of another index lists (PEP 503, 629, 658, 691, 700, 714), as JSON or HTML.
struct UpstreamPage {
  std::vector<PageFile> files;  ///< wheels and sdists of the project, by absolute URLs without credentials
  bool is_newer = false;        ///< has a minor version of the API that isn't known here
};

/// Left out is what no installer takes: files whose names aren't those of a wheel or sdist of this project,
/// and those with a URL other than http, https or, on such a page, file. Throws Error{bad_archive} for a page
/// that isn't one of an index, or of a newer major version.
UpstreamPage parse_upstream_page(const FetchedPage& page, const std::string& project);

}  // namespace wheelfix

#pragma once

#include <map>
#include <string>
#include <vector>
#include <wheelfix/index.hpp>

#include "index/package.hpp"
#include "index/page_file.hpp"

namespace wheelfix {

/// What pages list from upstream.
struct UpstreamFiles {
  std::map<std::string, std::vector<PageFile>, std::less<>> by_project;
  std::vector<UpstreamNote> notes;
};

/// Reads upstream's page of each project, on up to `jobs` threads. `ours` has the packages of each; none for
/// a project that is only upstream's. Throws Error{usage} if upstream lacks one of those, and what `fetch`
/// and parse_upstream_page throw.
UpstreamFiles read_upstream(const Upstream& upstream,
                            const std::map<std::string, std::vector<const Package*>>& ours, unsigned jobs);

}  // namespace wheelfix

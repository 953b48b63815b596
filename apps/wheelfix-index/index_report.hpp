#pragma once

#include <string>
#include <wheelfix/index.hpp>

#include "common/options.hpp"

namespace cli {

/// Says on stderr what was left out, and what a run did or, with --check, would do.
void tell(const wheelfix::IndexReport& report, const CommandLine& line);

/// The result on stdout: the index's folder or, if it is served, its URL; what a run would change with
/// --check; or all of it as JSON.
void print_result(const wheelfix::IndexReport& report, const std::string& url, const CommandLine& line);

}  // namespace cli

#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>
#include <wheelfix/finding.hpp>
#include <wheelfix/policy.hpp>

#include "common/console.hpp"

namespace cli {

/// A wheel and what it needs of Linux.
struct ExaminedPolicy {
  std::string wheel;  ///< as given
  wheelfix::WheelName name;
  wheelfix::WheelPolicy policy;
  std::vector<wheelfix::Finding> findings;  ///< of libraries that can't be read
};

/// Its platform tags that aren't true of it.
std::vector<std::string> untrue_tags(const ExaminedPolicy& examined);

/// For each wheel the tag that is true of it, what keeps it from an older one, and the command to type next;
/// with `verbose` all that is in the way of the oldest, with `quiet` the tag alone.
std::string report(const std::vector<ExaminedPolicy>& wheels, Verbosity verbosity);

/// `{"wheels": [{"wheel", "name", "version", "tags", "policy"}], "findings"}`.
nlohmann::ordered_json to_json(const std::vector<ExaminedPolicy>& wheels);

}  // namespace cli

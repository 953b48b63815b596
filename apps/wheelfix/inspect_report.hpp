#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>
#include <wheelfix/library.hpp>

#include "common/console.hpp"

namespace cli {

/// What `inspect` knows of a wheel, or of one library that is a file of its own.
struct Inspected {
  std::optional<wheelfix::Wheel> wheel;
  wheelfix::WheelLibraries libraries;
  std::vector<wheelfix::SecondOpinion> opinions;  ///< one for each library, if requested
};

std::string to_text(const Inspected& inspected, Verbosity verbosity);
nlohmann::ordered_json to_json(const Inspected& inspected);

}  // namespace cli

#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <wheelfix/compatibility.hpp>

#include "common/console.hpp"

namespace cli {

/// The verdict, then a table with a line for each version, the newest last, fitted to the terminal if stdout
/// is one. With `verbose` all that fails follows, in the loader's words and with hints; with `quiet` the
/// table stands alone.
std::string report(const wheelfix::Compatibility& compatibility, Verbosity verbosity);

/// `{"verdict", "versions", "always", "left_out", "findings"}`.
nlohmann::ordered_json to_json(const wheelfix::Compatibility& compatibility);

}  // namespace cli

#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>
#include <wheelfix/symbols.hpp>

namespace cli {

/// What `inspect --symbol` found in a wheel, or in one library that is a file of its own.
struct InspectedSymbols {
  std::string file;
  bool is_wheel = true;
  wheelfix::SymbolUses found;
};

/// Empty if there is nothing to show.
std::string to_text(const InspectedSymbols& inspected);
nlohmann::ordered_json to_json(const InspectedSymbols& inspected);

}  // namespace cli

#include "wheelfix/symbols_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/console.hpp"

namespace cli {

namespace {

using namespace wheelfix;

nlohmann::ordered_json use_json(const SymbolUse& use) {
  return {{"path", use.path},
          {"symbol", use.symbol},
          {"role", std::string(to_string(use.role))},
          {"version", string_or_null(use.version)},
          {"is_default_version", use.is_default_version},
          {"version_file", string_or_null(use.version_file)}};
}

}  // namespace

std::string to_text(const InspectedSymbols& inspected) {
  const auto& uses = inspected.found.uses;
  if (uses.empty()) return {};
  std::size_t width = 0;
  for (const auto& use : uses) width = std::max(width, printable(use.path).size());
  auto text = printable(inspected.file) + "\n";
  for (const auto& use : uses) {
    const auto of = use.version_file.empty() ? "" : " of " + printable(use.version_file);
    text += fmt::format("  {:<7}  {:<{}}  {}{}\n", to_string(use.role), printable(use.path), width,
                        printable(symbol_text(use)), of);
  }
  return text;
}

nlohmann::ordered_json to_json(const InspectedSymbols& inspected) {
  auto uses = nlohmann::ordered_json::array();
  for (const auto& use : inspected.found.uses) uses.push_back(use_json(use));
  return {{"wheel", string_or_null(inspected.is_wheel ? inspected.file : "")},
          {"symbols", uses},
          {"findings", to_json(inspected.found.findings)}};
}

}  // namespace cli

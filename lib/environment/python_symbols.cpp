#include "environment/python_symbols.hpp"

#include <unordered_map>
#include <wheelfix/platform_tag.hpp>

#include "base/table.hpp"
#include "environment/tables.hpp"

namespace wheelfix {
namespace {

PythonVersion version_of(std::string_view text) {
  const auto version = PlatformVersion::parse(text).value();
  return {version.major, version.minor};
}

std::unordered_map<std::string_view, PythonVersion> read_stable() {
  std::unordered_map<std::string_view, PythonVersion> stable;
  for (const auto& row : table_rows(python_symbols_table, "stable"))
    for (auto name = row.begin() + 1; name != row.end(); ++name) stable.emplace(*name, version_of(row[0]));
  return stable;
}

}  // namespace

bool is_named_like_python(std::string_view symbol) {
  return symbol.starts_with("Py") || symbol.starts_with("_Py");
}

std::optional<PythonVersion> stable_since(std::string_view symbol) {
  static const auto stable = read_stable();
  const auto found = stable.find(symbol);
  return found == stable.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace wheelfix

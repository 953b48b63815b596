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

using Versions = std::unordered_map<std::string_view, PythonVersion>;

/// The last Python whose symbols were listed.
constexpr PythonVersion newest_listed{3, 13};

Versions read_section(std::string_view section) {
  Versions versions;
  for (const auto& row : table_rows(python_symbols_table, section))
    for (auto name = row.begin() + 1; name != row.end(); ++name) versions.emplace(*name, version_of(row[0]));
  return versions;
}

const Versions& last_pythons() {
  static const auto versions = read_section("last");
  return versions;
}

const Versions& first_pythons() {
  static const auto versions = read_section("first");
  return versions;
}

std::optional<PythonVersion> find(const Versions& versions, std::string_view symbol) {
  const auto found = versions.find(symbol);
  return found == versions.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

bool is_named_like_python(std::string_view symbol) {
  return symbol.starts_with("Py") || symbol.starts_with("_Py");
}

std::optional<PythonVersion> stable_since(std::string_view symbol) {
  static const auto stable = read_section("stable");
  return find(stable, symbol);
}

std::string python_history(std::string_view symbol) {
  const auto last = find(last_pythons(), symbol);
  const auto first = find(first_pythons(), symbol);
  if (last) return "Python " + to_string(*last) + " is the last that has it";
  return first ? "no Python before " + to_string(*first) + " has it" : "";
}

std::unordered_set<std::string_view> symbols_absent_in(PythonVersion python) {
  std::unordered_set<std::string_view> absent;
  for (const auto& [symbol, last] : last_pythons())
    if (last < python && python <= newest_listed) absent.insert(symbol);
  for (const auto& [symbol, first] : first_pythons())
    if (python < first) absent.insert(symbol);
  return absent;
}

}  // namespace wheelfix

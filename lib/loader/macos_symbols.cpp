#include "loader/macos_symbols.hpp"

#include <algorithm>

#include "base/table.hpp"
#include "loader/definition_rules.hpp"
#include "loader/tables.hpp"

namespace wheelfix {
namespace {

constexpr bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}

constexpr bool is_small(char c) {
  return c >= 'a' && c <= 'z';
}

/// Frameworks' are `CFRelease` and `kCFNull`; those of Fortran, as in Accelerate, end in `_` and have no
/// other. Later variants have a `$`: `dgemm$NEWLAPACK`.
bool is_named_like_those_of_frameworks(std::string_view name) {
  if (is_capital(name.front())) return true;
  if (name.size() > 1 && name.front() == 'k' && is_capital(name[1])) return true;
  return name.find('$') != name.npos || name.find('_') == name.size() - 1;
}

}  // namespace

bool may_be_of_macos(std::string_view symbol, const std::vector<std::string>& needed) {
  if (!symbol.starts_with('_') || symbol.size() < 2) return true;
  const auto name = symbol.substr(1);
  if (name.starts_with("_Z")) return is_of_standard_cxx(name);
  const auto is_needed = [&](std::string_view library) {
    return std::ranges::any_of(needed,
                               [&](const std::string& path) { return path.find(library) != path.npos; });
  };
  if (!is_needed("/libSystem.") || !is_small(name.front()) || is_named_like_those_of_frameworks(name))
    return true;
  for (const auto& row : table_rows(macos_symbols_table, "beginnings")) {
    if (!is_needed(row.front()) && std::any_of(row.begin() + 1, row.end(), [&](std::string_view beginning) {
          return name.starts_with(beginning);
        }))
      return true;
  }
  return false;
}

}  // namespace wheelfix

#include "loader/symbol_tables.hpp"

namespace wheelfix {

std::optional<std::uint32_t> SymbolTables::find(const TreeNode& file) {
  const auto [known, is_new] = numbers_.try_emplace(file.content().get());
  if (!is_new) return known->second;
  if (auto symbols = read_(file)) {
    known->second = index_.add(std::move(symbols));
    has_symbols_ = true;
  }
  return known->second;
}

}  // namespace wheelfix

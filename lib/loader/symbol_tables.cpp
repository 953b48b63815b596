#include "loader/symbol_tables.hpp"

namespace wheelfix {

const SymbolTables::Known& SymbolTables::known(const TreeNode& file) {
  const auto [place, is_new] = known_.try_emplace(file.content().get());
  auto& [symbols, number] = place->second;
  if (!is_new) return place->second;
  symbols = read_(file);
  has_symbols_ = has_symbols_ || symbols;
  if (const auto* own = symbols ? symbols->elf() : nullptr)
    number = index_.add(std::shared_ptr<const elf::DynamicSymbols>(symbols, own));
  return place->second;
}

}  // namespace wheelfix

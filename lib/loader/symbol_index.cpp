#include "loader/symbol_index.hpp"

#include <bit>

namespace wheelfix {
std::uint32_t SymbolIndex::add(std::shared_ptr<const elf::DynamicSymbols> symbols) {
  const auto number = static_cast<std::uint32_t>(files_.size());
  const auto before = definitions_.size();
  for (auto i = symbols->first_exported; i < symbols->symbols.size(); ++i)
    if (const auto& symbol = symbols->symbols[i]; !symbol.is_undefined)
      definitions_.push_back({.file = number, .symbol = i, .hash = symbol.hash});
  elf::VersionTable versions(*symbols);
  files_.push_back({.symbols = std::move(symbols), .versions = std::move(versions)});
  bound_by_.emplace_back();
  const auto wanted = std::bit_ceil(definitions_.size());
  const bool grows = wanted > buckets_.size();
  if (grows) buckets_.assign(2 * wanted, 0);
  link(grows ? 0 : before);
  return number;
}

void SymbolIndex::link(std::size_t from) {
  for (auto i = from; i < definitions_.size(); ++i) {
    auto& bucket = buckets_[bucket_of(definitions_[i].hash)];
    definitions_[i].next = bucket;
    bucket = static_cast<std::uint32_t>(i + 1);
  }
}

}  // namespace wheelfix

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <wheelfix/loader.hpp>

#include "loader/symbol_index.hpp"

namespace wheelfix {

/// The symbols of the files of a tree, each read when it is first loaded. For one thread at a time.
class SymbolTables {
 public:
  /// The symbols of a file; null if they can't be known.
  using Read = std::function<std::shared_ptr<const elf::DynamicSymbols>(const TreeNode& file)>;

  explicit SymbolTables(Read read) : read_(std::move(read)) {}

  /// The number of a file in the index; nothing if its symbols aren't known.
  std::optional<std::uint32_t> find(const TreeNode& file);
  SymbolIndex& index() { return index_; }
  /// Whether there are symbols, and all that were bound were found.
  bool has_bound_all() const { return has_symbols_ && !has_failed_; }
  void note_failure() { has_failed_ = true; }

 private:
  Read read_;
  SymbolIndex index_;
  bool has_symbols_ = false, has_failed_ = false;
  std::unordered_map<const FileContent*, std::optional<std::uint32_t>> numbers_;
};

}  // namespace wheelfix

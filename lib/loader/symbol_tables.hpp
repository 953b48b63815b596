#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <wheelfix/loader.hpp>

#include "binary/library_symbols.hpp"
#include "loader/pe_bindings.hpp"
#include "loader/symbol_index.hpp"

namespace wheelfix {

/// The symbols of the files of a tree, each read when it is first loaded. For one thread at a time.
class SymbolTables {
 public:
  /// The symbols of a file; null if they can't be known.
  using Read = std::function<std::shared_ptr<const LibrarySymbols>(const TreeNode& file)>;

  explicit SymbolTables(Read read) : read_(std::move(read)) {}

  /// Null if they can't be known; valid as long as these tables are.
  const LibrarySymbols* find(const TreeNode& file) { return known(file).symbols.get(); }
  /// The number of an ELF file in the index; nothing if its symbols aren't known.
  std::optional<std::uint32_t> find_elf(const TreeNode& file) { return known(file).number; }
  SymbolIndex& index() { return index_; }
  PeBindings& pe_bindings() { return pe_bindings_; }
  /// Whether there are symbols, and all that were bound were found.
  bool has_bound_all() const { return has_symbols_ && !has_failed_; }
  void note_failure() { has_failed_ = true; }

  /// Names that begin like Python's and that the Python of the next processes doesn't define, if it isn't
  /// their program; null: not known. They must outlive these tables.
  void set_absent_in_python(const AbsentSymbols* names) { absent_in_python_ = names; }
  const AbsentSymbols* absent_in_python() const { return absent_in_python_; }

 private:
  struct Known {
    std::shared_ptr<const LibrarySymbols> symbols;
    std::optional<std::uint32_t> number = {};  ///< of an ELF file
  };

  const Known& known(const TreeNode& file);

  Read read_;
  SymbolIndex index_;
  const AbsentSymbols* absent_in_python_ = nullptr;
  PeBindings pe_bindings_;
  bool has_symbols_ = false, has_failed_ = false;
  std::unordered_map<const FileContent*, Known> known_;
};

}  // namespace wheelfix

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>
#include <wheelfix/loader.hpp>

#include "loader/symbol_failure.hpp"
#include "loader/symbol_tables.hpp"

namespace wheelfix {

/// The symbols of a process: follows what a Process loads, and says which of it the loader would refuse.
/// There is one for each format of libraries.
class SymbolProcess {
 public:
  struct Request {
    bool at_start = false;  ///< the program and its libraries, which is never refused here
    bool is_global = false;
  };

  /// A library's name, and the object that leads to it.
  using NameOfObject = std::pair<std::string, std::size_t>;

  virtual ~SymbolProcess() = default;
  virtual std::unique_ptr<SymbolProcess> copy() const = 0;
  /// Once all that a request needs is loaded: the libraries in which symbols are too, by the names to load
  /// them, and by which object. They may have been asked for before, and not been found.
  virtual std::vector<NameOfObject> forwards(const LoadResult&) { return {}; }
  /// A request whose files were loaded. If it fails for a symbol or a version, the loader unloads what it
  /// had loaded, and so does this.
  virtual std::optional<SymbolFailure> load(const LoadResult& result, const Request& request) = 0;
};

// Both must outlive it.

/// Of glibc and musl.
std::unique_ptr<SymbolProcess> elf_symbol_process(const LoaderSystem& system, SymbolTables& tables);
/// Of macOS.
std::unique_ptr<SymbolProcess> dyld_symbol_process(const LoaderSystem& system, SymbolTables& tables);
/// Of Windows.
std::unique_ptr<SymbolProcess> pe_symbol_process(const LoaderSystem& system, SymbolTables& tables);

}  // namespace wheelfix

#pragma once

#include <optional>
#include <vector>
#include <wheelfix/loader.hpp>

#include "loader/symbol_rules.hpp"
#include "loader/symbol_tables.hpp"

namespace wheelfix {

/// The symbols of a process: follows what a Process loads, and says which of it the loader would refuse.
class SymbolProcess {
 public:
  struct Request {
    bool at_start = false;  ///< the program and its libraries, which is never refused here
    bool is_global = false;
  };

  /// Both must outlive it.
  SymbolProcess(const LoaderSystem& system, SymbolTables& tables) : system_(&system), tables_(&tables) {}

  /// A request whose files were loaded. If it fails for a symbol or a version, the loader unloads what it
  /// had loaded, and so does this.
  std::optional<SymbolFailure> load(const LoadResult& result, const Request& request);

 private:
  void add(const LoadResult& result);
  void make_global(std::size_t root);

  const LoaderSystem* system_;
  SymbolTables* tables_;
  std::vector<SymbolObject> objects_;
  std::vector<std::size_t> global_scope_;
  std::vector<bool> is_global_;
  bool has_program_ = false;
};

}  // namespace wheelfix

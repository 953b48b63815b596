#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>
#include <wheelfix/loader.hpp>

#include "loader/symbol_rules.hpp"

namespace wheelfix {

/// The symbols of a process: follows what a Process loads, and says which of it the loader would refuse.
class SymbolProcess {
 public:
  enum class Visibility { local, global };  ///< RTLD_LOCAL, RTLD_GLOBAL
  /// The number of an object's file in the index; nothing if its symbols aren't known.
  using FindFile = std::function<std::optional<std::uint32_t>(const LoadedObject&)>;

  /// The index must outlive it.
  SymbolProcess(LoaderKind kind, const SymbolIndex& index, FindFile find_file)
      : kind_(kind), index_(&index), find_file_(std::move(find_file)) {}

  /// Takes what was loaded when the program was started as it is: all of it is in the global scope.
  void start(const LoadResult& result);
  /// A dlopen with RTLD_NOW that loaded all files. If it fails for a symbol or a version, the loader unloads
  /// what it had loaded, and the caller goes back to a Process without that.
  std::optional<SymbolFailure> load(const LoadResult& result, Visibility visibility);

 private:
  void add(const LoadResult& result);
  void make_global(std::size_t object);

  LoaderKind kind_;
  const SymbolIndex* index_;
  FindFile find_file_;
  std::vector<SymbolObject> objects_;
  std::vector<std::size_t> global_scope_;
  std::vector<bool> is_global_;
};

}  // namespace wheelfix

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>
#include <wheelfix/loader.hpp>

#include "loader/symbol_failure.hpp"
#include "loader/symbol_index.hpp"

namespace wheelfix {

/// An object of a process, as lookups of symbols see it.
struct SymbolObject {
  std::string path;                   ///< as the loader writes it
  std::vector<std::string> names;     ///< by which it was requested
  std::optional<std::uint32_t> file;  ///< in the index; without it anything may be defined in it
  std::vector<std::size_t> needed;    ///< the objects that it needs, in the file's order
  bool is_promised = false;           ///< it has no file
};

/// A dlopen with RTLD_NOW whose libraries are all found.
struct BindRequest {
  std::size_t root = 0;
  std::size_t first_new = 0;  ///< the objects from there on were mapped by it
  std::vector<std::size_t>
      global_scope;  ///< the program, its libraries, and what was opened with RTLD_GLOBAL
  /// Without one, what a Python and its libraries define may be there.
  bool has_program = true;
  const AbsentSymbols* absent_in_python = nullptr;  ///< but these aren't
};

/// Breadth first: the objects in which a library that is opened, and all that it needs, look for symbols
/// after the global scope.
std::vector<std::size_t> local_scope(const std::vector<SymbolObject>& objects, std::size_t root);

/// The first failure of a request, in the loader's order. Versions are checked before any symbol is looked
/// up, and only by glibc. Each object looks for the symbols that its relocations bind, in their order; glibc
/// begins with what others need, in the order of 2.37 and of what distributions made of 2.35 and 2.36; musl
/// with the library that is opened. Sources: glibc's elf/dl-open.c, dl-version.c, dl-sort-maps.c and
/// dl-lookup.c, where `symbol X, version V not defined in file F` is gone since 2.30; musl's ldso/dynlink.c.
std::optional<SymbolFailure> first_symbol_failure(const LoaderSystem& system, SymbolIndex& index,
                                                  const std::vector<SymbolObject>& objects,
                                                  const BindRequest& request);

}  // namespace wheelfix

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "python/evaluator.hpp"
#include "python/syntax.hpp"

namespace wheelfix::python {

/// A file that a library is loaded from: a path, or a name for the system's loader to search for.
struct LoadedName {
  /// A glob, in which `*` stands for what isn't known before it runs.
  std::string text;
  bool in_wheel = false;   ///< then the path begins at the wheel's root, and may lead out: `../../lib/x.so`
  bool is_listed = false;  ///< each file that the glob finds is loaded, one after the other

  bool operator==(const LoadedName&) const = default;
};

/// A call that loads a library: of ctypes.CDLL, PyDLL, WinDLL or OleDLL, by whatever name ctypes has, of
/// LoadLibrary, Windows' own forms of it too, or of what packages have for it: torch.ops.load_library and
/// torch.classes.load_library, TensorFlow's load_op_library, cffi's dlopen, llvmlite's
/// load_library_permanently.
struct LibraryLoad {
  std::size_t begin = 0;           ///< byte offset of the function's name
  Node call = no_node;             ///< the expression
  std::string function;            ///< as written: `ctypes.CDLL`
  std::vector<LoadedName> names;   ///< the alternatives, like `.so` and `.dylib`; empty if they aren't known
  bool is_complete = false;        ///< there are no others
  bool is_caught = false;          ///< if it fails, the code may go on: see ImportRuns
  bool is_for_file_there = false;  ///< it isn't made for a file that is missing: see ImportRuns
  /// An import of the file makes the call, and fails if the call does: see ImportRuns. A call of Windows' own
  /// functions counts only if its result is used.
  bool on_import = false;
  bool is_global = false;  ///< it may be made with RTLD_GLOBAL: see may_load_globally

  bool operator==(const LibraryLoad&) const = default;
};

/// A first look at code, much faster than a search for each word: false only if it has none of the words of
/// mentions_library_loads, nor `add_dll_directory`.
bool may_mention_libraries(std::string_view code);

/// Whether Python code has the words of such a call; without them it loads nothing.
bool mentions_library_loads(std::string_view code);

/// The calls of a file that load libraries, in order, except `CDLL(None)`. `path` is the file's own path
/// below the wheel's root. Nothing is run: names are followed through the file's assignments, functions and
/// loops, if these are simple. Throws Error{bad_python} for a string's escape that Python refuses.
std::vector<LibraryLoad> library_loads(const Syntax& syntax, const std::string& path,
                                       Callers callers = Callers::of_file);

}  // namespace wheelfix::python

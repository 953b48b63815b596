#pragma once

#include <cstddef>
#include <string>

namespace wheelfix {

/// What a loader says if it doesn't find a symbol or a version.
struct SymbolFailure {
  enum class Kind {
    missing_version,   ///< a library that is loaded doesn't define it
    undefined_symbol,  ///< nothing in the scope defines it
    abort,             ///< the loader ends the process, because its own assertion doesn't hold
  };

  Kind kind = Kind::undefined_symbol;
  std::string message;     ///< as from dlerror
  std::size_t object = 0;  ///< that needs it
  std::string symbol;      ///< empty for a version
  std::string version;     ///< empty if none is named
};

}  // namespace wheelfix

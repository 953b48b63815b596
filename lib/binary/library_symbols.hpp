#pragma once

#include <variant>

#include "binary/elf_symbols.hpp"

namespace wheelfix {

/// The symbols by which a loader binds a library to others.
struct LibrarySymbols {
  std::variant<elf::DynamicSymbols> of_format;

  /// Null for a library of another format.
  const elf::DynamicSymbols* elf() const { return std::get_if<elf::DynamicSymbols>(&of_format); }
};

}  // namespace wheelfix

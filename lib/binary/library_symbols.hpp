#pragma once

#include <cstddef>
#include <string_view>
#include <variant>
#include <vector>
#include <wheelfix/binary.hpp>

#include "binary/elf_symbols.hpp"
#include "binary/macho_symbols.hpp"
#include "binary/pe_symbols.hpp"

namespace wheelfix {

/// The symbols by which a loader binds a library to others.
struct LibrarySymbols {
  using MachoSlices = std::vector<macho::Symbols>;

  std::variant<elf::DynamicSymbols, MachoSlices, pe::Symbols> of_format;

  /// Each is null for a library of another format.
  const elf::DynamicSymbols* elf() const { return std::get_if<elf::DynamicSymbols>(&of_format); }
  const MachoSlices* macho() const { return std::get_if<MachoSlices>(&of_format); }
  /// Of the part of the file that a process of this machine maps; null if there is none, or it isn't Mach-O.
  const macho::Symbols* macho_for(const BinaryInfo& info, std::string_view machine) const {
    const auto* mapped = slice_for(info, machine);
    if (macho() == nullptr || mapped == nullptr) return nullptr;
    const auto slice = info.slices.empty() ? 0 : static_cast<std::size_t>(mapped - info.slices.data());
    return slice < macho()->size() ? &(*macho())[slice] : nullptr;
  }
  const pe::Symbols* pe() const { return std::get_if<pe::Symbols>(&of_format); }
};

}  // namespace wheelfix

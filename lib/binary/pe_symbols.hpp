#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_source.hpp"
#include "binary/pe_image.hpp"

// The functions and variables by which Windows binds DLLs to each other. Source: Microsoft, "PE Format", the
// .edata and .idata sections.

namespace wheelfix::pe {

/// A text in Symbols::strings.
struct Name {
  std::uint32_t place = 0;
  std::uint32_t size = 0;
};

/// Taken from a DLL, by name or by ordinal.
struct Import {
  Name name;                 ///< empty for an ordinal
  std::uint16_t number = 0;  ///< the ordinal; of a name the hint, its place among the DLL's names
};

struct DllImports {
  std::string dll;
  std::vector<Import> imports;
};

/// What has an ordinal.
struct Export {
  Name forwarder;         ///< `OTHER.Function` or `OTHER.#12`: it is another DLL's; or empty
  bool is_there = false;  ///< the ordinal isn't skipped
};

struct ExportName {
  Name name;
  std::uint16_t place = 0;  ///< in Symbols::exports, or beyond its end
};

/// What a DLL or program takes from others, and gives them.
struct Symbols {
  std::string strings;
  std::vector<DllImports> imports;        ///< in the order of BinaryInfo::needed
  std::vector<DllImports> delay_imports;  ///< looked up when they are first called, and not before
  std::uint32_t first_ordinal = 0;
  std::vector<Export> exports;    ///< by ordinal
  std::vector<ExportName> names;  ///< in the order of their bytes, if a linker wrote them

  std::string_view text(Name name) const { return std::string_view(strings).substr(name.place, name.size); }
};

/// Throws Error{bad_binary} for tables that lead out of the file, overlap, or are larger than those of any
/// real library.
Symbols read_symbols(const Image& image, ByteSource& source, const std::string& subject);

/// As the loader looks up an import: a name where the hint says, else by halves; without a name the ordinal.
/// The place in `exports`, if something is there.
std::optional<std::size_t> find_export(const Symbols& symbols, std::string_view name, std::uint16_t number);

}  // namespace wheelfix::pe

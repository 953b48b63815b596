#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_source.hpp"
#include "binary/elf_format.hpp"

namespace wheelfix::elf {

/// What a loader reads of an ELF file before it maps it: header, program headers, dynamic section, all within
/// the file. Not section headers: read_sections fetches them for edits.
struct Image {
  std::string subject;  ///< names the file in errors
  Encoding encoding;
  std::uint64_t file_size = 0;
  Header header;
  std::vector<Segment> segments;
  std::optional<std::size_t> dynamic_segment;  ///< in `segments`, if it has bytes
  std::uint64_t dynamic_offset = 0;            ///< in the file
  std::vector<Dynamic> dynamic;                ///< up to the first DT_NULL, which is left out

  /// The last entry with this tag, which is the one that ld.so uses.
  const Dynamic* find(std::uint64_t tag) const;

  /// Whether a PT_LOAD has the address in its file part.
  bool has_in_segment(std::uint64_t address) const;

  /// The offset of the byte that is mapped at an address: in a PT_LOAD's file part, or else in the rest of
  /// its last page. Throws Error{bad_binary} naming `what` if there is none.
  std::uint64_t offset_of(std::uint64_t address, std::string_view what) const;

  [[noreturn]] void refuse(std::string message) const;
};

/// Throws Error{bad_binary, subject} naming the structure and offset at fault.
Image read_image(ByteSource& source, const std::string& subject);

/// The same without the dynamic section: what is at the file's beginning.
Image read_headers(ByteSource& source, const std::string& subject);

/// The section headers; empty if the file has no table. Throws Error{bad_binary}.
std::vector<Section> read_sections(const Image& image, ByteSource& source);

/// The dynamic string table.
struct StringTable {
  std::uint64_t address = 0;
  std::uint64_t offset = 0;  ///< in the file
  std::uint64_t size = 0;
};

/// Throws Error{bad_binary} if DT_STRTAB and DT_STRSZ don't name a part of the file.
StringTable string_table(const Image& image);

/// The string at `index` of the table. Throws Error{bad_binary} naming `what` if it isn't there, has no
/// end, or is longer than any loader would take.
std::string read_string(const Image& image, ByteSource& source, const StringTable& table, std::uint64_t index,
                        std::string_view what);

}  // namespace wheelfix::elf

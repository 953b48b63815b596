#pragma once

#include <elf.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

// The structures of an ELF file as plain values, for any class and byte order; constants are those of
// <elf.h>. Source: System V Application Binary Interface, generic part, chapters 4 and 5.

namespace wheelfix::elf {

/// How a file writes its numbers.
struct Encoding {
  bool is_64 = true;
  bool big_endian = false;

  std::size_t word_size() const { return is_64 ? 8 : 4; }
  std::size_t header_size() const { return is_64 ? 64 : 52; }
  std::size_t segment_size() const { return is_64 ? 56 : 32; }
  std::size_t section_size() const { return is_64 ? 64 : 40; }
  std::size_t dynamic_size() const { return 2 * word_size(); }
  std::size_t symbol_size() const { return is_64 ? 24 : 16; }

  bool operator==(const Encoding&) const = default;
};

struct Header {
  std::string ident;  ///< the 16 bytes of e_ident
  std::uint16_t type = 0;
  std::uint16_t machine = 0;
  std::uint32_t version = 0;
  std::uint64_t entry = 0;
  std::uint64_t segments_offset = 0;
  std::uint64_t sections_offset = 0;
  std::uint32_t flags = 0;
  std::uint16_t header_size = 0;
  std::uint16_t segment_size = 0;
  std::uint16_t segment_count = 0;
  std::uint16_t section_size = 0;
  std::uint16_t section_count = 0;
  std::uint16_t names_section = 0;
};

/// A program header.
struct Segment {
  std::uint32_t type = 0;
  std::uint32_t flags = 0;
  std::uint64_t offset = 0;
  std::uint64_t address = 0;
  std::uint64_t physical_address = 0;
  std::uint64_t file_size = 0;
  std::uint64_t memory_size = 0;
  std::uint64_t alignment = 0;

  std::uint64_t file_end() const { return offset + file_size; }
  std::uint64_t address_end() const { return address + memory_size; }
  bool holds_address(std::uint64_t where) const { return where >= address && where - address < file_size; }
  /// Whether it is after the segment, on its last page: pages are mapped whole, and what a segment doesn't
  /// name is cleared only if it has more memory than file. patchelf has left dynamic sections there.
  bool maps_with_its_last_page(std::uint64_t where) const {
    constexpr std::uint64_t smallest_page = 4096;
    const auto end = address + file_size;
    const bool is_after = file_size > 0 && file_size == memory_size && where >= end;
    return is_after && end % smallest_page != 0 && where / smallest_page == end / smallest_page;
  }

  bool operator==(const Segment&) const = default;
};

/// A section header.
struct Section {
  std::uint32_t name = 0;
  std::uint32_t type = 0;
  std::uint64_t flags = 0;
  std::uint64_t address = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint32_t link = 0;
  std::uint32_t info = 0;
  std::uint64_t alignment = 0;
  std::uint64_t entry_size = 0;

  bool has_file_bytes() const { return type != SHT_NULL && type != SHT_NOBITS; }
  std::uint64_t file_end() const { return offset + size; }

  bool operator==(const Section&) const = default;
};

/// An entry of the dynamic section.
struct Dynamic {
  std::uint64_t tag = 0;
  std::uint64_t value = 0;

  bool operator==(const Dynamic&) const = default;
};

struct Symbol {
  std::uint32_t name = 0;
  std::uint16_t info_and_other = 0;  ///< st_info and st_other, a byte each
  std::uint16_t section = 0;
  std::uint64_t value = 0;
  std::uint64_t size = 0;
};

/// Reads numbers front to back. Throws OutOfBytes.
class Decoder {
 public:
  Decoder(std::string_view bytes, Encoding encoding) : reader_(bytes), encoding_(encoding) {}

  const Encoding& encoding() const { return encoding_; }
  void bytes(std::string& value, std::size_t count) { value = reader_.take(count); }
  void u16(std::uint16_t& value) { value = static_cast<std::uint16_t>(number(2)); }
  void u32(std::uint32_t& value) { value = static_cast<std::uint32_t>(number(4)); }
  /// Four or eight bytes, by the class.
  void word(std::uint64_t& value) { value = number(encoding_.word_size()); }

 private:
  std::uint64_t number(std::size_t width) {
    const auto piece = reader_.take(width);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i)
      value = value << 8 | static_cast<unsigned char>(piece[encoding_.big_endian ? i : width - 1 - i]);
    return value;
  }

  ByteReader reader_;
  Encoding encoding_;
};

/// Appends numbers.
class Encoder {
 public:
  explicit Encoder(Encoding encoding) : encoding_(encoding) {}

  const Encoding& encoding() const { return encoding_; }
  void bytes(const std::string& value, std::size_t) { out_ += value; }
  void u16(std::uint16_t value) { number(value, 2); }
  void u32(std::uint32_t value) { number(value, 4); }
  void word(std::uint64_t value) { number(value, encoding_.word_size()); }
  std::string take() { return std::move(out_); }

 private:
  void number(std::uint64_t value, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i)
      out_.push_back(static_cast<char>(value >> 8 * (encoding_.big_endian ? width - 1 - i : i) & 0xFF));
  }

  Encoding encoding_;
  std::string out_;
};

// Each structure's fields in the file's order, once for both directions: T is const if Codec is an
// Encoder.

template <class Codec, class T>
void code_header(Codec& codec, T& header) {
  codec.bytes(header.ident, EI_NIDENT);
  codec.u16(header.type);
  codec.u16(header.machine);
  codec.u32(header.version);
  codec.word(header.entry);
  codec.word(header.segments_offset);
  codec.word(header.sections_offset);
  codec.u32(header.flags);
  codec.u16(header.header_size);
  codec.u16(header.segment_size);
  codec.u16(header.segment_count);
  codec.u16(header.section_size);
  codec.u16(header.section_count);
  codec.u16(header.names_section);
}

template <class Codec, class T>
void code_segment(Codec& codec, T& segment) {
  const bool is_64 = codec.encoding().is_64;
  codec.u32(segment.type);
  if (is_64) codec.u32(segment.flags);
  codec.word(segment.offset);
  codec.word(segment.address);
  codec.word(segment.physical_address);
  codec.word(segment.file_size);
  codec.word(segment.memory_size);
  if (!is_64) codec.u32(segment.flags);
  codec.word(segment.alignment);
}

template <class Codec, class T>
void code_section(Codec& codec, T& section) {
  codec.u32(section.name);
  codec.u32(section.type);
  codec.word(section.flags);
  codec.word(section.address);
  codec.word(section.offset);
  codec.word(section.size);
  codec.u32(section.link);
  codec.u32(section.info);
  codec.word(section.alignment);
  codec.word(section.entry_size);
}

template <class Codec, class T>
void code_symbol(Codec& codec, T& symbol) {
  const bool is_64 = codec.encoding().is_64;
  codec.u32(symbol.name);
  if (is_64) codec.u16(symbol.info_and_other);
  if (is_64) codec.u16(symbol.section);
  codec.word(symbol.value);
  codec.word(symbol.size);
  if (!is_64) codec.u16(symbol.info_and_other);
  if (!is_64) codec.u16(symbol.section);
}

template <class Codec, class T>
void code_dynamic(Codec& codec, T& entry) {
  codec.word(entry.tag);
  codec.word(entry.value);
}

}  // namespace wheelfix::elf

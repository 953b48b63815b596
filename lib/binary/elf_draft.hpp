#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/byte_edit.hpp"
#include "base/byte_source.hpp"
#include "binary/elf_image.hpp"

namespace wheelfix::elf {

/// An ELF file that is being edited: its new headers, bytes to be overwritten, and bytes after its end. The
/// file itself is not touched.
class Draft {
 public:
  Draft(const Image& image, ByteSource& source);

  const Image& image;
  ByteSource& source;
  Header header;
  std::vector<Segment> segments;
  std::vector<Section> sections;
  std::vector<Dynamic> dynamic;      ///< without the DT_NULLs after it
  std::uint64_t dynamic_offset = 0;  ///< in the new file
  std::uint64_t dynamic_slots = 0;   ///< how many entries fit, the last DT_NULL included

  /// The last entry of a tag, which is the one that counts. It must exist.
  Dynamic& dynamic_entry(std::uint64_t tag);
  Segment& dynamic_segment();
  /// The section of this type at an address; null if there is none.
  Section* section_at(std::uint64_t address, std::uint32_t type);

  /// The greatest alignment of a PT_LOAD, at least a page of 4 KiB: what addresses and offsets must agree
  /// modulo.
  std::uint64_t load_alignment() const;
  /// The end of all addresses in use.
  std::uint64_t address_end() const;

  void overwrite(std::uint64_t offset, std::string bytes) {
    overwrites_.push_back({offset, std::move(bytes)});
  }
  void blank(std::uint64_t offset, std::uint64_t count) { overwrite(offset, std::string(count, '\0')); }
  /// Appends bytes at a multiple of `alignment`, and returns their offset.
  std::uint64_t append(const std::string& bytes, std::uint64_t alignment);
  std::uint64_t end() const { return image.file_size + appended_.size(); }

  /// All changes, headers included.
  ContentEdits finish();

 private:
  template <class T, class Code>
  std::string encode(const std::vector<T>& values, Code code) const;
  /// Keeps the symbols of sections that moved, for debuggers, at the sections' new addresses.
  void move_section_symbols();
  /// The overwritten bytes that differ from the file's, with few equal ones between them: a string table of
  /// 10 MB that becomes zeros has 90,000 that are zero already.
  std::vector<ByteEdit> take_differences();

  std::vector<Section> old_sections_;
  std::vector<ByteEdit> overwrites_;
  std::string appended_;
};

constexpr std::uint64_t align_up(std::uint64_t value, std::uint64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

}  // namespace wheelfix::elf

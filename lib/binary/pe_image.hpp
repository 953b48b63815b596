#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "binary/checked_bytes.hpp"

namespace wheelfix::pe {

struct Section {
  std::string name;  ///< up to eight bytes
  std::uint64_t address = 0;
  std::uint64_t memory_size = 0;
  std::uint64_t offset = 0;     ///< in the file
  std::uint64_t file_size = 0;  ///< of its bytes there, at most its size in memory

  /// Whole pages.
  std::uint64_t mapped_size() const { return (memory_size + page - 1) / page * page; }
  bool has(std::uint64_t at) const { return at >= address && at - address < mapped_size(); }

  static constexpr std::uint64_t page = 4096;
};

/// A data directory: the place of a table in memory, relative to the image's base.
struct Directory {
  std::uint32_t address = 0;
  std::uint32_t size = 0;
};

enum class DirectoryIndex { exports = 0, import = 1, certificates = 4, delay_import = 13 };

/// Headers of a PE file, and its bytes by their addresses in memory.
struct Image {
  std::uint16_t machine = 0;
  std::uint16_t characteristics = 0;
  bool is_plus = false;  ///< PE32+
  std::uint64_t base = 0;
  std::uint64_t headers_size = 0;
  std::array<Directory, 16> directories = {};
  std::vector<Section> sections;

  const Directory& directory(DirectoryIndex index) const {
    return directories[static_cast<std::size_t>(index)];
  }
  /// Nothing if no section has the address.
  const Section* section_at(std::uint64_t address) const;
};

/// Throws Error{bad_binary}.
Image read_image(const CheckedBytes& file);

/// `count` bytes from an address in memory: zeros if a section doesn't have them in the file, and fewer at
/// the end of the section or the headers. Throws Error{bad_binary} naming `what` if nothing is mapped there,
/// or the file lacks the bytes.
std::string read_mapped(const Image& image, const CheckedBytes& file, std::uint64_t address,
                        std::uint64_t count, std::string_view what);

}  // namespace wheelfix::pe

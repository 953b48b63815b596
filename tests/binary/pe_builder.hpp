#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace test {

/// A small DLL: headers, and one section at address 0x1000 that holds the tables and names.
struct PeText {
  std::vector<std::string> needed = {};
  std::vector<std::string> delay_needed = {};
  std::vector<std::string> exports = {};  ///< in order
  std::uint16_t machine = 0x8664;
  bool is_plus = true;
  bool is_dll = true;
  bool old_delay_table = false;  ///< addresses with the base, attribute 0
  bool is_signed = false;
  std::string section = ".rdata";
};

constexpr std::uint32_t pe_section_address = 0x1000, pe_section_offset = 0x200, pe_header_at = 0x80;
constexpr std::uint32_t pe_base = 0x400000;

inline std::string padded(std::string bytes, std::size_t size) {
  bytes.resize(size, '\0');
  return bytes;
}

inline std::string pe_image(const PeText& text) {
  using wheelfix::put;
  const auto numbers = [](std::initializer_list<std::uint32_t> values) {
    std::string out;
    for (const auto value : values) put<std::uint32_t>(out, value);
    return out;
  };
  // The import table, the delay import table, then names.
  const auto imports_size = static_cast<std::uint32_t>(20 * (text.needed.size() + 1));
  const auto delayed_size = static_cast<std::uint32_t>(32 * (text.delay_needed.size() + 1));
  std::string imports, delayed, names;
  const auto add_name = [&](const std::string& name) {
    const auto at = imports_size + delayed_size + static_cast<std::uint32_t>(names.size());
    names += name + '\0';
    return pe_section_address + at;
  };
  for (const auto& name : text.needed) imports += numbers({1, 0, 0, add_name(name), 0x1F00});
  for (const auto& name : text.delay_needed) {
    const auto base = text.old_delay_table ? pe_base : 0;
    delayed += numbers({text.old_delay_table ? 0U : 1U, add_name(name) + base, 0, 0, 0, 0, 0, 0});
  }
  std::string pointers;
  for (const auto& name : text.exports) pointers += numbers({add_name(name)});
  const auto pointers_at =
      pe_section_address + imports_size + delayed_size + static_cast<std::uint32_t>(names.size());
  const auto exports = numbers(
      {0, 0, 0, pointers_at, 1, 0, static_cast<std::uint32_t>(text.exports.size()), 0, pointers_at, 0});
  names += pointers;
  if (!text.exports.empty()) names += exports;
  const auto content = padded(imports, imports_size) + padded(delayed, delayed_size) + names;

  std::string directories = text.exports.empty()
                                ? numbers({0, 0})
                                : numbers({pointers_at + static_cast<std::uint32_t>(pointers.size()), 40});
  directories += text.needed.empty() ? numbers({0, 0}) : numbers({pe_section_address, imports_size});
  directories += std::string(16, '\0');
  directories += text.is_signed ? numbers({0x1000, 8}) : numbers({0, 0});
  directories = padded(directories, 13 * 8);
  directories += text.delay_needed.empty() ? numbers({0, 0})
                                           : numbers({pe_section_address + imports_size, delayed_size});
  directories = padded(directories, 16 * 8);

  std::string optional;
  put<std::uint16_t>(optional, text.is_plus ? 0x20B : 0x10B);
  optional = padded(optional, text.is_plus ? 24 : 28) + numbers({pe_base});
  optional = padded(optional, 32) + numbers({0x1000, 0x200});
  optional = padded(optional, 60) + numbers({pe_section_offset});
  optional = padded(optional, text.is_plus ? 108 : 92) + numbers({16}) + directories;

  std::string file = padded("MZ", 0x3C) + numbers({pe_header_at});
  file = padded(file, pe_header_at) + std::string("PE\0\0", 4);
  put<std::uint16_t>(file, text.machine);
  put<std::uint16_t>(file, 1);
  file += numbers({0, 0, 0});
  put<std::uint16_t>(file, static_cast<std::uint16_t>(optional.size()));
  put<std::uint16_t>(file, text.is_dll ? 0x2002 : 2);
  file += optional;
  const auto size = static_cast<std::uint32_t>(content.size());
  file += padded(text.section, 8) + numbers({size, pe_section_address, size, pe_section_offset, 0, 0, 0, 0});
  return padded(file, pe_section_offset) + content;
}

/// The 64-bit image with all that was put after it in its section.
inline std::string with_whole_section(std::string image) {
  constexpr std::size_t section_at = pe_header_at + 24 + 240;
  for (const auto size_at : {section_at + 8, section_at + 16}) {
    std::string size;
    wheelfix::put<std::uint32_t>(size, static_cast<std::uint32_t>(image.size() - pe_section_offset));
    image.replace(size_at, 4, size);
  }
  return image;
}

}  // namespace test

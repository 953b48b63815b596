#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.hpp"

namespace test {

/// A PE32+ file whose one section is a chain of resource folders, each in the one before. Source: Microsoft's
/// "PE Format", sections "Optional Header" and "The .rsrc Section".
inline std::string pe_with_nested_resources(std::uint32_t depth) {
  using wheelfix::put;
  constexpr std::uint32_t page = 0x1000, headers = 0x200, folder_size = 16 + 8;
  const auto size = (depth * folder_size + page - 1) / page * page;
  std::string file = "MZ" + std::string(58, '\0');
  put<std::uint32_t>(file, 64);  // where the PE header is
  file += std::string("PE\0\0", 4);
  put<std::uint16_t>(file, 0x8664);  // x86_64
  put<std::uint16_t>(file, 1);       // sections
  file.append(12, '\0');
  put<std::uint16_t>(file, 112 + 16 * 8);  // the optional header's size
  put<std::uint16_t>(file, 0x2022);        // an executable, large addresses, a DLL
  const auto optional_header = file.size();
  put<std::uint16_t>(file, 0x20B);  // PE32+
  file.append(30, '\0');
  put<std::uint32_t>(file, page);     // alignment in memory
  put<std::uint32_t>(file, headers);  // and in the file
  file.append(16, '\0');
  put<std::uint32_t>(file, page + size);  // of the image
  put<std::uint32_t>(file, headers);
  file.resize(optional_header + 108, '\0');
  put<std::uint32_t>(file, 16);  // data directories
  file.append(2 * 8, '\0');
  put<std::uint32_t>(file, page);  // the third are resources
  put<std::uint32_t>(file, size);
  file.append(13 * 8, '\0');
  file += std::string(".rsrc\0\0\0", 8);
  for (const auto value : {size, page, size, headers, 0U, 0U, 0U, 0x40000040U})
    put<std::uint32_t>(file, value);
  file.resize(headers, '\0');
  for (std::uint32_t level = 1; level <= depth; ++level) {
    file.append(14, '\0');
    put<std::uint16_t>(file, 1);  // one entry, by number
    put<std::uint32_t>(file, level);
    put<std::uint32_t>(file, level == depth ? 0 : 0x80000000U | level * folder_size);
  }
  file.resize(headers + size, '\0');
  return file;
}

/// A Mach-O library of `count` symbols, all with the same name of `length` bytes. Source: Apple's
/// mach-o/loader.h and mach-o/nlist.h.
inline std::string macho_with_shared_names(std::uint32_t count, std::uint32_t length) {
  using wheelfix::put;
  constexpr std::uint32_t header_size = 32, command_size = 24, symbol_size = 16;
  std::string file;
  for (const auto value : {0xFEEDFACFU, 0x01000007U, 3U, 6U /* a dylib */, 1U, command_size, 0U, 0U})
    put<std::uint32_t>(file, value);
  const auto symbols = header_size + command_size, strings = symbols + count * symbol_size;
  for (const auto value : {2U /* LC_SYMTAB */, command_size, symbols, count, strings, length + 2})
    put<std::uint32_t>(file, value);
  for (std::uint32_t i = 0; i < count; ++i) {
    put<std::uint32_t>(file, 1);  // where the name begins
    file.append(symbol_size - 4, '\0');
  }
  return file + '\0' + std::string(length, 'x') + '\0';
}

}  // namespace test

#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace wheelfix {

/// What an ELF library without code holds. No string has a NUL character.
struct StubImage {
  std::uint16_t machine = 0;  ///< EM_X86_64 or EM_AARCH64
  std::uint64_t page_size = 4096;
  std::string soname;
  std::vector<std::string> needed;
  std::string search_path;            ///< empty if there is none
  std::uint64_t search_path_tag = 0;  ///< DT_RPATH or DT_RUNPATH
};

/// The file, 64 bits and little-endian. It has two PT_LOADs: a read-only one, and a writable one with only
/// .dynamic, because glibc before 2.35 writes the addresses that it relocated into it; the second is on a
/// page of its own in memory, not in the file. An empty DT_HASH table, because musl looks symbols up in every
/// library that it has loaded, and assumes that each has a hash table. Spare DT_NULLs, like those of GNU ld,
/// for tools that add a tag.
std::string write_stub_image(const StubImage& image);

}  // namespace wheelfix

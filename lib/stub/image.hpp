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

/// The file, 64 bits and little-endian. Two PT_LOADs: a read-only one, and a writable one with .dynamic
/// alone, for glibc before 2.35 writes the addresses that it relocated into it; the second lies on a page of
/// its own in memory, not in the file. A DT_HASH table with nothing in it, for musl looks symbols up in every
/// library that it has loaded and takes a library without any hash table to have one. Spare DT_NULLs, as GNU
/// ld leaves them, for tools that add a tag.
std::string write_stub_image(const StubImage& image);

}  // namespace wheelfix

#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_source.hpp"

namespace wheelfix {

/// An architecture as a fat binary names it (CudaArch is what a GPU makes of the name). Ordered by kind,
/// number, then variant.
struct FatbinArch {
  enum class Kind { sm, compute };  ///< machine code for a GPU, or PTX that the driver compiles

  Kind kind = Kind::sm;
  unsigned number = 0;  ///< ten times the compute capability: 86
  char variant = '\0';  ///< `a`, for that GPU alone, or `f`, for its family

  auto operator<=>(const FatbinArch&) const = default;
};

/// `sm_86`, `sm_90a`, `compute_90`.
std::string to_string(const FatbinArch& arch);

/// The names in order.
std::vector<std::string> names_of(const std::set<FatbinArch>& archs);

/// Consecutive fat binaries with only padding between: what a linker makes of those of a program's object
/// files.
struct FatbinRun {
  std::uint64_t begin = 0, end = 0;  ///< in the file
  std::set<FatbinArch> archs;
};

/// Looks for fat binaries in [begin, end) of a file at multiples of 8, and reads only their headers; the
/// source is read front to back. Damage ends a fat binary, which keeps what was found before; the next one is
/// looked for after it. Returns at most 4096 runs.
///
/// Source: what nvcc writes, and `fatbinary` with `--embedded-fatbin` shows. A fat binary is a header
///     u32 magic 0xBA55ED50, u16 version 1, u16 header size 16, u64 size of what follows
/// and entries, each a header and an image, possibly compressed, which doesn't matter here:
///     0  u16 kind: 1 PTX, 2 and 16 cubin, 256 several images compressed together; others aren't GPU code
///     4  u32 header size, from 64    8  u64 size of the image with padding
///     20 u32 place of the options, 64 or 0: u32 place and u32 size of a text that ends with a NUL
///     28 u32 architecture, 86        40 u64 flags: bit 20 variant a, bit 21 variant f
/// An entry of several images has, in place of options, u32 count, u32 size of both numbers and of the table
/// after them, which has a header for each image.
std::vector<FatbinRun> find_fatbins(ByteSource& source, std::uint64_t begin, std::uint64_t end);

}  // namespace wheelfix

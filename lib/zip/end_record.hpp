#pragma once

#include <cstdint>
#include <string>

#include "base/file.hpp"

namespace wheelfix::zip {

/// What an archive's end record says (APPNOTE.TXT 4.3.16), combined with ZIP64's record (4.3.14).
struct EndRecord {
  std::uint64_t entries = 0;
  std::uint64_t directory_size = 0;
  std::uint64_t directory_offset = 0;
  std::uint64_t directory_end = 0;  ///< where the end records begin: ZIP64's, or else the end record
  std::string comment;
};

/// Reads the end records. There is one reading of them: the comment ends the file; a ZIP64 locator right
/// before the end record always counts, its record of 56 bytes (no extensible data) is right before it,
/// and each field of the end record is its marker or says the same. Readers search for these records in
/// different ways, and install different files if an archive has two of them (CVE-2025-8291; CPython
/// since 3.14, uv and the package index require the same). Throws Error{bad_archive}.
EndRecord read_end_record(const File& file);

/// Throws Error{bad_archive} of the file, with the hint to download it again.
[[noreturn]] void refuse_archive(const File& file, std::string message);

}  // namespace wheelfix::zip

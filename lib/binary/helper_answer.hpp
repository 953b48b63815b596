#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/binary.hpp>

namespace wheelfix {

/// What a process that read an untrusted library says about it. The library may have taken it over, so its
/// answer is checked like any other file.
///
/// The answer is a sequence of fields, each `KEY LENGTH\n`, then LENGTH bytes of any kind, then `\n`; the
/// last is `end 0\n\n`. There is either one field `failure` with the reason, or one field `library` with a
/// rewritten library's bytes, or readings (one for each slice of a Mach-O file, else one):
///     format       elf, pe or macho; begins a reading
///     machine      e_machine, PE's Machine or cputype, in decimal
///     subtype      Mach-O's cpusubtype, in decimal
///     bits         32 or 64
///     big-endian, dynamic, program, signature   yes or no
///     soname, rpath, runpath   as they are in the file, of several in ELF the last counts
///     needed       each, in the file's order; of Mach-O a field `kind` after each, load, weak, reexport,
///     lazy
///                  or upward
///     versions-of  the name of a library of which versions are needed, each of them a field `version` after
///     it
struct HelperAnswer {
  std::optional<std::string> failure;
  std::optional<std::string> library;
  std::vector<BinaryInfo> readings;
};

/// Nothing if the text isn't an answer.
std::optional<HelperAnswer> parse_helper_answer(std::string_view text);

}  // namespace wheelfix

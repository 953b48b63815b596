#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Numbers of Mach-O and their names. Sources: <mach-o/loader.h>, <mach-o/fat.h>, <mach/machine.h>.

namespace wheelfix::macho {

constexpr std::uint32_t magic_32 = 0xFEEDFACE, magic_64 = 0xFEEDFACF;
constexpr std::uint32_t swapped_32 = 0xCEFAEDFE, swapped_64 = 0xCFFAEDFE;
constexpr std::uint32_t fat_magic = 0xCAFEBABE, fat_magic_64 = 0xCAFEBABF;  ///< big-endian always
constexpr std::uint64_t fat_header_size = 8;
constexpr std::uint32_t max_slices = 44;  ///< Java's versions begin at 45
/// Real files have some 10 kB of load commands. Each slice of a fat file has its own.
constexpr std::uint32_t max_commands_size = 1 << 20;
constexpr std::string_view archive_magic = "!<arch>\n";

constexpr std::uint32_t cpu_is_64 = 0x01000000;

constexpr std::uint32_t mh_execute = 2;

constexpr std::uint32_t lc_load_dylib = 0xC, lc_id_dylib = 0xD, lc_load_weak_dylib = 0x80000018,
                        lc_rpath = 0x8000001C, lc_code_signature = 0x1D, lc_reexport_dylib = 0x8000001F,
                        lc_lazy_load_dylib = 0x20, lc_load_upward_dylib = 0x80000023, lc_build_version = 0x32;

/// In place of a dylib command's time stamp: flags follow its 24 bytes.
constexpr std::uint32_t dylib_use_marker = 0x1A741800;
constexpr std::uint32_t dylib_use_weak = 1, dylib_use_reexport = 2, dylib_use_upward = 4;

/// Whether dyld maps files of this type: programs, dylibs and bundles, and dyld itself.
bool is_loaded(std::uint32_t file_type);

bool is_big_endian(std::uint32_t cpu_type);

/// `macos`; `platform-99` for numbers that have no name here.
std::string platform_name(std::uint32_t platform);

/// The platform of an LC_VERSION_MIN_… command; nothing for other commands.
std::optional<std::uint32_t> platform_of_version_command(std::uint32_t command);

/// 0x000A0F00 as `10.15`, with a third part if it isn't 0.
std::string version_text(std::uint32_t version);

}  // namespace wheelfix::macho

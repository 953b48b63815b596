#include "binary/read_elf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "binary/elf_versions.hpp"

namespace wheelfix::elf {
namespace {

// A source that inflates keeps what was read: names are all over the table, so it is read at once. The
// largest of torch 2.1.0 has 10 MB.
constexpr std::uint64_t max_table_read_whole = 32 << 20;
// Of all names together: 4,096 entries may share one string. Real files have up to some 20 kB.
constexpr std::size_t max_names_size = 1 << 20;

struct MachineName {
  std::uint16_t machine;
  std::string_view little_32, little_64, big_32, big_64;  // by byte order and class
};

constexpr std::array machine_names = {
    MachineName{EM_386, "i686", "", "", ""},
    MachineName{EM_X86_64, "x86_64", "x86_64", "", ""},
    MachineName{EM_ARM, "armv7l", "", "armv7b", ""},
    MachineName{EM_AARCH64, "", "aarch64", "", "aarch64_be"},
    MachineName{EM_PPC, "", "", "ppc", ""},
    MachineName{EM_PPC64, "", "ppc64le", "", "ppc64"},
    MachineName{EM_S390, "", "", "s390", "s390x"},
    MachineName{EM_RISCV, "riscv32", "riscv64", "", ""},
    MachineName{258, "", "loongarch64", "", ""},  // EM_LOONGARCH, which older <elf.h> lack
    MachineName{EM_MIPS, "mipsel", "mips64el", "mips", "mips64"},
};

std::string machine_name(const Image& image) {
  const auto& [is_64, big] = image.encoding;
  for (const auto& known : machine_names) {
    if (known.machine != image.header.machine) continue;
    const auto little_name = is_64 ? known.little_64 : known.little_32;
    const auto big_name = is_64 ? known.big_64 : known.big_32;
    if (const auto name = big ? big_name : little_name; !name.empty()) return std::string(name);
  }
  return fmt::format("machine-{}", image.header.machine);
}

/// What dlopen refuses, as does a search for a needed name: _dl_map_object_from_fd in glibc's elf/dl-load.c,
/// "cannot dynamically load executable" and, since 2.30, "cannot dynamically load position-independent
/// executable".
bool is_program(const Image& image) {
  const auto* flags = image.find(DT_FLAGS_1);
  return image.header.type == ET_EXEC || (flags != nullptr && (flags->value & DF_1_PIE) != 0);
}

}  // namespace

bool is_static_program(const Image& image) {
  const auto has_segment = [&](std::uint32_t type) {
    return std::ranges::any_of(image.segments, [&](const Segment& segment) { return segment.type == type; });
  };
  // Linkers before binutils 2.35 don't write DF_1_PIE, but all give DT_DEBUG to programs alone.
  const bool is_started = is_program(image) || image.find(DT_DEBUG) != nullptr;
  return image.dynamic_segment && is_started && !has_segment(PT_INTERP) && image.find(DT_NEEDED) == nullptr;
}

BinaryInfo describe(const Image& image, ByteSource& source) {
  BinaryInfo info;
  info.machine = machine_name(image);
  info.bits = image.encoding.is_64 ? 64 : 32;
  info.big_endian = image.encoding.big_endian;
  info.is_dynamic = image.dynamic_segment.has_value();
  info.is_program = is_program(image);
  if (!info.is_dynamic) return info;
  const bool has_names = std::any_of(image.dynamic.begin(), image.dynamic.end(), [](const Dynamic& entry) {
    return entry.tag == DT_NEEDED || entry.tag == DT_SONAME || entry.tag == DT_RPATH ||
           entry.tag == DT_RUNPATH || entry.tag == DT_VERNEED;
  });
  if (!has_names) return info;
  const auto strings = string_table(image);
  if (strings.size <= max_table_read_whole) source.read(strings.offset, strings.size);
  std::size_t names_size = 0;
  const auto text = [&](std::uint64_t index, std::string_view what) {
    auto name = read_string(image, source, strings, index, what);
    names_size += name.size();
    if (names_size > max_names_size)
      image.refuse(fmt::format("its names have more than {} bytes, up to {}", max_names_size, what));
    return name;
  };
  for (const auto& entry : image.dynamic) {
    if (entry.tag == DT_NEEDED) info.needed.push_back(text(entry.value, "DT_NEEDED"));
  }
  if (const auto* soname = image.find(DT_SONAME)) info.soname = text(soname->value, "DT_SONAME");
  if (const auto* rpath = image.find(DT_RPATH))
    info.rpath = split_search_path(text(rpath->value, "DT_RPATH"));
  if (const auto* runpath = image.find(DT_RUNPATH))
    info.runpath = split_search_path(text(runpath->value, "DT_RUNPATH"));
  for (const auto& need : read_versions_needed(image, source)) {
    auto& versions = info.versions_needed.emplace_back();
    versions.file = text(need.file, "a file name in DT_VERNEED");
    for (const auto& version : need.versions)
      versions.versions.push_back(text(version.name, "a version in DT_VERNEED"));
  }
  return info;
}

BinaryInfo read_elf(ByteSource& source, const std::string& subject) {
  return describe(read_image(source, subject), source);
}

}  // namespace wheelfix::elf

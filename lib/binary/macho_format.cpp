#include "binary/macho_format.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "binary/read_macho.hpp"

namespace wheelfix::macho {
namespace {

constexpr std::uint32_t cpu_x86 = 7, cpu_x86_64 = cpu_x86 | cpu_is_64, cpu_arm = 12,
                        cpu_arm64 = cpu_arm | cpu_is_64, cpu_arm64_32 = cpu_arm | 0x02000000, cpu_ppc = 18,
                        cpu_ppc64 = cpu_ppc | cpu_is_64;
constexpr std::uint32_t subtype_x86_64_h = 8, subtype_arm64e = 2;
// The highest byte has capabilities, like the kind of pointer authentication.
constexpr std::uint32_t subtype_mask = 0x00FFFFFF;

/// The name that Python's platform tags have for the machines of a fat file. Source: get_platform_osx in
/// distutils' and sysconfig's _osx_support.
struct FatName {
  std::string_view machines;  ///< sorted
  std::string_view name;
};

constexpr std::array fat_names = {
    FatName{"arm64+x86_64", "universal2"}, FatName{"i386+ppc", "fat"},
    FatName{"i386+x86_64", "intel"},       FatName{"i386+ppc+x86_64", "fat3"},
    FatName{"ppc64+x86_64", "fat64"},      FatName{"i386+ppc+ppc64+x86_64", "universal"},
};

std::string fat_machine_name(const std::vector<BinaryInfo>& slices) {
  std::vector<std::string> machines;
  for (const auto& slice : slices) machines.push_back(slice.machine);
  std::sort(machines.begin(), machines.end());
  machines.erase(std::unique(machines.begin(), machines.end()), machines.end());
  auto joined = fmt::format("{}", fmt::join(machines, "+"));
  for (const auto& known : fat_names) {
    if (known.machines == joined) return std::string(known.name);
  }
  return joined;
}

/// The names of all slices once each, in order of first appearance.
void merge_names(BinaryInfo& whole, const std::vector<BinaryInfo>& slices) {
  std::set<std::string_view> needed, rpath;
  whole.needed.clear();
  whole.needed_kinds.clear();
  whole.rpath.clear();
  for (const auto& slice : slices) {
    for (std::size_t i = 0; i < slice.needed.size(); ++i) {
      if (!needed.insert(slice.needed[i]).second) continue;
      whole.needed.push_back(slice.needed[i]);
      whole.needed_kinds.push_back(slice.needed_kinds[i]);
    }
    for (const auto& entry : slice.rpath) {
      if (rpath.insert(entry).second) whole.rpath.push_back(entry);
    }
  }
}

}  // namespace

std::string machine_name(std::uint32_t cpu_type, std::uint32_t cpu_subtype) {
  const auto subtype = cpu_subtype & subtype_mask;
  switch (cpu_type) {
    case cpu_x86:
      return "i386";
    case cpu_x86_64:
      return subtype == subtype_x86_64_h ? "x86_64h" : "x86_64";
    case cpu_arm:
      return "arm";
    case cpu_arm64:
      return subtype == subtype_arm64e ? "arm64e" : "arm64";
    case cpu_arm64_32:
      return "arm64_32";
    case cpu_ppc:
      return "ppc";
    case cpu_ppc64:
      return "ppc64";
    default:
      return fmt::format("machine-{}", cpu_type);
  }
}

bool is_big_endian(std::uint32_t cpu_type) {
  return cpu_type == cpu_ppc || cpu_type == cpu_ppc64;
}

bool is_loaded(std::uint32_t file_type) {
  constexpr std::array<std::uint32_t, 5> loaded = {mh_execute, 6, 7, 8, 9};  // MH_DYLIB to MH_DYLIB_STUB
  return std::find(loaded.begin(), loaded.end(), file_type) != loaded.end();
}

std::string platform_name(std::uint32_t platform) {
  constexpr std::array<std::string_view, 13> names = {"",
                                                      "macos",
                                                      "ios",
                                                      "tvos",
                                                      "watchos",
                                                      "bridgeos",
                                                      "mac-catalyst",
                                                      "ios-simulator",
                                                      "tvos-simulator",
                                                      "watchos-simulator",
                                                      "driverkit",
                                                      "visionos",
                                                      "visionos-simulator"};
  if (platform == 0 || platform >= names.size()) return fmt::format("platform-{}", platform);
  return std::string(names.at(platform));
}

std::optional<std::uint32_t> platform_of_version_command(std::uint32_t command) {
  switch (command) {
    case 0x24:
      return 1;  // LC_VERSION_MIN_MACOSX
    case 0x25:
      return 2;  // …_IPHONEOS
    case 0x2F:
      return 3;  // …_TVOS
    case 0x30:
      return 4;  // …_WATCHOS
    default:
      return std::nullopt;
  }
}

std::string version_text(std::uint32_t version) {
  const auto text = fmt::format("{}.{}", version >> 16, version >> 8 & 0xFF);
  return (version & 0xFF) == 0 ? text : fmt::format("{}.{}", text, version & 0xFF);
}

BinaryInfo together(std::vector<BinaryInfo> slices) {
  BinaryInfo whole = slices.front();
  whole.machine = fat_machine_name(slices);
  const auto all = [&](auto field) {
    return std::all_of(slices.begin(), slices.end(), [&](const BinaryInfo& slice) { return slice.*field; });
  };
  whole.big_endian = all(&BinaryInfo::big_endian);
  whole.is_dynamic = all(&BinaryInfo::is_dynamic);
  whole.is_program = all(&BinaryInfo::is_program);
  whole.has_signature = all(&BinaryInfo::has_signature);
  for (const auto& slice : slices) {
    whole.bits = std::max(whole.bits, slice.bits);
    if (slice.soname != slices.front().soname) whole.soname.reset();
    if (slice.minimum_os != slices.front().minimum_os) whole.minimum_os.clear();
  }
  merge_names(whole, slices);
  whole.slices = std::move(slices);
  return whole;
}

}  // namespace wheelfix::macho

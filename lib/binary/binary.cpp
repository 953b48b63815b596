#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <wheelfix/binary.hpp>
#include <wheelfix/error.hpp>

#include "base/text.hpp"
#include "binary/read_binary.hpp"
#include "binary/read_elf.hpp"
#include "binary/read_macho.hpp"
#include "binary/read_pe.hpp"

namespace wheelfix {
namespace {

// `GLIBC_2.17` as {2, 17}; nothing for GLIBC_PRIVATE and the like.
std::optional<std::vector<unsigned>> glibc_version(std::string_view version) {
  constexpr std::string_view prefix = "GLIBC_";
  if (!version.starts_with(prefix)) return std::nullopt;
  std::vector<unsigned> parts;
  for (const auto part : split(version.substr(prefix.size()), '.')) {
    unsigned number = 0;
    const auto [end, failure] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (failure != std::errc() || end != part.data() + part.size()) return std::nullopt;
    parts.push_back(number);
  }
  return parts;
}

}  // namespace

std::string_view to_string(BinaryFormat format) noexcept {
  constexpr std::array<std::string_view, 3> names = {"elf", "pe", "macho"};
  return names.at(static_cast<std::size_t>(format));
}

std::string_view to_string(CLibrary library) noexcept {
  constexpr std::array<std::string_view, 3> names = {"unknown", "glibc", "musl"};
  return names.at(static_cast<std::size_t>(library));
}

std::string_view to_string(NeededKind kind) noexcept {
  constexpr std::array<std::string_view, 5> names = {"load", "weak", "reexport", "lazy", "upward"};
  return names.at(static_cast<std::size_t>(kind));
}

std::string_view to_string(SecondOpinion::Outcome outcome) noexcept {
  constexpr std::array<std::string_view, 4> names = {"absent", "agrees", "disagrees", "died"};
  return names.at(static_cast<std::size_t>(outcome));
}

std::vector<std::string> split_search_path(std::string_view text) {
  if (text.empty()) return {};
  const auto pieces = split(text, ':');
  return {pieces.begin(), pieces.end()};
}

std::string join_search_path(const std::vector<std::string>& entries) {
  return fmt::format("{}", fmt::join(entries, ":"));
}

std::optional<std::string> minimum_glibc(const BinaryInfo& info) {
  std::optional<std::vector<unsigned>> greatest;
  for (const auto& file : info.versions_needed) {
    for (const auto& text : file.versions) {
      const auto version = glibc_version(text);
      if (version && (!greatest || *greatest < *version)) greatest = version;
    }
  }
  if (!greatest) return std::nullopt;
  return fmt::format("{}", fmt::join(*greatest, "."));
}

const BinaryInfo* slice_for(const BinaryInfo& info, std::string_view machine) {
  if (info.slices.empty()) return info.machine == machine ? &info : nullptr;
  const auto found = std::find_if(info.slices.begin(), info.slices.end(),
                                  [&](const BinaryInfo& slice) { return slice.machine == machine; });
  return found == info.slices.end() ? nullptr : &*found;
}

std::optional<std::string> minimum_macos(const BinaryInfo& info) {
  const auto found = std::find_if(info.minimum_os.begin(), info.minimum_os.end(),
                                  [](const MinimumOs& least) { return least.platform == "macos"; });
  return found == info.minimum_os.end() ? std::nullopt : std::optional(found->version);
}

CLibrary c_library(const BinaryInfo& info) {
  for (const auto& name : info.needed) {
    if (name == "libc.so" || name.starts_with("libc.musl-") || name.starts_with("ld-musl-"))
      return CLibrary::musl;
    if (name == "libc.so.6" || name.starts_with("ld-linux")) return CLibrary::glibc;
  }
  return minimum_glibc(info) ? CLibrary::glibc : CLibrary::unknown;
}

std::optional<BinaryFormat> binary_format(std::string_view head) noexcept {
  if (head.starts_with("\x7f"
                       "ELF"))
    return BinaryFormat::elf;
  if (pe::has_dos_header(head)) return BinaryFormat::pe;
  if (macho::has_magic(head)) return BinaryFormat::macho;
  return std::nullopt;
}

BinaryInfo read_binary(ByteSource& source, const std::string& subject) {
  const auto format = binary_format(source.read_up_to(0, binary_head_size));
  if (!format)
    throw Error(ErrorCode::bad_binary, subject, "is not an ELF, PE or Mach-O file",
                "name a library, like torch/lib/libtorch.so");
  switch (*format) {
    case BinaryFormat::pe:
      return pe::read_pe(source, subject);
    case BinaryFormat::macho:
      return macho::read_macho(source, subject);
    default:
      return elf::read_elf(source, subject);
  }
}

BinaryInfo read_binary(std::string_view bytes, const std::string& subject) {
  MemoryBytes source(bytes);
  return read_binary(source, subject);
}

}  // namespace wheelfix

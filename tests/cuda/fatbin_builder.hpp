#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace test {

/// An image in a fat binary.
struct GpuImage {
  std::uint16_t kind = 2;  ///< 1 PTX, 2 cubin
  std::uint32_t arch = 80;
  std::uint64_t flags = 0x11;
  std::string content = "image";
  std::string options = {};
};

constexpr std::uint64_t variant_a = 1 << 20, variant_f = 1 << 21;

inline std::string in_eights(std::string bytes) {
  bytes.resize((bytes.size() + 7) / 8 * 8, '\0');
  return bytes;
}

/// The header of an image; `size` is its own, or the image's place among several.
inline std::string gpu_header(const GpuImage& image, std::uint32_t size) {
  using wheelfix::put;
  std::string out;
  put<std::uint16_t>(out, image.kind);
  put<std::uint16_t>(out, 0x101);
  put<std::uint32_t>(out, size);
  put<std::uint64_t>(out, in_eights(image.content).size());
  put<std::uint32_t>(out, 0);
  put<std::uint32_t>(out, image.options.empty() ? 0 : 64);
  put<std::uint32_t>(out, 0x10008);
  put<std::uint32_t>(out, image.arch);
  put<std::uint64_t>(out, 0);
  put<std::uint64_t>(out, image.flags);
  out.resize(64, '\0');
  if (image.options.empty()) return out;
  put<std::uint32_t>(out, 72);
  put<std::uint32_t>(out, static_cast<std::uint32_t>(image.options.size()));
  return in_eights(out + image.options + '\0');
}

inline std::string gpu_entry(const GpuImage& image) {
  const auto size = gpu_header(image, 0).size();
  return gpu_header(image, static_cast<std::uint32_t>(size)) + in_eights(image.content);
}

/// An entry for several images that are compressed together.
inline std::string gpu_entry_of_several(const std::vector<GpuImage>& images) {
  using wheelfix::put;
  std::string table;
  for (const auto& image : images) table += gpu_header(image, 0);
  const GpuImage all{.kind = 256, .arch = 0};
  auto header = gpu_header(all, static_cast<std::uint32_t>(64 + 8 + table.size()));
  put<std::uint32_t>(header, static_cast<std::uint32_t>(images.size()));
  put<std::uint32_t>(header, static_cast<std::uint32_t>(8 + table.size()));
  return header + table + in_eights(all.content);
}

inline std::string fatbin_of(const std::string& entries) {
  using wheelfix::put;
  std::string out = "\x50\xED\x55\xBA";
  put<std::uint16_t>(out, 1);
  put<std::uint16_t>(out, 16);
  put<std::uint64_t>(out, entries.size());
  return out + entries;
}

inline std::string fatbin(const std::vector<GpuImage>& images) {
  std::string entries;
  for (const auto& image : images) entries += gpu_entry(image);
  return fatbin_of(entries);
}

}  // namespace test

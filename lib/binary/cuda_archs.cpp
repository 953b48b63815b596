#include "binary/cuda_archs.hpp"

#include <algorithm>
#include <wheelfix/error.hpp>

#include "binary/checked_bytes.hpp"
#include "binary/elf_image.hpp"
#include "binary/fatbin.hpp"
#include "binary/pe_image.hpp"
#include "binary/read_binary.hpp"

namespace wheelfix {
namespace {

struct Range {
  std::uint64_t begin = 0, end = 0;

  bool meets(const FatbinRun& run) const { return run.begin < end && begin < run.end; }
};

// What is read of a section's name, and how many sections of GPU code there can be: real files have one.
constexpr std::uint64_t name_size = 16;
constexpr std::size_t max_sections = 64;

/// Where a loader maps bytes that nobody writes, each byte once.
std::vector<Range> read_only_parts(const elf::Image& image) {
  std::vector<Range> parts;
  for (const auto& segment : image.segments) {
    if (segment.type == PT_LOAD && (segment.flags & PF_W) == 0 && segment.file_size > 0)
      parts.push_back({segment.offset, segment.file_end()});
  }
  std::sort(parts.begin(), parts.end(), [](const Range& a, const Range& b) { return a.begin < b.begin; });
  std::uint64_t seen = 0;
  for (auto& part : parts) {
    part.begin = std::max(part.begin, seen);
    seen = std::max(part.end, seen);
  }
  return parts;
}

bool names_gpu_code(ByteSource& source, std::uint64_t name_at) {
  const auto name = source.read_up_to(name_at, name_size);
  const auto text = std::string_view(name).substr(0, name.find('\0'));
  return text == ".nv_fatbin" || text == "__nv_relfatbin";
}

std::vector<Range> gpu_sections(const elf::Image& image, ByteSource& source) {
  const auto sections = elf::read_sections(image, source);
  std::uint64_t names_index = image.header.names_section;
  if (names_index == SHN_XINDEX && !sections.empty()) names_index = sections.front().link;
  if (names_index >= sections.size()) return {};
  const auto& names = sections[names_index];
  std::vector<Range> found;
  for (const auto& section : sections) {
    if (found.size() == max_sections) break;
    if (section.type != SHT_PROGBITS || section.name >= names.size) continue;
    if (section.size > image.file_size || section.offset > image.file_size - section.size) continue;
    if (names.offset <= image.file_size && names_gpu_code(source, names.offset + section.name))
      found.push_back({section.offset, section.file_end()});
  }
  return found;
}

std::vector<std::string> elf_archs(const elf::Image& image, ByteSource& source,
                                   const std::vector<FatbinRun>& runs) {
  if (runs.empty()) return {};
  std::set<CudaArch> archs;
  try {
    for (const auto& section : gpu_sections(image, source)) {
      for (const auto& run : runs) {
        if (section.meets(run)) archs.insert(run.archs.begin(), run.archs.end());
      }
    }
  } catch (const Error& error) {  // no loader looks at section headers
    if (error.code() != ErrorCode::bad_binary) throw;
  }
  return names_of(archs);
}

BinaryWithCuda read_elf(ByteSource& source, const std::string& subject) {
  const auto image = elf::read_headers(source, subject);
  std::vector<FatbinRun> runs;
  for (const auto& part : read_only_parts(image)) {
    auto found = find_fatbins(source, part.begin, part.end);
    std::move(found.begin(), found.end(), std::back_inserter(runs));
  }
  auto info = read_binary(source, subject);
  return {std::move(info), elf_archs(image, source, runs)};
}

BinaryWithCuda read_pe(ByteSource& source, const std::string& subject) {
  auto info = read_binary(source, subject);
  const auto image = pe::read_image(CheckedBytes(source, subject));
  const auto section = std::find_if(image.sections.begin(), image.sections.end(),
                                    [](const pe::Section& one) { return one.name == ".nv_fatb"; });
  std::set<CudaArch> archs;
  if (section != image.sections.end()) {
    for (const auto& run : find_fatbins(source, section->offset, section->offset + section->file_size))
      archs.insert(run.archs.begin(), run.archs.end());
  }
  return {std::move(info), names_of(archs)};
}

}  // namespace

BinaryWithCuda read_binary_with_cuda(ByteSource& source, const std::string& subject) {
  const auto format = binary_format(source.read_up_to(0, binary_head_size));
  if (format == BinaryFormat::elf) return read_elf(source, subject);
  if (format == BinaryFormat::pe) return read_pe(source, subject);
  return {read_binary(source, subject), {}};
}

}  // namespace wheelfix

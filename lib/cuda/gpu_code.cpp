#include "cuda/gpu_code.hpp"

#include <algorithm>
#include <wheelfix/error.hpp>

#include "binary/checked_bytes.hpp"
#include "binary/elf_image.hpp"
#include "binary/pe_image.hpp"
#include "binary/read_binary.hpp"
#include "cuda/fatbin.hpp"

namespace wheelfix {
namespace {

struct Range {
  std::uint64_t begin = 0, end = 0;

  bool meets(const FatbinRun& run) const { return run.begin < end && begin < run.end; }
};

// Real files have 50 sections, some kB of names for them, and one section of GPU code.
constexpr std::uint64_t max_names_size = 1 << 20;
constexpr std::size_t max_gpu_sections = 64;

std::vector<Range> each_byte_once(std::vector<Range> ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.begin < b.begin; });
  std::uint64_t seen = 0;
  for (auto& range : ranges) {
    range.begin = std::max(range.begin, seen);
    seen = std::max(range.end, seen);
  }
  return ranges;
}

/// The parts of a file that a loader maps read-only.
std::vector<Range> read_only_parts(const elf::Image& image) {
  std::vector<Range> parts;
  for (const auto& segment : image.segments) {
    if (segment.type == PT_LOAD && (segment.flags & PF_W) == 0 && segment.file_size > 0)
      parts.push_back({segment.offset, segment.file_end()});
  }
  return each_byte_once(std::move(parts));
}

bool is_gpu_code(std::string_view names, const elf::Section& section) {
  if (section.type != SHT_PROGBITS || section.name >= names.size()) return false;
  using namespace std::string_view_literals;
  const auto rest = names.substr(section.name);
  return rest.starts_with(".nv_fatbin\0"sv) || rest.starts_with("__nv_relfatbin\0"sv);
}

/// Empty if there are more sections than the header can count, which no linked library has.
std::vector<Range> gpu_sections(const elf::Image& image, ByteSource& source) {
  const auto& header = image.header;
  if (header.section_count == 0) return {};
  const auto sections = elf::read_sections(image, source);
  if (header.names_section >= sections.size()) return {};
  const auto& table = sections[header.names_section];
  const auto names = source.read_up_to(table.offset, std::min(table.size, max_names_size));
  std::vector<Range> found;
  for (const auto& section : sections) {
    if (found.size() == max_gpu_sections) break;
    if (section.size > image.file_size || section.offset > image.file_size - section.size) continue;
    if (is_gpu_code(names, section)) found.push_back({section.offset, section.file_end()});
  }
  return found;
}

std::vector<FatbinRun> find_in(ByteSource& source, const std::vector<Range>& ranges) {
  std::vector<FatbinRun> runs;
  for (const auto& range : ranges) {
    auto found = find_fatbins(source, range.begin, range.end);
    std::move(found.begin(), found.end(), std::back_inserter(runs));
  }
  return runs;
}

std::set<FatbinArch> archs_of(const std::vector<FatbinRun>& runs) {
  std::set<FatbinArch> archs;
  for (const auto& run : runs) archs.insert(run.archs.begin(), run.archs.end());
  return archs;
}

/// No loader looks at section headers, so a library with damaged ones is as good as one without.
std::vector<Range> gpu_sections_if_any(const elf::Image& image, ByteSource& source) {
  try {
    return each_byte_once(gpu_sections(image, source));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::bad_binary) throw;
    return {};
  }
}

BinaryWithCuda read_elf(ByteSource& source, const std::string& subject) {
  const auto image = elf::read_headers(source, subject);
  if (!source.is_stream()) {
    auto info = read_binary(source, subject);
    const auto runs = find_in(source, gpu_sections_if_any(image, source));
    return {std::move(info), names_of(archs_of(runs))};
  }
  auto runs = find_in(source, read_only_parts(image));
  auto info = read_binary(source, subject);
  if (runs.empty()) return {std::move(info), {}};
  const auto sections = gpu_sections_if_any(image, source);
  std::erase_if(runs, [&](const FatbinRun& run) {
    return std::none_of(sections.begin(), sections.end(), [&](const Range& one) { return one.meets(run); });
  });
  return {std::move(info), names_of(archs_of(runs))};
}

BinaryWithCuda read_pe(ByteSource& source, const std::string& subject) {
  auto info = read_binary(source, subject);
  const auto image = pe::read_image(CheckedBytes(source, subject));
  const auto section = std::find_if(image.sections.begin(), image.sections.end(),
                                    [](const pe::Section& one) { return one.name == ".nv_fatb"; });
  if (section == image.sections.end()) return {std::move(info), {}};
  const auto runs = find_fatbins(source, section->offset, section->offset + section->file_size);
  return {std::move(info), names_of(archs_of(runs))};
}

}  // namespace

BinaryWithCuda read_binary_with_cuda(ByteSource& source, const std::string& subject) {
  const auto format = binary_format(source.read_up_to(0, binary_head_size));
  if (format == BinaryFormat::elf) return read_elf(source, subject);
  if (format == BinaryFormat::pe) return read_pe(source, subject);
  return {read_binary(source, subject), {}};
}

}  // namespace wheelfix

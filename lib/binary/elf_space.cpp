#include "binary/elf_space.hpp"

#include <algorithm>

namespace wheelfix::elf {

FreeSpace::FreeSpace(const Image& image, const std::vector<Section>& sections, ByteSource& source)
    : source_(source) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> all;
  const auto use = [&](std::uint64_t begin, std::uint64_t size) {
    if (size > 0) all.emplace_back(begin, begin + std::min(size, ~std::uint64_t{0} - begin));
  };
  const auto& header = image.header;
  use(0, image.encoding.header_size());
  use(header.segments_offset, std::uint64_t{header.segment_count} * header.segment_size);
  use(header.sections_offset, sections.size() * header.section_size);
  for (const auto& section : sections) {
    if (section.has_file_bytes()) use(section.offset, section.size);
  }
  for (const auto& segment : image.segments) {
    const bool is_area = segment.type == PT_LOAD || segment.type == PT_GNU_RELRO;
    if (!is_area || sections.empty()) use(segment.offset, segment.file_size);
  }
  std::sort(all.begin(), all.end());
  for (const auto& [begin, end] : all) {
    if (!used_.empty() && begin <= used_.back().second) {
      used_.back().second = std::max(used_.back().second, end);
    } else {
      used_.emplace_back(begin, end);
    }
  }
}

std::uint64_t FreeSpace::end_from(std::uint64_t offset) const {
  const auto next = std::partition_point(used_.begin(), used_.end(),
                                         [&](const auto& interval) { return interval.second <= offset; });
  if (next == used_.end()) return std::max(offset, source_.size());
  return std::max(offset, std::min(next->first, source_.size()));
}

bool FreeSpace::is_blank(std::uint64_t offset, std::uint64_t count) const {
  if (end_from(offset) - offset < count) return false;
  const auto bytes = source_.read(offset, count);
  return std::all_of(bytes.begin(), bytes.end(), [](char byte) { return byte == '\0'; });
}

}  // namespace wheelfix::elf

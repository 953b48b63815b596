#include "binary/elf_empty_load.hpp"

#include <algorithm>
#include <utility>

namespace wheelfix::elf {
namespace {

constexpr Segment voided{.type = PT_NULL};

bool overlap(std::uint64_t a, std::uint64_t a_size, std::uint64_t b, std::uint64_t b_size) {
  return a < b + b_size && b < a + a_size;
}

bool lies_within(const Section& section, const Segment& load) {
  return section.address >= load.address && section.address < load.address_end();
}

class EmptyLoadFinder {
 public:
  EmptyLoadFinder(Draft& draft, const FreeSpace& space, const std::vector<const Section*>& moved)
      : draft_(draft), space_(space), moved_(moved) {}

  Segment* run() {
    // The first one gives the library its base address.
    const auto is_load = [](const Segment& segment) { return segment.type == PT_LOAD; };
    const auto first = std::ranges::find_if(draft_.segments, is_load);
    for (auto& segment : draft_.segments) {
      if (is_load(segment) && &segment != &*first && is_emptied(segment)) return &segment;
    }
    return nullptr;
  }

 private:
  bool is_moved(const Section& section) const { return std::ranges::find(moved_, &section) != moved_.end(); }

  bool is_emptied(const Segment& load) const {
    const auto is_within = [&](const Section* section) { return lies_within(*section, load); };
    if (load.file_size != load.memory_size || std::ranges::none_of(moved_, is_within)) return false;
    return !holds_sections(load) && !holds_headers(load) && !is_shared(load) && is_blank_elsewhere(load);
  }

  /// Sections that aren't part of memory may be there in the file, because eu-strip puts them there; so may
  /// their headers.
  bool holds_sections(const Segment& load) const {
    return std::ranges::any_of(draft_.sections, [&](const Section& section) {
      if ((section.flags & SHF_ALLOC) == 0 || is_moved(section)) return false;
      return lies_within(section, load) ||
             (section.has_file_bytes() && overlap(section.offset, section.size, load.offset, load.file_size));
    });
  }

  bool holds_headers(const Segment& load) const {
    const auto& header = draft_.header;
    return overlap(load.offset, load.file_size, 0, draft_.image.encoding.header_size()) ||
           overlap(load.offset, load.file_size, header.segments_offset,
                   draft_.segments.size() * header.segment_size);
  }

  bool moves_along(const Segment& segment) const {
    return segment.type == PT_DYNAMIC && std::ranges::any_of(moved_, [&](const Section* section) {
             return section->type == SHT_DYNAMIC && section->address == segment.address;
           });
  }

  /// Whether a segment other than those that move along has bytes or addresses of it.
  bool is_shared(const Segment& load) const {
    return std::ranges::any_of(draft_.segments, [&](const Segment& other) {
      if (&other == &load || other.memory_size == 0 || moves_along(other)) return false;
      return overlap(other.offset, other.file_size, load.offset, load.file_size) ||
             overlap(other.address, other.memory_size, load.address, load.memory_size);
    });
  }

  bool is_blank_elsewhere(const Segment& load) const {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> known;  // begin and end
    for (const auto& section : draft_.sections)
      if (section.has_file_bytes()) known.emplace_back(section.offset, section.file_end());
    const auto& header = draft_.header;
    known.emplace_back(header.sections_offset,
                       header.sections_offset + draft_.sections.size() * header.section_size);
    std::ranges::sort(known);
    auto at = load.offset;
    for (const auto& [begin, end] : known) {
      if (end <= at || begin >= load.file_end()) continue;
      if (begin > at && !space_.is_blank(at, begin - at)) return false;
      at = end;
    }
    return at >= load.file_end() || space_.is_blank(at, load.file_end() - at);
  }

  Draft& draft_;
  const FreeSpace& space_;
  const std::vector<const Section*>& moved_;
};

}  // namespace

bool void_emptied_load(Draft& draft, const FreeSpace& space, const std::vector<const Section*>& moved,
                       const Segment* target) {
  auto* load = EmptyLoadFinder(draft, space, moved).run();
  if (load == nullptr || load == target) return false;
  *load = voided;
  return true;
}

void drop_voided_load(Draft& draft) {
  const auto size = draft.header.segment_size;
  draft.segments.erase(std::ranges::find(draft.segments, voided));
  draft.blank(draft.header.segments_offset + draft.segments.size() * size, size);
  for (auto& segment : draft.segments) {
    if (segment.type != PT_PHDR) continue;
    segment.file_size -= size;
    segment.memory_size -= size;
  }
}

}  // namespace wheelfix::elf

#include "binary/elf_segment_slot.hpp"

#include <algorithm>
#include <optional>

namespace wheelfix::elf {
namespace {

// Notes and tables need 8; more than a page would make the file grow by it.
constexpr std::uint64_t max_moved_alignment = 4096;

struct Range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  bool overlaps(std::uint64_t offset, std::uint64_t size) const {
    return offset < end && offset + size > begin;
  }
  bool holds(std::uint64_t offset, std::uint64_t size) const {
    return offset >= begin && offset + size <= end;
  }
};

bool has_type(const Draft& draft, std::uint32_t type) {
  return std::any_of(draft.segments.begin(), draft.segments.end(),
                     [&](const Segment& segment) { return segment.type == type; });
}

bool erase_first(Draft& draft, std::uint32_t type) {
  const auto found = std::find_if(draft.segments.begin(), draft.segments.end(),
                                  [&](const Segment& segment) { return segment.type == type; });
  if (found == draft.segments.end()) return false;
  draft.segments.erase(found);
  return true;
}

std::uint64_t table_end(const Draft& draft) {
  return draft.header.segments_offset + draft.segments.size() * draft.header.segment_size;
}

bool is_mapped(const Draft& draft, std::uint64_t offset, std::uint64_t size) {
  return std::any_of(draft.segments.begin(), draft.segments.end(), [&](const Segment& segment) {
    return segment.type == PT_LOAD && offset >= segment.offset && offset + size <= segment.file_end();
  });
}

/// PT_PHDR names the whole table.
void grow_table(Draft& draft) {
  for (auto& segment : draft.segments) {
    if (segment.type != PT_PHDR) continue;
    segment.file_size += draft.header.segment_size;
    segment.memory_size += draft.header.segment_size;
  }
}

bool moves_with_its_sections(const Segment& segment) {
  return segment.type == PT_NOTE || segment.type == PT_GNU_PROPERTY || segment.type == PT_INTERP;
}

bool is_interpreter(const Draft& draft, const Section& section) {
  return std::any_of(draft.segments.begin(), draft.segments.end(), [&](const Segment& segment) {
    return segment.type == PT_INTERP && segment.offset == section.offset && segment.file_size == section.size;
  });
}

/// Notes, the interpreter's name, hash tables and symbols are found only through a program header or a
/// dynamic entry, so they can be anywhere.
bool is_movable(const Draft& draft, const Section& section) {
  if ((section.flags & SHF_ALLOC) == 0 || section.alignment > max_moved_alignment) return false;
  const auto is_at = [&](std::uint64_t tag) {
    const auto* entry = draft.image.find(tag);
    return entry != nullptr && entry->value == section.address;
  };
  if (section.type == SHT_GNU_HASH) return is_at(DT_GNU_HASH);
  if (section.type == SHT_HASH) return is_at(DT_HASH);
  if (section.type == SHT_DYNSYM) return is_at(DT_SYMTAB);
  return section.type == SHT_NOTE || is_interpreter(draft, section);
}

/// What has to move so that the bytes of `count` program headers after the table are free: whole sections,
/// and with a note all that its PT_NOTE covers. What is `vacated` anyway is free. Nothing if it can't be
/// done.
std::optional<Range> movable_range(const Draft& draft, std::uint64_t count,
                                   const std::vector<const Section*>& vacated) {
  const auto begin = table_end(draft);
  const auto file_end = draft.source.size();
  Range wanted{begin, begin + count * draft.header.segment_size};
  Range moved{begin, begin};
  if (!is_mapped(draft, wanted.begin, wanted.end - wanted.begin)) return std::nullopt;
  for (bool grew = true; grew;) {
    grew = false;
    const auto cover = [&](std::uint64_t offset, std::uint64_t size) {
      if (offset < begin || size > file_end || offset > file_end - size) return false;
      moved.end = std::max(moved.end, offset + size);
      grew = grew || moved.end > wanted.end;
      wanted.end = std::max(wanted.end, moved.end);
      return true;
    };
    const auto is_vacated = [&](std::uint64_t offset, std::uint64_t size) {
      return std::any_of(vacated.begin(), vacated.end(), [&](const Section* section) {
        return section->offset == offset && section->size == size;
      });
    };
    for (const auto& section : draft.sections) {
      if (!section.has_file_bytes() || !wanted.overlaps(section.offset, section.size)) continue;
      if (is_vacated(section.offset, section.size)) continue;
      if (!is_movable(draft, section) || !cover(section.offset, section.size)) return std::nullopt;
    }
    for (const auto& segment : draft.segments) {
      const bool is_area = segment.type == PT_LOAD || segment.type == PT_GNU_RELRO;
      if (is_area || !wanted.overlaps(segment.offset, segment.file_size)) continue;
      if (is_vacated(segment.offset, segment.file_size)) continue;
      if (!moves_with_its_sections(segment) || !cover(segment.offset, segment.file_size)) return std::nullopt;
    }
  }
  return moved;
}

/// Moves the bytes of `range` after the end and into `load`, and updates all that refers to them.
void move_into(Draft& draft, Segment& load, Range range) {
  if (range.begin == range.end) return;
  std::uint64_t alignment = 8;
  for (const auto& section : draft.sections) {
    if (range.overlaps(section.offset, section.size) && is_movable(draft, section))
      alignment = std::max(alignment, section.alignment);
  }
  // The bytes keep their distance to each other and, modulo the alignment, to zero.
  const auto skipped = range.begin % alignment;
  const auto bytes = std::string(skipped, '\0') + draft.source.read(range.begin, range.end - range.begin);
  const auto offset = draft.append(bytes, alignment) + skipped;
  load.file_size = load.memory_size = draft.end() - load.offset;
  const auto new_offset = [&](std::uint64_t old) { return old - range.begin + offset; };
  const auto new_address = [&](std::uint64_t old) { return load.address + (new_offset(old) - load.offset); };
  for (auto& section : draft.sections) {
    const bool moves = section.has_file_bytes() && section.size > 0 && section.type != SHT_STRTAB &&
                       section.type != SHT_DYNAMIC && range.holds(section.offset, section.size);
    if (!moves) continue;
    for (auto& entry : draft.dynamic) {
      const bool names_section = entry.tag == DT_GNU_HASH || entry.tag == DT_HASH || entry.tag == DT_SYMTAB;
      if (names_section && entry.value == section.address) entry.value = new_address(section.offset);
    }
    section.address = new_address(section.offset);
    section.offset = new_offset(section.offset);
  }
  for (auto& segment : draft.segments) {
    if (!moves_with_its_sections(segment) || !range.holds(segment.offset, segment.file_size)) continue;
    segment.address = segment.physical_address = new_address(segment.offset);
    segment.offset = new_offset(segment.offset);
  }
  draft.blank(range.begin, range.end - range.begin);
}

bool make_slot(Draft& draft, const FreeSpace& space, Segment& load,
               const std::vector<const Section*>& vacated) {
  if (erase_first(draft, PT_NULL)) return true;
  const auto size = draft.header.segment_size;
  if (is_mapped(draft, table_end(draft), size) && space.is_blank(table_end(draft), size)) {
    grow_table(draft);
    return true;
  }
  if (!has_type(draft, PT_INTERP) && erase_first(draft, PT_PHDR)) return true;
  // patchelf adds a program header of its own without looking at what comes after the table, once the first
  // section is elsewhere: free room for that one too.
  auto range = movable_range(draft, 2, vacated);
  if (!range) range = movable_range(draft, 1, vacated);
  if (!range) return false;
  move_into(draft, load, *range);
  grow_table(draft);
  return true;
}

}  // namespace

bool add_load(Draft& draft, const FreeSpace& space, Segment load,
              const std::vector<const Section*>& vacated) {
  if (!make_slot(draft, space, load, vacated)) return false;
  const auto last = std::find_if(draft.segments.rbegin(), draft.segments.rend(),
                                 [](const Segment& segment) { return segment.type == PT_LOAD; });
  draft.segments.insert(last.base(), load);
  return true;
}

}  // namespace wheelfix::elf

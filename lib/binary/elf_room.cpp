#include "binary/elf_room.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <optional>
#include <vector>
#include <wheelfix/error.hpp>

#include "binary/elf_empty_load.hpp"
#include "binary/elf_segment_slot.hpp"
#include "binary/elf_space.hpp"

namespace wheelfix::elf {
namespace {

constexpr std::uint64_t max_alignment = 1 << 30;  // huge pages
constexpr std::uint64_t spare_slots = 4;          // for the next edit, as GNU ld leaves some

class RoomMaker {
 public:
  RoomMaker(Draft& draft, const StringPlan& strings, const std::string& table, std::uint64_t slots)
      : draft_(draft),
        strings_(strings),
        table_(table),
        slots_(slots),
        space_(draft.image, draft.sections, draft.source),
        place_(string_table(draft.image)) {}

  Room run() {
    const bool moves_dynamic = slots_ > draft_.dynamic_slots;
    if (moves_dynamic) refuse_pointers_to_dynamic();
    if (!moves_dynamic && strings_.appended.empty()) {
      overwrite_strings();
      return strings_.overwrites.empty() ? Room::none : Room::overwritten;
    }
    if (!moves_dynamic && grow_in_padding()) return Room::padding;
    if (!moves_dynamic && grow_at_end()) return Room::extended;
    check_alignment();
    if (!moves_dynamic && copy_to_tail()) return Room::tail;
    if (extend_last_load(moves_dynamic)) return Room::last_load;
    if (add_new_load(moves_dynamic)) return Room::new_load;
    // patchelf puts .dynamic and .dynstr of a program right after the table: moving both makes room.
    if (moves_dynamic || draft_.image.header.machine == EM_MIPS || !add_new_load(true))
      refuse(
          "there is no room for another program header: neither a spare one, nor free bytes, notes or a hash "
          "table "
          "after the table");
    return Room::new_load;
  }

 private:
  std::uint64_t new_size() const { return table_.size() + strings_.appended.size(); }

  [[noreturn]] void refuse(std::string message) const {
    throw Error(ErrorCode::cannot_edit, draft_.image.subject, std::move(message),
                "use a path that isn't longer than the current one");
  }

  void check_alignment() const {
    const auto alignment = draft_.load_alignment();
    if (!std::has_single_bit(alignment) || alignment > max_alignment)
      refuse(
          fmt::format("a PT_LOAD requires an alignment of {:#x}, to which nothing can be added", alignment));
  }

  /// DT_MIPS_RLD_MAP_REL is a distance from its own entry.
  void refuse_pointers_to_dynamic() const {
    if (draft_.image.header.machine == EM_MIPS)
      refuse("the dynamic section has no spare entry, and can't move on MIPS");
  }

  void overwrite_strings() {
    for (const auto& edit : strings_.overwrites) draft_.overwrite(place_.offset + edit.offset, edit.bytes);
  }

  void set_table(std::uint64_t offset, std::uint64_t address) {
    if (auto* section = draft_.section_at(place_.address, SHT_STRTAB)) {
      section->offset = offset;
      section->address = address;
      section->size = new_size();
    }
    draft_.dynamic_entry(DT_STRTAB).value = address;
    draft_.dynamic_entry(DT_STRSZ).value = new_size();
  }

  const Segment& load_of_table() const {
    return *std::find_if(draft_.segments.begin(), draft_.segments.end(), [&](const Segment& segment) {
      return segment.type == PT_LOAD && segment.holds_address(place_.address);
    });
  }

  bool grow_in_padding() {
    const auto end = place_.offset + place_.size;
    const auto count = strings_.appended.size();
    if (end + count > load_of_table().file_end() || !space_.is_blank(end, count)) return false;
    overwrite_strings();
    draft_.overwrite(end, strings_.appended);
    set_table(place_.offset, place_.address);
    return true;
  }

  /// The PT_LOAD that has the highest addresses and ends the file, if it can be made longer.
  Segment* growing_load() {
    for (auto& segment : draft_.segments) {
      if (segment.type == PT_LOAD && segment.file_end() == draft_.image.file_size &&
          segment.file_size == segment.memory_size && segment.address_end() == draft_.address_end())
        return &segment;
    }
    return nullptr;
  }

  void extend(Segment& load) {
    load.file_size = load.memory_size = draft_.end() - load.offset;
    require_addresses(load);
  }

  void require_addresses(const Segment& load) const {
    const auto most = draft_.image.encoding.is_64 ? ~std::uint64_t{0} : std::uint64_t{0xFFFFFFFF};
    if (load.memory_size > most - load.address) refuse("its addresses reach the end of the address space");
  }

  bool grow_at_end() {
    auto* load = growing_load();
    if (load == nullptr || place_.offset + place_.size != draft_.image.file_size) return false;
    overwrite_strings();
    draft_.append(strings_.appended, 1);
    extend(*load);
    set_table(place_.offset, place_.address);
    return true;
  }

  std::string new_table() const {
    auto bytes = table_;
    for (const auto& edit : strings_.overwrites) bytes.replace(edit.offset, edit.bytes.size(), edit.bytes);
    bytes += strings_.appended;
    return bytes;
  }

  void move_table(std::uint64_t offset, std::uint64_t address) {
    draft_.blank(place_.offset, place_.size);
    set_table(offset, address);
  }

  bool copy_to_tail() {
    for (auto& load : draft_.segments) {
      if (load.type != PT_LOAD || (load.flags & PF_W) != 0 || load.file_size != load.memory_size) continue;
      const auto offset = load.file_end();
      const auto count = new_size();
      if (count > tail_room(load) || !space_.is_blank(offset, count)) continue;
      const bool empties = void_emptied_load(draft_, space_, vacated_sections(false), &load);
      draft_.overwrite(offset, new_table());
      move_table(offset, load.address_end());
      load.file_size = load.memory_size = load.file_size + count;
      if (empties) drop_voided_load(draft_);
      return true;
    }
    return false;
  }

  /// How far a PT_LOAD can grow until it meets the pages or the bytes of another one.
  std::uint64_t tail_room(const Segment& load) const {
    auto room = draft_.image.file_size - load.file_end();
    for (const auto& other : draft_.segments) {
      if (other.type != PT_LOAD || &other == &load) continue;
      if (other.offset >= load.file_end()) room = std::min(room, other.offset - load.file_end());
      if (other.address < load.address) continue;
      const auto first_page = other.address / draft_.load_alignment() * draft_.load_alignment();
      room = std::min(room, first_page > load.address_end() ? first_page - load.address_end() : 0);
    }
    return room;
  }

  /// Appends what has to move, the table last so that it can be extended the next time. `address_of` returns
  /// the address of an offset.
  template <class AddressOf>
  void append_moved(bool moves_dynamic, AddressOf address_of) {
    if (moves_dynamic) move_dynamic(address_of);
    if (strings_.appended.empty()) return overwrite_strings();
    const auto offset = draft_.append(new_table(), 1);
    move_table(offset, address_of(offset));
  }

  template <class AddressOf>
  void move_dynamic(AddressOf address_of) {
    const auto& encoding = draft_.image.encoding;
    const auto slots = slots_ + spare_slots;
    const auto size = slots * encoding.dynamic_size();
    const auto offset = draft_.append(std::string(size, '\0'), encoding.word_size());
    auto& segment = draft_.dynamic_segment();
    draft_.blank(segment.offset, segment.file_size);
    if (auto* section = draft_.section_at(segment.address, SHT_DYNAMIC)) {
      section->offset = offset;
      section->address = address_of(offset);
      section->size = size;
    }
    segment.offset = offset;
    segment.address = segment.physical_address = address_of(offset);
    segment.file_size = segment.memory_size = size;
    draft_.dynamic_offset = offset;
    draft_.dynamic_slots = slots;
  }

  bool extend_last_load(bool moves_dynamic) {
    auto* load = growing_load();
    if (load == nullptr || (moves_dynamic && (load->flags & PF_W) == 0)) return false;
    const bool empties = void_emptied_load(draft_, space_, vacated_sections(moves_dynamic), load);
    append_moved(moves_dynamic,
                 [&](std::uint64_t offset) { return load->address + (offset - load->offset); });
    extend(*load);
    if (empties) drop_voided_load(draft_);
    return true;
  }

  std::vector<const Section*> vacated_sections(bool moves_dynamic) {
    std::vector<const Section*> sections;
    const auto add = [&](const Section* section) {
      if (section != nullptr) sections.push_back(section);
    };
    if (!strings_.appended.empty()) add(draft_.section_at(place_.address, SHT_STRTAB));
    if (moves_dynamic) add(draft_.section_at(draft_.dynamic_segment().address, SHT_DYNAMIC));
    return sections;
  }

  bool add_new_load(bool moves_dynamic) {
    const auto vacated = vacated_sections(moves_dynamic);
    void_emptied_load(draft_, space_, vacated, nullptr);
    const auto alignment = draft_.load_alignment();
    Segment load{.type = PT_LOAD,
                 .flags = moves_dynamic ? std::uint32_t{PF_R | PF_W} : std::uint32_t{PF_R},
                 .offset = draft_.append("", 16),
                 .alignment = alignment};
    load.address = align_up(draft_.address_end(), alignment) + load.offset % alignment;
    load.physical_address = load.address;
    const auto address_of = [&](std::uint64_t offset) { return load.address + (offset - load.offset); };
    if (!add_load(draft_, space_, load, vacated)) return false;
    append_moved(moves_dynamic, address_of);
    auto& added = *std::find_if(draft_.segments.begin(), draft_.segments.end(), [&](const Segment& segment) {
      return segment.type == PT_LOAD && segment.offset == load.offset;
    });
    extend(added);
    return true;
  }

  Draft& draft_;
  const StringPlan& strings_;
  const std::string& table_;
  std::uint64_t slots_;
  FreeSpace space_;
  StringTable place_;
};

}  // namespace

Room make_room(Draft& draft, const StringPlan& strings, const std::string& table, std::uint64_t slots) {
  return RoomMaker(draft, strings, table, slots).run();
}

}  // namespace wheelfix::elf

#include "binary/elf_version_edit.hpp"

#include <algorithm>
#include <set>
#include <wheelfix/error.hpp>

#include "binary/elf_versions.hpp"

namespace wheelfix::elf {
namespace {

// Verneed and Vernaux: the same for both classes.
constexpr std::uint64_t record_size = sizeof(Elf64_Verneed);
static_assert(record_size == sizeof(Elf32_Verneed) && record_size == sizeof(Elf64_Vernaux));
constexpr std::uint16_t hidden_bit = 0x8000;

struct EditedNeed {
  VersionNeed need;
  std::uint64_t offset = 0;  ///< of its new record
};

class VersionEditor {
 public:
  VersionEditor(Draft& draft, const BinaryInfo& info, const LibraryEdit& edit,
                std::span<const WantedEntry> files)
      : draft_(draft) {
    auto needs = read_versions_needed(draft.image, draft.source);
    first_ = needs.front().offset;
    auto next_file = files.begin();
    for (std::size_t i = 0; i < needs.size(); ++i) {
      const auto found = edit.version_files.find(info.versions_needed[i].file);
      const bool is_edited = found != edit.version_files.end();
      if (is_edited && !found->second) {
        dropped_.push_back(std::move(needs[i]));
        continue;
      }
      if (is_edited) needs[i].file = static_cast<std::uint32_t>((next_file++)->entry.value);
      kept_.push_back({needs[i], needs[i].offset});
    }
  }

  void run() {
    if (!dropped_.empty()) {
      clear_symbols();
      for (const auto& need : dropped_) blank_records(need);
    }
    if (kept_.empty()) return drop_table();
    move_to_front();
    for (std::size_t i = 0; i < kept_.size(); ++i)
      write(kept_[i], i + 1 < kept_.size() ? &kept_[i + 1] : nullptr);
    set_count(kept_.size());
  }

 private:
  void blank_records(const VersionNeed& need) {
    draft_.blank(need.offset, record_size);
    for (const auto& version : need.versions) draft_.blank(version.offset, record_size);
  }

  /// DT_VERNEED names the first record, and each of them the next one by its distance.
  void move_to_front() {
    if (kept_.front().offset == first_) return;
    draft_.blank(kept_.front().offset, record_size);
    kept_.front().offset = first_;
  }

  void write(const EditedNeed& edited, const EditedNeed* next) {
    const auto& versions = edited.need.versions;
    Encoder encoder(draft_.image.encoding);
    encoder.u16(VER_NEED_CURRENT);
    encoder.u16(static_cast<std::uint16_t>(versions.size()));
    encoder.u32(edited.need.file);
    encoder.u32(versions.empty() ? 0 : static_cast<std::uint32_t>(versions.front().offset - edited.offset));
    encoder.u32(next == nullptr ? 0 : static_cast<std::uint32_t>(next->offset - edited.offset));
    draft_.overwrite(edited.offset, encoder.take());
  }

  void set_count(std::uint64_t count) {
    draft_.dynamic_entry(DT_VERNEEDNUM).value = count;
    if (auto* section = draft_.section_at(draft_.dynamic_entry(DT_VERNEED).value, SHT_GNU_verneed))
      section->info = static_cast<std::uint32_t>(count);
  }

  /// Without records of either kind glibc has no table that DT_VERSYM could index, but assumes that it
  /// exists.
  void drop_table() {
    drop(DT_VERNEED, SHT_GNU_verneed);
    std::erase_if(draft_.dynamic, [](const Dynamic& entry) { return entry.tag == DT_VERNEEDNUM; });
    if (draft_.image.find(DT_VERDEF) == nullptr) drop(DT_VERSYM, SHT_GNU_versym);
  }

  /// The section stays as bytes without meaning: one of its type without records looks like damage.
  void drop(std::uint64_t tag, std::uint32_t type) {
    const auto* entry = draft_.image.find(tag);
    if (entry == nullptr) return;
    if (auto* section = draft_.section_at(entry->value, type)) {
      section->type = SHT_PROGBITS;
      section->link = section->info = 0;
    }
    std::erase_if(draft_.dynamic, [&](const Dynamic& other) { return other.tag == tag; });
  }

  void clear_symbols() {
    const auto* table = draft_.image.find(DT_VERSYM);
    if (table == nullptr) return;
    const auto* section = draft_.section_at(table->value, SHT_GNU_versym);
    if (section == nullptr)
      throw Error(ErrorCode::cannot_edit, draft_.image.subject,
                  "no section header says how many symbol versions DT_VERSYM has, so those of a library that "
                  "is no longer needed can't be removed",
                  "keep that library, or replace it with one that has those versions");
    std::set<std::uint16_t> gone;
    for (const auto& need : dropped_)
      for (const auto& version : need.versions) gone.insert(version.index & ~hidden_bit);
    const auto& encoding = draft_.image.encoding;
    const auto bytes = draft_.source.read_up_to(section->offset, section->size);
    Decoder decoder(bytes, encoding);
    for (std::uint64_t at = 0; at + 2 <= bytes.size(); at += 2) {
      std::uint16_t index = 0;
      decoder.u16(index);
      if (!gone.contains(index & ~hidden_bit)) continue;
      Encoder encoder(encoding);
      encoder.u16(VER_NDX_GLOBAL);
      draft_.overwrite(section->offset + at, encoder.take());
    }
  }

  Draft& draft_;
  std::uint64_t first_ = 0;
  std::vector<EditedNeed> kept_;
  std::vector<VersionNeed> dropped_;
};

}  // namespace

void add_version_files(std::vector<WantedEntry>& wanted, const BinaryInfo& info, const LibraryEdit& edit) {
  for (const auto& need : info.versions_needed) {
    const auto found = edit.version_files.find(need.file);
    if (found != edit.version_files.end() && found->second)
      wanted.push_back({.entry = {DT_NEEDED, 0}, .text = *found->second, .is_new = true});
  }
}

void edit_versions(Draft& draft, const BinaryInfo& info, const LibraryEdit& edit,
                   std::span<const WantedEntry> files) {
  const bool any = std::ranges::any_of(info.versions_needed, [&](const VersionsNeeded& need) {
    return edit.version_files.contains(need.file);
  });
  if (any) VersionEditor(draft, info, edit, files).run();
}

}  // namespace wheelfix::elf

#include "binary/elf_strings.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "binary/elf_versions.hpp"

namespace wheelfix::elf {
namespace {

bool holds_string(std::uint64_t tag) {
  switch (tag) {
    case DT_NEEDED:
    case DT_SONAME:
    case DT_RPATH:
    case DT_RUNPATH:
    case DT_AUXILIARY:
    case DT_FILTER:
    case DT_CONFIG:
    case DT_DEPAUDIT:
    case DT_AUDIT:
      return true;
    default:
      return false;
  }
}

/// The section at the address that a dynamic entry gives.
const Section* section_at(const Image& image, const std::vector<Section>& sections, std::uint64_t tag,
                          std::uint32_t type) {
  const auto* entry = image.find(tag);
  const auto found = std::find_if(sections.begin(), sections.end(), [&](const Section& section) {
    return entry != nullptr && section.type == type && section.address == entry->value;
  });
  return found == sections.end() ? nullptr : &*found;
}

/// Places in the string table that something other than the dynamic section refers to, in order; nothing if
/// that can't be known.
std::optional<std::vector<std::uint64_t>> foreign_references(const Image& image,
                                                             const std::vector<Section>& sections,
                                                             ByteSource& source) {
  const auto* symbols = section_at(image, sections, DT_SYMTAB, SHT_DYNSYM);
  const auto* strings = section_at(image, sections, DT_STRTAB, SHT_STRTAB);
  if (symbols == nullptr || strings == nullptr) return std::nullopt;
  const auto strings_index = static_cast<std::uint32_t>(strings - sections.data());
  if (image.header.names_section == strings_index) return std::nullopt;
  for (const auto& section : sections) {
    const bool is_known = section.type == SHT_DYNSYM || section.type == SHT_DYNAMIC ||
                          section.type == SHT_GNU_verneed || section.type == SHT_GNU_verdef;
    if (section.link == strings_index && !is_known) return std::nullopt;
  }
  std::vector<std::uint64_t> places;
  const auto size = image.encoding.symbol_size();
  const auto table = source.read_up_to(symbols->offset, symbols->size);
  for (std::size_t at = 0; at + size <= table.size(); at += size) {
    std::uint32_t name = 0;
    Decoder(std::string_view(table).substr(at, size), image.encoding).u32(name);
    places.push_back(name);
  }
  for (const auto& need : read_versions_needed(image, source)) {
    places.push_back(need.file);
    for (const auto& version : need.versions) places.push_back(version.name);
  }
  for (const auto& definition : read_version_definitions(image, source))
    places.insert(places.end(), definition.names.begin(), definition.names.end());
  std::sort(places.begin(), places.end());
  return places;
}

class StringPlanner {
 public:
  StringPlanner(const Image& image, const std::vector<Section>& sections, ByteSource& source,
                const std::string& table, std::vector<WantedEntry>& wanted)
      : image_(image), sections_(sections), source_(source), table_(table), wanted_(wanted) {}

  StringPlan run() {
    std::vector<WantedEntry*> open;
    for (auto& wanted : wanted_) {
      if (wanted.text && !find_present(wanted)) open.push_back(&wanted);
    }
    for (auto* wanted : open) {
      if (!overwrite(*wanted)) append(*wanted);
    }
    return std::move(plan_);
  }

 private:
  bool find_present(WantedEntry& wanted) {
    const auto place = table_.find(*wanted.text + '\0');
    if (place == std::string::npos) return false;
    settle(wanted, place);
    return true;
  }

  void settle(WantedEntry& wanted, std::uint64_t place) {
    wanted.entry.value = place;
    wanted.text.reset();
  }

  bool overwrite(WantedEntry& wanted) {
    const auto place = wanted.entry.value;
    if (wanted.is_new || place >= table_.size()) return false;
    const auto end = table_.find('\0', place);
    if (end == std::string::npos || wanted.text->size() > end - place) return false;
    if (is_used_elsewhere(wanted, place, end)) return false;
    auto bytes = *wanted.text;
    bytes.resize(end - place, '\0');
    plan_.overwrites.push_back({place, std::move(bytes)});
    settle(wanted, place);
    return true;
  }

  /// Whether a string other than the entry's own has any of its bytes: one that begins within it, or one that
  /// it ends.
  bool is_used_elsewhere(const WantedEntry& own, std::uint64_t place, std::uint64_t end) {
    const auto before = place == 0 ? std::string::npos : table_.rfind('\0', place - 1);
    const auto begin = place == 0 ? 0 : before == std::string::npos ? 0 : before + 1;
    const auto is_within = [&](std::uint64_t used) { return used >= begin && used < end; };
    const bool by_entry = std::any_of(wanted_.begin(), wanted_.end(), [&](const WantedEntry& other) {
      const bool has_place = !other.is_new || !other.text;
      return &other != &own && has_place && holds_string(other.entry.tag) && is_within(other.entry.value);
    });
    if (by_entry) return true;
    if (!foreign_) foreign_ = foreign_references(image_, sections_, source_);
    if (!*foreign_) return true;
    const auto& places = **foreign_;
    const auto next = std::lower_bound(places.begin(), places.end(), begin);
    return next != places.end() && *next < end;
  }

  void append(WantedEntry& wanted) {
    const auto found = plan_.appended.find(*wanted.text + '\0');
    const auto place = found != std::string::npos ? found : plan_.appended.size();
    if (found == std::string::npos) plan_.appended += *wanted.text + '\0';
    settle(wanted, table_.size() + place);
  }

  const Image& image_;
  const std::vector<Section>& sections_;
  ByteSource& source_;
  const std::string& table_;
  std::vector<WantedEntry>& wanted_;
  std::optional<std::optional<std::vector<std::uint64_t>>> foreign_;  ///< once it was requested
  StringPlan plan_;
};

}  // namespace

StringPlan plan_strings(const Image& image, const std::vector<Section>& sections, ByteSource& source,
                        const std::string& table, std::vector<WantedEntry>& wanted) {
  return StringPlanner(image, sections, source, table, wanted).run();
}

}  // namespace wheelfix::elf

#include "zip/entry.hpp"

#include <algorithm>
#include <vector>

#include "base/bytes.hpp"

namespace wheelfix::zip {

unsigned Entry::unix_mode() const {
  constexpr int made_on_unix = 3;
  constexpr int made_on_macos = 19;
  const int system = version_made_by >> 8;
  return system == made_on_unix || system == made_on_macos ? external_attributes >> 16 : 0;
}

bool has_unconverted_name(const Entry& entry) {
  if ((entry.flags & flag::utf8_name) != 0) return false;
  unsigned char bits = 0;
  for (const char c : entry.raw_name()) bits |= static_cast<unsigned char>(c);
  return bits >= 0x80;
}

namespace {

constexpr std::size_t unicode_path_size = 5;  // version and CRC-32, which are before the name

/// Calls `take(id, content, field)` for each, up to one that is cut short. Returns whether all are whole.
template <typename Take>
bool walk(std::string_view extra, Take take) {
  ByteReader reader(extra);
  while (reader.remaining() >= 4) {
    const auto begin = reader.position();
    const auto id = reader.u16();
    const auto size = reader.u16();
    if (size > reader.remaining()) return false;
    const auto content = reader.take(size);
    take(id, content, extra.substr(begin, reader.position() - begin));
  }
  return true;
}

bool is_cut_unicode_path(std::uint16_t id, std::string_view content) {
  return id == extra_id::unicode_path && content.size() < unicode_path_size;
}

bool has_two_of_one_kind(std::string_view extra) {
  std::vector<std::uint16_t> ids;
  walk(extra, [&](std::uint16_t id, std::string_view, std::string_view) { ids.push_back(id); });
  std::ranges::sort(ids);
  return std::ranges::adjacent_find(ids) != ids.end();
}

}  // namespace

std::optional<std::string> unicode_path(std::string_view extra) {
  std::optional<std::string> path;
  walk(extra, [&](std::uint16_t id, std::string_view content, std::string_view) {
    if (!path && id == extra_id::unicode_path && !is_cut_unicode_path(id, content))
      path = content.substr(unicode_path_size);
  });
  return path;
}

const char* extra_field_fault(std::string_view extra, std::size_t deferred, std::string_view needless) {
  const char* fault = nullptr;
  std::uint64_t seen = 0;  // a bit for each kind, which some kinds share
  bool may_repeat = false;
  const bool is_whole = walk(extra, [&](std::uint16_t id, std::string_view content, std::string_view) {
    const auto bit = std::uint64_t{1} << (id * 40503U >> 10 & 63U);
    may_repeat = may_repeat || (seen & bit) != 0;
    seen |= bit;
    if (fault != nullptr) return;
    if (is_cut_unicode_path(id, content))
      fault = "a Unicode Path field that is cut short";
    else if (id == extra_id::zip64 && content.size() > deferred && content != needless)
      fault = "a ZIP64 field with values that the header has itself";
  });
  if (fault != nullptr) return fault;
  if (!is_whole) return "one that is cut short";
  return may_repeat && has_two_of_one_kind(extra) ? "two of one kind" : nullptr;
}

std::string filter_extra_fields(std::string_view extra, bool (*keep)(std::uint16_t id)) {
  std::string kept;
  walk(extra, [&](std::uint16_t id, std::string_view, std::string_view field) {
    if (!keep(id)) return;
    if (kept.empty()) kept.reserve(extra.size());
    kept += field;
  });
  return kept;
}

std::string sound_extra_fields(std::string_view extra) {
  std::string kept;
  std::vector<std::uint16_t> ids;
  walk(extra, [&](std::uint16_t id, std::string_view content, std::string_view field) {
    if (is_cut_unicode_path(id, content) || std::ranges::find(ids, id) != ids.end()) return;
    ids.push_back(id);
    kept += field;
  });
  return kept;
}

}  // namespace wheelfix::zip

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

std::optional<std::string> unicode_path(std::string_view extra) {
  constexpr std::size_t version_and_crc = 5;
  ByteReader reader(extra);
  while (reader.remaining() >= 4) {
    const auto id = reader.u16();
    const auto size = reader.u16();
    if (size > reader.remaining()) break;
    const auto field = reader.take(size);
    if (id == extra_id::unicode_path && size >= version_and_crc) return std::string(field.substr(version_and_crc));
  }
  return std::nullopt;
}

const char* extra_field_fault(std::string_view extra, std::size_t deferred, std::string_view needless) {
  constexpr std::size_t unicode_path_size = 5;
  std::vector<std::uint16_t> ids;
  ByteReader reader(extra);
  while (reader.remaining() >= 4) {
    const auto id = ids.emplace_back(reader.u16());
    const auto size = reader.u16();
    if (size > reader.remaining()) return "one that is cut short";
    const auto field = reader.take(size);
    if (id == extra_id::unicode_path && size < unicode_path_size)
      return "a Unicode Path field that is cut short";
    if (id == extra_id::zip64 && size > deferred && field != needless)
      return "a ZIP64 field with values that the header has itself";
  }
  std::ranges::sort(ids);
  return std::ranges::adjacent_find(ids) != ids.end() ? "two of one kind" : nullptr;
}

std::string filter_extra_fields(const std::string& extra, bool (*keep)(std::uint16_t id)) {
  std::string kept;
  ByteReader reader(extra);
  while (reader.remaining() >= 4) {
    const auto begin = reader.position();
    const auto id = reader.u16();
    const auto size = reader.u16();
    if (size > reader.remaining()) break;
    reader.take(size);
    if (keep(id)) kept.append(extra, begin, reader.position() - begin);
  }
  return kept;
}

}  // namespace wheelfix::zip

#include "zip/padding.hpp"

#include <limits>

#include "base/bytes.hpp"
#include "zip/format.hpp"

namespace wheelfix::zip {

namespace {

constexpr std::uint64_t least_blocks = 256;  // of a range that is worth padding
constexpr std::size_t least_field = 8;
constexpr std::uint16_t signature = 0xA028;
constexpr std::size_t most_extra = std::numeric_limits<std::uint16_t>::max();
constexpr std::size_t extra_size_at = local_header_size - 2;

void set_extra_size(std::string& local_header, std::size_t size) {
  std::string bytes;
  put<std::uint16_t>(bytes, static_cast<std::uint16_t>(size));
  local_header.replace(extra_size_at, bytes.size(), bytes);
}

}  // namespace

bool Padding::is_needed(const Range& next, std::uint64_t at) const {
  return alignment_ != 0 && next.size >= least_blocks * alignment_ && (next.offset - at) % alignment_ != 0;
}

std::string Padding::before(const Range& next, std::uint64_t at, std::size_t extra_size) const {
  if (!is_needed(next, at)) return {};
  auto size = static_cast<std::size_t>((next.offset - at) % alignment_);
  if (size < least_field) size += static_cast<std::size_t>(alignment_);
  if (extra_size + size > most_extra) return {};
  std::string field;
  put<std::uint16_t>(field, extra_id::padding);
  put<std::uint16_t>(field, static_cast<std::uint16_t>(size - 4));
  put<std::uint16_t>(field, signature);
  put<std::uint16_t>(field, static_cast<std::uint16_t>(size - least_field));
  field.resize(size);
  return field;
}

std::string without_padding(const std::string& extra) {
  return filter_extra_fields(extra, [](std::uint16_t id) { return id != extra_id::padding; });
}

std::string local_header_without_padding(const File& file, const Entry& entry) {
  auto header =
      file.read(entry.header_offset, static_cast<std::size_t>(entry.data_offset - entry.header_offset));
  const auto extra_at = local_header_size + entry.raw_name().size();
  const auto extra = without_padding(header.substr(extra_at));
  set_extra_size(header, extra.size());
  return header.replace(extra_at, std::string::npos, extra);
}

void append_extra_field(std::string& local_header, const std::string& field) {
  const auto size = ByteReader(std::string_view(local_header).substr(extra_size_at)).u16();
  set_extra_size(local_header, size + field.size());
  local_header += field;
}

}  // namespace wheelfix::zip

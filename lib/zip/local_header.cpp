#include <fcntl.h>
#include <fmt/format.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>
#include <wheelfix/error.hpp>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "zip/directory.hpp"
#include "zip/format.hpp"

namespace wheelfix::zip {

namespace {

/// Reads parts of a file that lie in order, many of them at once if they are near each other: a read for each
/// of torch's 10,605 headers takes 7 ms, and 240 of 64 KiB take 0.7 ms.
class HeaderReader {
 public:
  explicit HeaderReader(const File& file) : file_(file) {}

  /// Has the system read the headers of all entries, if they aren't in memory, rather than wait for one
  /// window after the other.
  void prefetch(const std::vector<Entry>& entries, std::uint64_t end) const {
    if (entries.empty() || !is_on_disk(entries[entries.size() / 2].header_offset)) return;
    const Entry* const last = entries.data() + entries.size();
    int windows = 0;
    for (const Entry* entry = entries.data(); entry != last && ++windows <= most_prefetched;) {
      const auto begin = entry->header_offset;
      const auto [window_end, next] = near(entry, last, end);
      entry = next;
      if (begin >= window_end) continue;
      const auto place = file_.place(begin, window_end - begin);
      ::posix_fadvise(place.fd, static_cast<off_t>(place.offset), static_cast<off_t>(window_end - begin),
                      POSIX_FADV_WILLNEED);
    }
  }

  /// Reads all headers from this one on that are near.
  void come_to(const Entry* entry, const Entry* last, std::uint64_t end) {
    const auto begin = entry->header_offset;
    if (begin >= end || is_in_window(begin, guess(*entry))) return;
    window_.resize(static_cast<std::size_t>(near(entry, last, end).first - begin));
    file_.read(begin, window_.data(), window_.size());
    begin_ = begin;
  }

  /// `size` bytes from `offset`; valid until the next call.
  std::string_view read(std::uint64_t offset, std::size_t size) {
    if (is_in_window(offset, size))
      return std::string_view(window_).substr(static_cast<std::size_t>(offset - begin_), size);
    apart_ = file_.read(offset, size);
    return apart_;
  }

  /// The size that an entry's local header has in most archives, or more.
  static std::size_t guess(const Entry& entry) { return local_header_size + entry.raw_name().size() + 64; }

 private:
  static constexpr std::uint64_t window_size = 64 << 10;
  static constexpr std::uint64_t largest_gap = 8 << 10;
  static constexpr int most_prefetched = 1000;

  /// Where the headers end that are near this one, up to `end`, and the first entry whose header isn't.
  static std::pair<std::uint64_t, const Entry*> near(const Entry* entry, const Entry* last,
                                                     std::uint64_t end) {
    const auto begin = entry->header_offset;
    auto window_end = begin + guess(*entry);
    for (++entry; entry != last && entry->header_offset >= begin; ++entry) {
      const auto next_end = entry->header_offset + guess(*entry);
      if (entry->header_offset > window_end + largest_gap || next_end > begin + window_size) break;
      window_end = std::max(window_end, next_end);
    }
    return {std::min(window_end, end), entry};
  }

  /// False if that can't be known.
  bool is_on_disk(std::uint64_t offset) const {
    char byte = 0;
    const iovec buffer{.iov_base = &byte, .iov_len = 1};
    const auto place = file_.place(offset, 1);
    return ::preadv2(place.fd, &buffer, 1, static_cast<off_t>(place.offset), RWF_NOWAIT) < 0 &&
           errno == EAGAIN;
  }

  bool is_in_window(std::uint64_t offset, std::size_t size) const {
    return offset >= begin_ && offset - begin_ <= window_.size() &&
           size <= window_.size() - (offset - begin_);
  }

  const File& file_;
  std::uint64_t begin_ = 0;
  std::string window_;
  std::string apart_;
};

struct LocalHeader {
  std::uint16_t version_needed = 0;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint32_t crc32 = 0;
  std::uint64_t compressed_size = 0;
  std::uint64_t size = 0;
  std::string_view name;  ///< in the HeaderReader's window
  std::optional<std::string> unicode_path;
  bool has_zip64 = false;  ///< an extra field of that kind
  const char* extra_fault = nullptr;
  std::uint64_t data_offset = 0;
};

Finding mismatch(const Entry& entry, std::string message) {
  return {
      .code = FindingCode::local_header_mismatch,
      .path = entry.path,
      .message = std::move(message),
      .hint =
          "readers disagree about this entry: download the wheel again, or ask its publisher for a new one"};
}

void resolve_zip64(LocalHeader& header, std::string_view extra) {
  ByteReader fields(extra);
  while (fields.remaining() >= 4) {
    const auto id = fields.u16();
    const auto size = fields.u16();
    if (size > fields.remaining()) return;
    ByteReader field(fields.take(size));
    if (id != extra_id::zip64) continue;
    header.has_zip64 = true;
    if (header.size == zip64_marker32) header.size = field.u64();
    if (header.compressed_size == zip64_marker32) header.compressed_size = field.u64();
  }
}

/// The header may hold its sizes in ZIP64's field too, which installers take. `sizes`: as they are outside of
/// that field.
const char* local_extra_fault(bool has_zip64, const std::array<std::uint64_t, 2>& sizes,
                              std::string_view extra) {
  if (!has_zip64) return extra_field_fault(extra, 0);
  std::string needless;
  std::size_t deferred = 0;
  for (const auto size : sizes) {
    put<std::uint64_t>(needless, size);
    if (size == zip64_marker32) deferred += 8;
  }
  return extra_field_fault(extra, deferred, needless);
}

/// Throws OutOfBytes if the header doesn't lie within [entry.header_offset, end) or a ZIP64 field is cut
/// short.
LocalHeader read_local_header(HeaderReader& headers, const Entry& entry, std::uint64_t end) {
  if (entry.header_offset >= end) throw OutOfBytes("local header");
  const auto left = end - entry.header_offset;
  const auto guess = std::min<std::uint64_t>(left, HeaderReader::guess(entry));
  auto bytes = headers.read(entry.header_offset, static_cast<std::size_t>(guess));
  ByteReader reader(bytes);
  if (reader.take(4) != local_header_signature) throw OutOfBytes("signature");
  LocalHeader header;
  header.version_needed = reader.u16();
  header.flags = reader.u16();
  header.method = reader.u16();
  reader.u32();
  header.crc32 = reader.u32();
  header.compressed_size = reader.u32();
  header.size = reader.u32();
  const std::size_t name_size = reader.u16();
  const std::size_t extra_size = reader.u16();
  const auto full_size = local_header_size + name_size + extra_size;
  if (full_size > left) throw OutOfBytes("name");
  if (full_size > bytes.size()) bytes = headers.read(entry.header_offset, full_size);
  header.name = bytes.substr(local_header_size, name_size);
  const auto extra = bytes.substr(local_header_size + name_size, extra_size);
  const std::array sizes = {header.size, header.compressed_size};
  header.unicode_path = unicode_path(extra);
  resolve_zip64(header, extra);
  header.extra_fault = local_extra_fault(header.has_zip64, sizes, extra);
  header.data_offset = entry.header_offset + full_size;
  return header;
}

/// The data descriptor (4.3.9) may or may not have a signature, and 4 or 8 byte sizes. Returns its size, or 0
/// if no form of it has the central directory's values.
std::uint64_t descriptor_size(HeaderReader& headers, const Entry& entry, std::uint64_t at,
                              std::uint64_t end) {
  const auto bytes = headers.read(at, static_cast<std::size_t>(std::min<std::uint64_t>(24, end - at)));
  const auto matches = [&](std::size_t skip, bool wide) {
    const std::size_t size = skip + (wide ? 20 : 12);
    if (bytes.size() < size) return false;
    ByteReader reader(bytes.substr(skip));
    if (reader.u32() != entry.crc32) return false;
    const auto compressed = wide ? reader.u64() : reader.u32();
    const auto content = wide ? reader.u64() : reader.u32();
    return compressed == entry.compressed_size && content == entry.size;
  };
  const bool is_signed = bytes.starts_with(data_descriptor_signature);
  for (const bool wide : {true, false}) {
    if (is_signed && matches(4, wide)) return wide ? 24 : 16;
  }
  for (const bool wide : {true, false}) {
    if (matches(0, wide)) return wide ? 20 : 12;
  }
  return 0;
}

/// A reader of only the local header can't know where a stored entry ends, and knows the width of the sizes
/// after it only from ZIP64's field.
const char* stream_fault(const LocalHeader& header, std::uint64_t descriptor_size) {
  if (header.method == static_cast<std::uint16_t>(Method::stored))
    return "is stored with its size after it, in a data descriptor";
  const bool is_wide = descriptor_size >= 20;
  if (is_wide == header.has_zip64) return nullptr;
  return is_wide ? "has a data descriptor with sizes of 8 bytes, and no ZIP64 field in its local header"
                 : "has a data descriptor with sizes of 4 bytes, and a ZIP64 field in its local header";
}

/// Values that are filled in later, in the data descriptor, may be zero here.
bool values_agree(const LocalHeader& header, const Entry& entry) {
  const bool deferred = (header.flags & flag::data_descriptor) != 0;
  const auto same = [&](std::uint64_t local, std::uint64_t central) {
    return local == central || (deferred && local == 0);
  };
  return same(header.crc32, entry.crc32) && same(header.size, entry.size) &&
         same(header.compressed_size, entry.compressed_size);
}

/// Whether a header leaves some of its values to the data descriptor, but not all of them.
bool is_partly_deferred(const LocalHeader& header, const Entry& entry) {
  if ((header.flags & flag::data_descriptor) == 0) return false;
  const bool is_empty = header.crc32 == 0 && header.size == 0 && header.compressed_size == 0;
  const bool is_full = header.crc32 == entry.crc32 && header.size == entry.size &&
                       header.compressed_size == entry.compressed_size;
  return !is_empty && !is_full;
}

void compare(const LocalHeader& header, const Entry& entry, FindingSink& findings) {
  constexpr std::uint16_t telling_flags = flag::encrypted | flag::data_descriptor | flag::patched_data |
                                          flag::strong_encryption | flag::utf8_name | flag::masked_headers;
  if (header.name != entry.raw_name()) {
    findings.add(mismatch(entry, fmt::format("the local header names it {}", printable(header.name))));
  }
  for (const auto& second_name : {header.unicode_path, unicode_path(entry.extra)}) {
    if (second_name && *second_name != entry.raw_name())
      findings.add(
          mismatch(entry, fmt::format("its Unicode Path field names it {}", printable(*second_name))));
  }
  if (header.method != entry.method) {
    findings.add(mismatch(entry, fmt::format("the local header says method {}, the central directory {}",
                                             header.method, entry.method)));
  }
  if (((header.flags ^ entry.flags) & telling_flags) != 0) {
    findings.add(
        mismatch(entry, fmt::format("the local header says flags {:#06x}, the central directory {:#06x}",
                                    header.flags, entry.flags)));
  }
  if (format_version(header.version_needed) > newest_version &&
      format_version(entry.version_needed) <= newest_version) {
    findings.add(mismatch(
        entry,
        fmt::format("the local header requires version {:.1f} of the ZIP format, which readers don't know",
                    format_version(header.version_needed) / 10.0)));
  }
  if (!values_agree(header, entry)) {
    findings.add(mismatch(entry, "the local header says another size or CRC-32 than the central directory"));
  }
}

void locate(HeaderReader& headers, Directory& directory, Entry& entry, FindingSink& findings) {
  const auto end = directory.begin;
  const auto header = read_local_header(headers, entry, end);
  compare(header, entry, findings);
  directory.has_partly_deferred = directory.has_partly_deferred || is_partly_deferred(header, entry);
  if (entry.extra_fault == nullptr) entry.extra_fault = header.extra_fault;
  entry.data_offset = header.data_offset;
  if (entry.compressed_size > end - entry.data_offset) throw OutOfBytes("data");
  entry.end_offset = entry.data_offset + entry.compressed_size;
  if ((header.flags & flag::data_descriptor) == 0) return;
  const auto size = descriptor_size(headers, entry, entry.end_offset, end);
  if (size == 0)
    findings.add(mismatch(entry, "its data descriptor is damaged, or disagrees with the central directory"));
  entry.stream_fault = stream_fault(header, size);
  entry.end_offset += size;
}

}  // namespace

FindingSink read_local_headers(const File& file, Directory& directory, const Limits& limits) {
  FindingSink findings({}, limits.max_alike);
  HeaderReader headers(file);
  headers.prefetch(directory.entries, directory.begin);
  const Entry* const last = directory.entries.data() + directory.entries.size();
  for (auto& entry : directory.entries) {
    try {
      headers.come_to(&entry, last, directory.begin);
      locate(headers, directory, entry, findings);
    } catch (const OutOfBytes&) {
      entry.data_offset = entry.end_offset = entry.header_offset;
      findings.add(mismatch(entry, fmt::format("its local header or its data, at offset {}, is incomplete",
                                               entry.header_offset)));
    }
  }
  return findings;
}

}  // namespace wheelfix::zip

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wheelfix::zip {

enum class Method : std::uint16_t { stored = 0, deflated = 8 };

namespace flag {
constexpr std::uint16_t encrypted = 1 << 0;
constexpr std::uint16_t data_descriptor = 1 << 3;
constexpr std::uint16_t patched_data = 1 << 5;
constexpr std::uint16_t strong_encryption = 1 << 6;
constexpr std::uint16_t utf8_name = 1 << 11;
constexpr std::uint16_t masked_headers = 1 << 13;
}  // namespace flag

constexpr unsigned newest_version = 63;  ///< of the ZIP format (4.4.3), in tenths

/// The version that a header requires, without the system that some writers put into the upper byte.
constexpr unsigned format_version(std::uint16_t needed) {
  return needed & 0xFFU;
}

/// One entry of the central directory (APPNOTE.TXT 4.3.12), with ZIP64's sizes and offset resolved, and with
/// the places of its parts from its local header.
struct Entry {
  std::string path;  ///< UTF-8: the name's bytes, or, without flag::utf8_name, decoded from code page 437
  std::optional<std::string> encoded_name;  ///< these bytes, if they were decoded to others
  std::uint16_t version_made_by = 0;
  std::uint16_t version_needed = 0;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint16_t dos_time = 0;
  std::uint16_t dos_date = 0;
  std::uint32_t crc32 = 0;
  std::uint64_t compressed_size = 0;
  std::uint64_t size = 0;
  std::uint16_t internal_attributes = 0;
  std::uint32_t external_attributes = 0;
  std::string extra;        ///< central extra fields without ZIP64's
  std::string local_extra;  ///< the local header's, without ZIP64's: filled by Archive::with_local_extra, and
                            ///< used by Writer
  const char* extra_fault = nullptr;  ///< extra_field_fault of the central header's, or of the local one's
  /// Why readers of a stream fail at the entry; null if they don't.
  const char* stream_fault = nullptr;
  std::string comment;

  std::uint64_t header_offset = 0;  ///< of the local header, in the file
  std::uint64_t data_offset = 0;    ///< of the compressed bytes
  std::uint64_t end_offset = 0;     ///< after the compressed bytes and the data descriptor, if there is one

  /// The name's bytes in the archive.
  const std::string& raw_name() const { return encoded_name ? *encoded_name : path; }
  bool is_directory() const { return path.ends_with('/'); }
  /// st_mode if the entry was made on a Unix or macOS, else 0.
  unsigned unix_mode() const;
  bool is_symlink() const { return (unix_mode() & 0170000) == 0120000; }
};

/// Whether the name isn't ASCII, and isn't flagged as UTF-8: then it is in code page 437.
bool has_unconverted_name(const Entry& entry);

namespace extra_id {
constexpr std::uint16_t zip64 = 0x0001;
constexpr std::uint16_t ntfs_times = 0x000A;
constexpr std::uint16_t unix_times = 0x5455;    ///< Info-ZIP "UT"
constexpr std::uint16_t unicode_path = 0x7075;  ///< has the name a second time
}  // namespace extra_id

/// The name that Info-ZIP's Unicode Path field gives an entry (APPNOTE.TXT 4.6.9), if there is one. Some
/// readers use it, others the header's name.
std::optional<std::string> unicode_path(std::string_view extra);

/// Why readers disagree about extra fields, or refuse them; null if they don't. The header leaves
/// `deferred` bytes of values to ZIP64's field; `needless` is what that field may hold otherwise.
const char* extra_field_fault(std::string_view extra, std::size_t deferred, std::string_view needless = {});

/// The extra fields (APPNOTE.TXT 4.5) that `keep` accepts. A tail that isn't a well-formed field is dropped,
/// because some readers fail on it.
std::string filter_extra_fields(std::string_view extra, bool (*keep)(std::uint16_t id));

/// The first of each kind, without one that is cut short: what readers use of faulty fields, except ZIP64's.
std::string sound_extra_fields(std::string_view extra);

}  // namespace wheelfix::zip

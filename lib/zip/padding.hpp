#pragma once

#include <cstdint>
#include <string>

#include "base/file.hpp"
#include "zip/entry.hpp"

namespace wheelfix::zip {

/// A range of the source of a new archive, in bytes.
struct Range {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

namespace extra_id {
constexpr std::uint16_t padding = 0xA220;
}

/// Local headers are padded so that a large range copied after them keeps its offset modulo `alignment`. Then
/// btrfs, XFS and others can share its blocks with the source, and only what differs is written: torch's 670
/// MB take 2 MB of space more. The bytes are the same on every file system. A range is large if it has 256
/// times the alignment (1 MiB), which bounds the padding to 0.4 % of it; to share that much takes 9 to 22 us,
/// and to copy it 0.25 to 1 ms.
///
/// The padding is an extra field that APPNOTE.TXT has for it, "Microsoft Open Packaging Growth Hint" (0xA220,
/// 4.6.10): a signature, a size, and zeros. Word and Excel write it, and as here in local headers alone.
///
/// Rejected: 0xD935 of Android's zipalign and 0xA11E of Apache's Commons Compress. Both state an alignment of
/// the entry's own data, which this isn't, and tools that know them keep it.
class Padding {
 public:
  /// A power of two; 0: no padding.
  explicit Padding(std::uint64_t alignment) : alignment_(alignment) {}

  /// Whether `next` is to have padding before it to be copied to `at`.
  bool is_needed(const Range& next, std::uint64_t at) const;
  /// The field that moves `next` from `at` to where it keeps its offset modulo the alignment. Empty if it
  /// isn't needed, or if there isn't room for it beside `extra_size` bytes of other fields.
  std::string before(const Range& next, std::uint64_t at, std::size_t extra_size) const;

 private:
  std::uint64_t alignment_;
};

std::string without_padding(const std::string& extra);
/// The bytes that an entry's local header would have without padding.
std::string local_header_without_padding(const File& file, const Entry& entry);
/// Adds an extra field to the bytes of a local header.
void append_extra_field(std::string& local_header, const std::string& field);

}  // namespace wheelfix::zip

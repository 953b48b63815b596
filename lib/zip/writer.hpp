#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/atomic_file.hpp"
#include "deflate/splice.hpp"
#include "zip/archive.hpp"
#include "zip/entry.hpp"
#include "zip/padding.hpp"

namespace wheelfix::zip {

/// Writes a ZIP archive front to back: unchanged entries of another archive, and new ones that are compressed
/// already. ZIP64's fields are made again, and only if a size, an offset or the count needs them. A large
/// range that is copied is padded (see Padding), by the local header that is written or copied before it.
///
/// Rejected: libzip's writer, which copies in pieces of 4 KiB (0.62 s for torch; `cp` takes 0.15 s), drops
/// extra fields, and converts times to the local zone and back.
class Writer {
 public:
  using Copied = std::function<void(std::uint64_t)>;

  /// Copies on `jobs` threads (see AtomicFile::append_from). `alignment`: see Padding.
  explicit Writer(AtomicFile& out, unsigned jobs = 1, std::uint64_t alignment = 0)
      : out_(out), jobs_(jobs), padding_(alignment) {}

  /// Copies entries of `source`, each beginning where the one before ends, headers included, in one copy.
  /// Only the padding of the first header may be different.
  void copy_run(const File& source, const std::vector<const Entry*>& entries, const Copied& copied);

  /// Copies an entry's compressed bytes under a new header, for another name, mode or extra fields.
  void copy_data(const File& source, const Entry& original, Entry header, const Copied& copied);

  /// A new entry, of bytes of `source` and new ones. `header` must have the CRC, sizes and method of `data`.
  void add(Entry header, const File& source, const std::vector<SplicePiece>& data, const Copied& copied);

  /// The central directory and the end records. Nothing can follow.
  void finish(const std::string& comment);

 private:
  /// `next`: what is copied after it.
  void put_local_header(Entry& header, const Range& next);
  void list(const Entry& entry, std::uint64_t header_offset);
  std::string padded_header(const File& source, const Entry& entry, std::uint64_t end) const;

  AtomicFile& out_;
  unsigned jobs_;
  Padding padding_;
  std::string directory_;  ///< the central headers so far
  std::uint64_t count_ = 0;
};

/// Sets the fields of an entry that we write ourselves: version needed, UTF-8 flag if the name needs it, no
/// data descriptor.
void normalize_header(Entry& header);

}  // namespace wheelfix::zip

#pragma once

#include <cstdint>

#pragma GCC visibility push(default)
namespace wheelfix {

/// What an archive may demand of its reader. Users who trust the file can raise each; over one is
/// Error{limit_exceeded}, or the finding `limit-exceeded`.
struct Limits {
  std::uint64_t max_entry_size = std::uint64_t{16}
                                 << 30;  ///< bytes of one entry's content; torch's largest has 1.5 GB
  std::uint64_t max_ratio = 400;         ///< content over compressed size, for entries over ratio_free_size
  std::uint64_t max_entries = 1'000'000;  ///< the largest wheels on the package index have some 20,000
  /// Bytes of METADATA, RECORD and the like, which are read whole; the largest known has 3 MB.
  std::uint64_t max_document_size = 16 << 20;
  /// Findings of one code and severity that are listed; the last of them counts the others. The only limit
  /// that doesn't refuse anything.
  std::uint64_t max_alike = 50;
  static constexpr std::uint64_t ratio_free_size = 16 << 20;
  /// The total size of the smaller entries that exceed max_ratio.
  static constexpr std::uint64_t ratio_free_total = std::uint64_t{512} << 20;
};

/// Bytes of a patch that is read or made, unless the caller sets another limit; the patches of whole Linux
/// kernels have some 100 MB, those of wheels some kB. The content that is patched may have half as many, or
/// eight times its compressed size: old and new content are in memory at once.
constexpr std::uint64_t usual_max_input_size = 64 << 20;

}  // namespace wheelfix
#pragma GCC visibility pop

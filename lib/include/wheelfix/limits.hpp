#pragma once

#include <cstdint>

#pragma GCC visibility push(default)
namespace wheelfix {

/// What an archive may ask of its reader. Each can be raised by who trusts the file; over one is
/// Error{limit_exceeded}, or the finding `limit-exceeded`.
struct Limits {
  std::uint64_t max_entry_size = std::uint64_t{16}
                                 << 30;  ///< bytes of one entry's content; torch's largest has 1.5 GB
  std::uint64_t max_ratio = 400;  ///< content over compressed size, asked of entries over ratio_free_size
  std::uint64_t max_entries = 1'000'000;  ///< the largest wheels on the package index have some 20,000
  /// Bytes of METADATA, RECORD and their like, which are read whole; the largest known has 3 MB.
  std::uint64_t max_document_size = 16 << 20;
  /// Findings of one code and severity that are told; the last of them counts the others. The one that isn't
  /// about a refusal.
  std::uint64_t max_alike = 50;
  static constexpr std::uint64_t ratio_free_size = 16 << 20;
  /// What all those smaller entries together may have that inflate to more than that.
  static constexpr std::uint64_t ratio_free_total = std::uint64_t{512} << 20;
};

/// Bytes of a patch, to be read or made, unless who asks for it says otherwise; the patches of whole Linux
/// kernels have some 100 MB, those of wheels some kB. What such a patch is for may have half as many, or
/// eight times what it is compressed to: old and new content are in memory at once.
constexpr std::uint64_t usual_max_input_size = 64 << 20;

}  // namespace wheelfix
#pragma GCC visibility pop

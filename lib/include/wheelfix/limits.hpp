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
  static constexpr std::uint64_t ratio_free_size = 16 << 20;
};

}  // namespace wheelfix
#pragma GCC visibility pop

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace wheelfix {

/// `50 kB`, `1.2 GB`, in decimal units.
std::string size_text(std::uint64_t bytes);

/// `2023-10-04T17:03:05.123456Z`, without the fraction if it is 0 (PEP 700). 64 bits of nanoseconds reach
/// from 1678 to 2262.
std::string utc_time(std::int64_t nanoseconds);

}  // namespace wheelfix

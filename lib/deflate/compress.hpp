#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wheelfix {

/// libdeflate's levels: 0 stores, 1 is fastest, 12 smallest.
constexpr int min_compression_level = 0;
constexpr int max_compression_level = 12;
constexpr int default_compression_level = 6;
/// Of a large RECORD, half of which is hashes, which no level compresses: level 6 takes 7.8 ms for torch's of
/// 1.07 MB and makes 460 kB of it, level 1 4.7 ms and 473 kB.
constexpr int large_record_level = 1;
constexpr std::size_t large_record = 512 << 10;

/// `content` as one raw DEFLATE stream, by libdeflate. The same bytes for the same content and level.
std::string deflate(std::string_view content, int level);

}  // namespace wheelfix

#pragma once

#include <string>
#include <string_view>

namespace wheelfix {

/// libdeflate's levels: 0 stores, 1 is fastest, 12 smallest.
constexpr int min_compression_level = 0;
constexpr int max_compression_level = 12;
constexpr int default_compression_level = 6;

/// `content` as one raw DEFLATE stream, by libdeflate. The same bytes for the same content and level.
std::string deflate(std::string_view content, int level);

}  // namespace wheelfix

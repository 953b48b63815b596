#include "deflate/stated_content.hpp"

#include <fmt/format.h>

#include <utility>
#include <wheelfix/error.hpp>

#include "deflate/inflate.hpp"

namespace wheelfix {

void StatedContent::take(std::string_view piece) {
  taken_ += piece.size();
  if (taken_ > size_)
    refuse(fmt::format("its content is longer than the {} bytes that the archive states", size_));
  taken_crc32_ = crc32(taken_crc32_, piece);
}

void StatedContent::end(std::uint64_t bytes_after) const {
  if (bytes_after > 0) refuse(fmt::format("{} bytes are after its compressed data", bytes_after));
  if (taken_ != size_)
    refuse(fmt::format("its content is {} bytes, not the {} that the archive states", taken_, size_));
  if (taken_crc32_ != crc32_)
    refuse(fmt::format("its content has the CRC-32 {:08x}, not {:08x} as the archive states", taken_crc32_,
                       crc32_));
}

void StatedContent::refuse(std::string message) const {
  throw Error(ErrorCode::bad_archive, subject_, std::move(message),
              "download the wheel again and compare its hash");
}

}  // namespace wheelfix

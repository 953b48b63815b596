#include "binary/checked_bytes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <wheelfix/error.hpp>

namespace wheelfix {

void refuse_binary(const std::string& subject, std::string message) {
  throw Error(ErrorCode::bad_binary, subject, std::move(message),
              "the library is damaged: download the wheel again, or ask its publisher");
}

std::uint64_t Fields::number(std::size_t at, std::size_t width) const {
  if (at > bytes_.size() || width > bytes_.size() - at) throw OutOfBytes("read past the end");
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < width; ++i)
    value = value << 8 | static_cast<unsigned char>(bytes_[at + (big_endian_ ? i : width - 1 - i)]);
  return value;
}

std::string CheckedBytes::bytes(std::uint64_t offset, std::uint64_t count, std::string_view what) const {
  if (offset > size_ || count > size_ - offset)
    refuse(fmt::format("{} ({} bytes at offset {:#x}) is cut short: the file has {} bytes", what, count,
                       in_file(offset), source_.size()));
  return source_.read(begin_ + offset, count);
}

std::string CheckedBytes::bytes_up_to(std::uint64_t offset, std::uint64_t count) const {
  const auto start = std::min(offset, size_);
  return source_.read(begin_ + start, std::min(count, size_ - start));
}

}  // namespace wheelfix

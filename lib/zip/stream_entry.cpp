#include "zip/stream_entry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <wheelfix/error.hpp>

#include "base/text.hpp"

namespace wheelfix::zip {

void stream_entry(const File& file, const Entry& entry, Inflater& inflater, const Inflater::Sink& sink) {
  const auto subject = fmt::format("{}: {}", file.path().string(), printable(entry.path));
  std::string buffer(
      static_cast<std::size_t>(std::min<std::uint64_t>(Inflater::buffer_size, entry.compressed_size)), '\0');
  std::uint64_t offset = entry.data_offset;
  const std::uint64_t end = offset + entry.compressed_size;
  const auto source = [&] {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), end - offset));
    file.read(offset, buffer.data(), size);
    offset += size;
    return std::string_view(buffer).substr(0, size);
  };
  const auto refuse = [&](std::string message) {
    throw Error(ErrorCode::bad_archive, subject, std::move(message),
                "download the wheel again and compare its hash");
  };
  std::uint32_t crc = 0;
  std::uint64_t produced = 0;
  const auto checked_sink = [&](std::string_view piece) {
    produced += piece.size();
    if (produced > entry.size)
      refuse(fmt::format("its content is longer than the {} bytes that the archive states", entry.size));
    crc = crc32(crc, piece);
    sink(piece);
  };
  if (entry.method == static_cast<std::uint16_t>(Method::stored)) {
    for (auto piece = source(); !piece.empty(); piece = source()) checked_sink(piece);
  } else {
    const auto totals = inflater.run(source, checked_sink, subject);
    if (totals.consumed != entry.compressed_size)
      refuse(fmt::format("{} bytes lie behind its compressed data", entry.compressed_size - totals.consumed));
  }
  if (produced != entry.size)
    refuse(fmt::format("its content is {} bytes, not the {} that the archive states", produced, entry.size));
  if (crc != entry.crc32)
    refuse(
        fmt::format("its content has the CRC-32 {:08x}, not {:08x} as the archive states", crc, entry.crc32));
}

}  // namespace wheelfix::zip

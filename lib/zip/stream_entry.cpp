#include "zip/stream_entry.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "deflate/stated_content.hpp"

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
  StatedContent stated(subject, entry.size, entry.crc32);
  const auto checked_sink = [&](std::string_view piece) {
    stated.take(piece);
    sink(piece);
  };
  std::uint64_t consumed = entry.compressed_size;
  if (entry.method == static_cast<std::uint16_t>(Method::stored)) {
    for (auto piece = source(); !piece.empty(); piece = source()) checked_sink(piece);
  } else {
    consumed = inflater.run(source, checked_sink, subject).consumed;
  }
  stated.end(entry.compressed_size - consumed);
}

}  // namespace wheelfix::zip

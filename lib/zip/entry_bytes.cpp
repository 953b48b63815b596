#include "zip/entry_bytes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <wheelfix/error.hpp>
#include <wheelfix/finding.hpp>

namespace wheelfix::zip {

EntryBytes::EntryBytes(const File& file, const Entry& entry, Inflater& inflater)
    : file_(file),
      entry_(entry),
      inflater_(inflater),
      subject_(fmt::format("{}: {}", file.path().string(), printable(entry.path))) {}

std::string EntryBytes::fetch(std::uint64_t offset, std::uint64_t count) {
  for (const auto& range : kept_) {
    if (offset >= range.offset && offset + count <= range.offset + range.bytes.size())
      return range.bytes.substr(offset - range.offset, count);
  }
  if (entry_.method == static_cast<std::uint16_t>(Method::stored))
    return file_.read(entry_.data_offset + offset, count);
  kept_.push_back({offset, inflate_range(offset, count)});
  return kept_.back().bytes;
}

std::string EntryBytes::inflate_range(std::uint64_t offset, std::uint64_t count) {
  if (!started_ || offset < piece_offset_) restart();
  std::string bytes;
  bytes.reserve(std::min<std::uint64_t>(count, 16 << 20));  // what the archive states may be a lie
  for (;;) {
    const auto wanted = offset + bytes.size();
    if (wanted < piece_offset_ + piece_.size())
      bytes += piece_.substr(wanted - piece_offset_, count - bytes.size());
    if (bytes.size() == count) return bytes;
    piece_offset_ += piece_.size();
    piece_ = inflater_.next();
    if (piece_.empty()) {
      throw Error(ErrorCode::bad_archive, subject_,
                  fmt::format("its content is {} bytes, not the {} that the archive states", piece_offset_,
                              entry_.size),
                  "download the wheel again and compare its hash");
    }
  }
}

void EntryBytes::restart() {
  started_ = true;
  compressed_.resize(std::min<std::uint64_t>(Inflater::buffer_size, entry_.compressed_size));
  consumed_ = 0;
  piece_offset_ = 0;
  piece_ = {};
  inflater_.begin([this] { return next_compressed(); }, subject_);
}

std::string_view EntryBytes::next_compressed() {
  const auto count = std::min<std::uint64_t>(compressed_.size(), entry_.compressed_size - consumed_);
  file_.read(entry_.data_offset + consumed_, compressed_.data(), count);
  consumed_ += count;
  return std::string_view(compressed_).substr(0, count);
}

}  // namespace wheelfix::zip

#include "zip/entry_bytes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <wheelfix/error.hpp>
#include <wheelfix/finding.hpp>

namespace wheelfix::zip {

namespace {

constexpr std::uint64_t most_snapshots = 48;
constexpr std::uint64_t least_interval = 4 << 20;

}  // namespace

EntryBytes::EntryBytes(const File& file, const Entry& entry, Inflater& inflater)
    : file_(file),
      entry_(entry),
      inflater_(inflater),
      subject_(fmt::format("{}: {}", file.path().string(), printable(entry.path))) {}

std::string EntryBytes::load(std::uint64_t offset, std::uint64_t count) {
  return is_stream() ? inflate_range(offset, count) : file_.read(entry_.data_offset + offset, count);
}

std::string_view EntryBytes::glance(std::uint64_t offset) {
  if (!is_stream()) return ByteSource::glance(offset);
  go_near(offset);
  while (offset - piece_offset_ >= piece_.size()) next_piece();
  return piece_.substr(offset - piece_offset_);
}

std::string EntryBytes::inflate_range(std::uint64_t offset, std::uint64_t count) {
  go_near(offset);
  std::string bytes;
  bytes.reserve(std::min<std::uint64_t>(count, 16 << 20));  // what the archive states may be a lie
  for (;; next_piece()) {
    const auto wanted = offset + bytes.size() - piece_offset_;
    if (wanted < piece_.size()) bytes += piece_.substr(wanted, count - bytes.size());
    if (bytes.size() == count) return bytes;
  }
}

/// To the last snapshot before, unless that is no further than the inflater is.
void EntryBytes::go_near(std::uint64_t offset) {
  const auto next =
      std::ranges::upper_bound(snapshots_, offset, {}, [](const auto& one) { return one.totals().produced; });
  const auto source = [this] { return next_compressed(); };
  const bool is_before = started_ && piece_offset_ <= offset;
  if (next == snapshots_.begin()) {
    if (is_before) return;
    started_ = true;
    compressed_.resize(std::min<std::uint64_t>(Inflater::buffer_size, entry_.compressed_size));
    consumed_ = piece_offset_ = 0;
    inflater_.begin(source, subject_);
  } else {
    const auto& snapshot = *std::prev(next);
    if (is_before && snapshot.totals().produced <= piece_offset_ + piece_.size()) return;
    consumed_ = snapshot.totals().consumed;
    piece_offset_ = snapshot.totals().produced;
    inflater_.resume(snapshot, source, subject_);
  }
  piece_ = {};
}

void EntryBytes::next_piece() {
  piece_offset_ += piece_.size();
  piece_ = inflater_.next();
  if (piece_.empty()) {
    throw Error(ErrorCode::bad_archive, subject_,
                fmt::format("its content is {} bytes, not the {} that the archive states", piece_offset_,
                            entry_.size),
                "download the wheel again and compare its hash");
  }
  const auto last = snapshots_.empty() ? 0 : snapshots_.back().totals().produced;
  if (piece_offset_ + piece_.size() >= last + std::max(least_interval, entry_.size / most_snapshots))
    snapshots_.push_back(inflater_.snapshot());
}

std::string_view EntryBytes::next_compressed() {
  const auto count = std::min<std::uint64_t>(compressed_.size(), entry_.compressed_size - consumed_);
  file_.read(entry_.data_offset + consumed_, compressed_.data(), count);
  consumed_ += count;
  return std::string_view(compressed_).substr(0, count);
}

}  // namespace wheelfix::zip

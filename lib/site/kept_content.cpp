#include "site/kept_content.hpp"

#include <algorithm>
#include <wheelfix/error.hpp>

#include "base/byte_edit.hpp"
#include "base/file.hpp"
#include "deflate/compress.hpp"
#include "deflate/inflate.hpp"
#include "site/site_paths.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t most_compressed = 64 << 20;
constexpr std::uint64_t copied_at_once = 1 << 20;

using ByteSink = std::function<void(std::string_view)>;

void stream_source(ByteSource& source, std::uint64_t size, const ByteSink& sink) {
  for (std::uint64_t at = 0; at < size; at += copied_at_once)
    sink(source.read(at, std::min(copied_at_once, size - at)));
}

void stream_file(const fs::path& path, const ByteSink& sink) {
  const auto file = File::open(path);
  FileBytes bytes(file);
  stream_source(bytes, file.size(), sink);
}

/// Of a file that isn't larger than `most_compressed` by much, unless somebody else wrote it.
void inflate_file(const fs::path& path, const ByteSink& sink) {
  const auto file = File::open(path);
  std::uint64_t at = 0;
  std::string piece;
  Inflater inflater;
  inflater.run(
      [&]() -> std::string_view {
        piece = file.read(at, static_cast<std::size_t>(std::min(copied_at_once, file.size() - at)));
        at += piece.size();
        return piece;
      },
      sink, path.string());
}

[[noreturn]] void refuse_damaged(const fs::path& path) {
  throw Error(ErrorCode::bad_wheel, path.string(), "isn't the content that was kept",
              "reinstall the package: that brings back what its wheel has");
}

/// The file as it is with the kept ranges in their places.
void stream_with_ranges(const fs::path& site, const AppliedFile& file, const ByteSink& sink) {
  const auto path = file_inside(site, file.path);
  std::uint64_t total = 0, end = 0;
  for (const auto& [offset, size] : file.kept->ranges) {
    if (offset < end || offset > file.before->size || size > file.before->size - offset) refuse_damaged(path);
    end = offset + size;
    total += size;
  }
  std::string bytes;
  if (!file.kept->file.empty())
    inflate_file(file_inside(site, file.kept->file), [&](std::string_view piece) {
      bytes += piece;
      if (bytes.size() > total) refuse_damaged(path);
    });
  if (bytes.size() != total) refuse_damaged(path);
  ContentEdits edits;
  std::size_t used = 0;
  for (const auto& [offset, size] : file.kept->ranges) {
    edits.overwrites.push_back({offset, bytes.substr(used, static_cast<std::size_t>(size))});
    used += static_cast<std::size_t>(size);
  }
  const auto current = File::open(path);
  FileBytes now(current);
  if (now.size() < file.before->size) refuse_damaged(path);
  EditedBytes original(now, edits);
  stream_source(original, file.before->size, sink);
}

}  // namespace

ByteRanges changed_ranges(const ContentEdits& edits, std::uint64_t size, const ByteRanges& others) {
  auto all = others;
  for (const auto& edit : edits.overwrites)
    if (edit.offset < size)
      all.emplace_back(edit.offset, std::min<std::uint64_t>(edit.bytes.size(), size - edit.offset));
  std::ranges::sort(all);
  ByteRanges joined;
  for (const auto& [offset, length] : all) {
    if (joined.empty() || offset > joined.back().first + joined.back().second) {
      joined.emplace_back(offset, length);
    } else {
      const auto end = std::max(joined.back().first + joined.back().second, offset + length);
      joined.back().second = end - joined.back().first;
    }
  }
  return joined;
}

KeptContent::How way_to_keep(std::uint64_t size) {
  return size <= most_compressed ? KeptContent::How::deflated : KeptContent::How::stored;
}

void stream_original(const fs::path& site, const AppliedFile& file, const ByteSink& sink) {
  if (!file.kept) return stream_file(file_inside(site, file.path), sink);
  switch (file.kept->how) {
    case KeptContent::How::deflated:
      return inflate_file(file_inside(site, file.kept->file), sink);
    case KeptContent::How::stored:
      return stream_file(file_inside(site, file.kept->file), sink);
    case KeptContent::How::ranges:
      return stream_with_ranges(site, file, sink);
  }
}

StagedContent content_to_keep(const fs::path& site, AppliedFile original, KeptContent kept) {
  return [site, original = std::move(original), kept = std::move(kept)](const ByteSink& sink) {
    if (kept.how == KeptContent::How::stored) return stream_original(site, original, sink);
    std::string bytes;
    std::uint64_t begin = 0;
    auto range = kept.ranges.begin();
    stream_original(site, original, [&](std::string_view piece) {
      if (kept.how == KeptContent::How::deflated) bytes += piece;
      const auto end = begin + piece.size();
      while (range != kept.ranges.end() && range->first < end) {
        const auto from = std::max(range->first, begin), to = std::min(range->first + range->second, end);
        bytes += piece.substr(from - begin, to - from);
        if (range->first + range->second > end) break;  // it goes on in the next piece
        ++range;
      }
      begin = end;
    });
    sink(deflate(bytes, default_compression_level));
  };
}

}  // namespace wheelfix

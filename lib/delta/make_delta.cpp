#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <wheelfix/delta.hpp>
#include <wheelfix/error.hpp>
#include <wheelfix/wheel_name.hpp>

#include "base/atomic_file.hpp"
#include "base/bytes.hpp"
#include "base/file_hash.hpp"
#include "base/made_folder.hpp"
#include "base/progress_meter.hpp"
#include "base/workers.hpp"
#include "deflate/compress.hpp"
#include "delta/delta_steps.hpp"
#include "wheel/contents.hpp"
#include "zip/archive.hpp"
#include "zip/end_record.hpp"
#include "zip/format.hpp"

namespace wheelfix {

namespace {

namespace fs = std::filesystem;

using Steps = std::vector<DeltaStep>;

constexpr std::uint64_t file_block = 4096, content_block = 32;

zip::Archive open_sound(const fs::path& path, const Limits& limits) {
  auto archive = zip::Archive::open(path, limits);
  throw_first_error(archive.findings(), ErrorCode::bad_archive);
  return archive;
}

/// An entry's path, without the version that a local label changes: `.dist-info/RECORD`.
std::string_view path_without_version(std::string_view path) {
  for (const std::string_view folder : {".dist-info/", ".data/"}) {
    const auto at = path.find(folder);
    if (at != std::string_view::npos && path.find('/') == at + folder.size() - 1) return path.substr(at);
  }
  return path;
}

void append_runs(Steps& steps, std::vector<MatchedRun> runs) {
  for (auto& run : runs) {
    if (const auto size = run.bytes.size(); size > 0)
      steps.push_back({.kind = DeltaStep::Kind::literal, .size = size, .bytes = std::move(run.bytes)});
    if (run.size > 0)
      steps.push_back({.kind = DeltaStep::Kind::copied, .offset = run.offset, .size = run.size});
  }
}

void append_step(Steps& steps, DeltaStep step) {
  using enum DeltaStep::Kind;
  if (step.size == 0) return;
  if (!steps.empty() && steps.back().kind == step.kind) {
    auto& last = steps.back();
    if (step.kind == literal) {
      last.bytes += step.bytes;
      last.size += step.size;
      return;
    }
    if (step.kind == copied && last.offset + last.size == step.offset) {
      last.size += step.size;
      return;
    }
  }
  steps.push_back(std::move(step));
}

/// A central header: all but the offset of its entry, which is apart.
struct CentralHeader {
  std::string other_bytes;
  std::uint64_t entry_offset = 0;
  std::uint64_t at = 0;  ///< in the file
  std::uint64_t size = 0;
};

std::vector<CentralHeader> central_headers(const File& file) {
  constexpr std::size_t names_at = 28, offset_at = 42, offset_size = 4;
  const auto end = zip::read_end_record(file);
  const auto bytes = file.read(end.directory_offset, static_cast<std::size_t>(end.directory_size));
  std::vector<CentralHeader> headers;
  for (ByteReader reader(bytes); reader.remaining() > 0;) {
    const auto begin = reader.position();
    reader.take(names_at);
    const auto names = std::uint64_t{reader.u16()} + reader.u16() + reader.u16();
    reader.take(offset_at - names_at - 6);
    const auto offset = reader.u32();
    reader.take(names);
    const auto size = reader.position() - begin;
    headers.push_back({.other_bytes = bytes.substr(begin, size),
                       .entry_offset = offset,
                       .at = end.directory_offset + begin,
                       .size = size});
    headers.back().other_bytes.replace(offset_at, offset_size, offset_size, '\0');
  }
  return headers;
}

class DeltaMaker {
 public:
  DeltaMaker(const fs::path& source, const fs::path& result, const DeltaOptions& options)
      : options_(options),
        source_(open_sound(source, options.limits)),
        result_(open_sound(result, options.limits)) {
    for (const auto& entry : source_.entries()) {
      by_path_.emplace(path_without_version(entry.path), &entry);
      by_data_.emplace(entry.crc32, &entry);
    }
  }

  Delta run() {
    std::vector<const zip::Entry*> entries;
    for (const auto& entry : result_.entries()) entries.push_back(&entry);
    std::ranges::sort(entries, {}, &zip::Entry::header_offset);
    std::vector<Steps> steps_of(entries.size());
    ProgressMeter meter("comparing", result_.file().size(), options_.progress);
    Delta delta{.source_sha256 = {},
                .result_sha256 = {},
                .source_size = source_.file().size(),
                .result_size = result_.file().size(),
                .result_name = result_.file().path().filename().string(),
                .steps = {}};
    for_each_parallel(entries.size() + 2, options_.jobs, [&](std::size_t i) {
      if (i == 0) delta.source_sha256 = hash_file(source_.file()).finish_as_hex();
      if (i == 1) delta.result_sha256 = hash_file(result_.file()).finish_as_hex();
      if (i < 2) return;
      steps_of[i - 2] = steps_of_entry(*entries[i - 2]);
      meter.add(entries[i - 2]->end_offset - entries[i - 2]->header_offset);
    });
    std::uint64_t done = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      append_literal(delta.steps, done, entries[i]->header_offset);
      for (auto& step : steps_of[i]) append_step(delta.steps, std::move(step));
      done = entries[i]->end_offset;
    }
    append_directory(delta.steps, done);
    source_.file().require_unchanged();
    result_.file().require_unchanged();
    return delta;
  }

 private:
  void append_literal(Steps& steps, std::uint64_t begin, std::uint64_t end) const {
    auto bytes = result_.file().read(begin, static_cast<std::size_t>(end - begin));
    append_step(steps, {.kind = DeltaStep::Kind::literal, .size = end - begin, .bytes = std::move(bytes)});
  }

  static bool have_one_size(const zip::Entry& a, const zip::Entry& b) {
    return a.crc32 == b.crc32 && a.size == b.size && a.compressed_size == b.compressed_size &&
           a.method == b.method;
  }

  /// The entry that this one was made from, or another with the same content.
  const zip::Entry* source_of(const zip::Entry& entry) const {
    const auto same_path = by_path_.find(path_without_version(entry.path));
    if (same_path != by_path_.end()) return same_path->second;
    const auto [begin, end] = by_data_.equal_range(entry.crc32);
    const auto found =
        std::find_if(begin, end, [&](const auto& other) { return have_one_size(*other.second, entry); });
    return found == end ? nullptr : found->second;
  }

  Steps steps_of_entry(const zip::Entry& entry) const {
    Steps steps;
    const auto* old = source_of(entry);
    if (old == nullptr) {
      append_literal(steps, entry.header_offset, entry.end_offset);
      return steps;
    }
    append_matches(steps, {old->header_offset, old->data_offset}, {entry.header_offset, entry.data_offset});
    const auto data_end = entry.data_offset + entry.compressed_size,
               old_data_end = old->data_offset + old->compressed_size;
    auto deflated = have_one_size(entry, *old) ? std::nullopt : deflated_step(*old, entry);
    if (deflated) {
      steps.push_back(std::move(*deflated));
    } else {
      append_matches(steps, {old->data_offset, old_data_end}, {entry.data_offset, data_end});
    }
    append_matches(steps, {old_data_end, old->end_offset}, {data_end, entry.end_offset});
    return steps;
  }

  using Place = std::pair<std::uint64_t, std::uint64_t>;

  void append_matches(Steps& steps, const Place& old, const Place& now) const {
    FileBytes old_bytes(source_.file()), now_bytes(result_.file());
    append_runs(steps, match_bytes({old_bytes, old.first, old.second}, {now_bytes, now.first, now.second},
                                   file_block, most_delta_bytes));
  }

  /// If the new data is what `write` makes of the content.
  std::optional<DeltaStep> deflated_step(const zip::Entry& old, const zip::Entry& entry) const {
    constexpr auto is_small = [](const zip::Entry& each) {
      return each.method == static_cast<std::uint16_t>(zip::Method::deflated) &&
             each.size <= most_deflated_content;
    };
    if (!is_small(old) || !is_small(entry)) return std::nullopt;
    const auto content = result_.read(entry);
    const auto stream =
        result_.file().read(entry.data_offset, static_cast<std::size_t>(entry.compressed_size));
    const auto makes_it = [&](int level) { return deflate(content, level) == stream; };
    constexpr std::array levels = {default_compression_level, large_record_level};
    const auto level = std::ranges::find_if(levels, makes_it);
    if (level == levels.end()) return std::nullopt;
    const auto old_content = source_.read(old);
    MemoryBytes old_bytes(old_content), bytes(content);
    return DeltaStep{.kind = DeltaStep::Kind::deflated,
                     .offset = old.data_offset,
                     .size = entry.compressed_size,
                     .stream_size = old.compressed_size,
                     .level = static_cast<std::uint64_t>(*level),
                     .runs = match_bytes({old_bytes, 0, old_content.size()}, {bytes, 0, content.size()},
                                         content_block, most_delta_bytes)};
  }

  void append_directory(Steps& steps, std::uint64_t done) const {
    std::unordered_map<std::string, const CentralHeader*> known;
    const auto old_headers = central_headers(source_.file());
    for (const auto& header : old_headers) known.emplace(header.other_bytes, &header);
    for (const auto& header : central_headers(result_.file())) {
      append_literal(steps, done, header.at);
      done = header.at + header.size;
      const auto old = known.find(header.other_bytes);
      if (old == known.end() ||
          std::max(header.entry_offset, old->second->entry_offset) >= zip::zip64_marker32) {
        append_literal(steps, header.at, done);
      } else {
        append_header(steps, *old->second, header.entry_offset - old->second->entry_offset);
      }
    }
    append_literal(steps, done, result_.file().size());
  }

  static void append_header(Steps& steps, const CentralHeader& old, std::uint64_t shift) {
    auto* last = steps.empty() ? nullptr : &steps.back();
    if (last != nullptr && last->kind == DeltaStep::Kind::headers && last->shift == shift &&
        last->offset + last->size == old.at) {
      last->size += old.size;
    } else {
      steps.push_back({.kind = DeltaStep::Kind::headers, .offset = old.at, .size = old.size, .shift = shift});
    }
  }

  const DeltaOptions& options_;
  zip::Archive source_, result_;
  std::unordered_map<std::string_view, const zip::Entry*> by_path_;
  std::multimap<std::uint32_t, const zip::Entry*> by_data_;
};

}  // namespace

void make_delta(const fs::path& source, const fs::path& result, const fs::path& output,
                const DeltaOptions& options) {
  (void)WheelName::parse(result.filename().string());
  refuse_existing_file(output, options);
  const auto bytes = DeltaMaker(source, result, options).run().to_bytes();
  MadeFolder folder;
  folder.make(output.has_parent_path() ? output.parent_path() : fs::path("."));
  AtomicFile file(output, options.overwrite ? Existing::replace : Existing::refuse);
  file.append(bytes);
  file.commit(Durability::none);
  folder.keep();
}

}  // namespace wheelfix

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>
#include <wheelfix/edit.hpp>
#include <wheelfix/error.hpp>

#include "base/atomic_file.hpp"
#include "base/hash.hpp"
#include "base/progress_meter.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"
#include "deflate/compress.hpp"
#include "wheel/contents.hpp"
#include "wheel/dos_time.hpp"
#include "wheel/hash_rows.hpp"
#include "wheel/plan.hpp"
#include "wheel/record_update.hpp"
#include "zip/writer.hpp"

namespace wheelfix {

namespace {

/// New content, hashed and compressed, under the header that it gets.
struct EncodedEntry {
  zip::Entry header;
  std::string data;
  std::string hash;
};

bool has_suffix_of_library(std::string_view path) {
  const auto name = path.substr(path.rfind('/') + 1);
  return name.ends_with(".so") || name.ends_with(".dylib") || name.ends_with(".pyd") ||
         name.find(".so.") != std::string_view::npos;
}

bool keeps_times(std::uint16_t id) {
  return id != zip::extra_id::unix_times && id != zip::extra_id::ntfs_times;
}

/// A field that repeats the name would be wrong under another one.
bool keeps_name(std::uint16_t id) {
  return id != zip::extra_id::unicode_path;
}

class WheelWriter {
 public:
  WheelWriter(const WheelEdit& edit, const WriteOptions& options)
      : edit_(edit),
        wheel_(edit.wheel()),
        options_(options),
        plan_(make_plan(edit)),
        stamp_(dos_stamp(options.source_date_epoch, wheel_)) {}

  WriteResult run() {
    if (options_.level < min_compression_level || options_.level > max_compression_level) {
      throw Error(ErrorCode::usage, "--level", fmt::format("{} is no compression level", options_.level),
                  "it goes from 0 to 12");
    }
    result_.output = (options_.dest_dir / edit_.output_name().to_string()).lexically_normal();
    refuse_own_source();
    check_old_rows();
    encode_new_content();
    make_record();
    list_changes();
    if (options_.dry_run) return std::move(result_);
    write_archive();
    return std::move(result_);
  }

 private:
  const zip::Archive& archive() const { return wheel_.archive(); }

  void refuse_own_source() const {
    if (archive().file().is_same_file(result_.output)) {
      throw Error(ErrorCode::output_exists, result_.output.string(),
                  "is the source itself, which is never written over",
                  "give another --dest-dir or a --suffix");
    }
    std::error_code failure;
    if (!options_.overwrite && std::filesystem::exists(result_.output, failure)) {
      throw Error(ErrorCode::output_exists, result_.output.string(), "exists already",
                  "use --overwrite to replace it, or another --dest-dir");
    }
  }

  void note(std::string code, Severity severity, std::string path, std::string message) {
    result_.notes.push_back(
        {std::move(code), severity, wheel_.path().string(), std::move(path), std::move(message), {}});
  }

  /// What we change must have been what RECORD says it was.
  void check_old_rows() {
    for (const auto& entry : plan_.entries) {
      if (entry.content && entry.source != nullptr) check_old_row(*entry.source);
    }
  }

  void check_old_row(const zip::Entry& entry) {
    const auto* row = wheel_.record().find(entry.path);
    if (row == nullptr || row->hash.empty()) return;
    const auto algorithm = algorithm_of(*row);
    Hasher hasher(algorithm.value_or(HashAlgorithm::sha256));
    hasher.update(wheel_.read(entry.path));
    const auto actual = hasher.finish_for_record();
    if (unpadded_hash(*row) == actual && (row->size.empty() || row->size == std::to_string(entry.size)))
      return;
    const auto recorded = printable(row->hash);
    const auto message =
        algorithm
            ? fmt::format("RECORD says {} and {} bytes, the entry has {} and {} bytes", recorded, row->size,
                          actual, entry.size)
            : fmt::format("RECORD vouches for it by {} only; sha256 or stronger is asked for", recorded);
    if (!options_.force) {
      throw Error(ErrorCode::bad_wheel, archive().subject(entry), message,
                  "the wheel was changed without its RECORD: get the original, or use --force");
    }
    note("record-hash-mismatch", Severity::warning, entry.path, message + "; the new RECORD is right");
  }

  zip::Entry header_for(const PlannedEntry& entry) const {
    zip::Entry header = entry.source != nullptr ? archive().with_local_extra(*entry.source) : zip::Entry{};
    if (header.raw_name != entry.path) {  // renamed, or in code page 437, which is written as UTF-8
      header.extra = zip::filter_extra_fields(header.extra, keeps_name);
      header.local_extra = zip::filter_extra_fields(header.local_extra, keeps_name);
      header.path = header.raw_name = entry.path;
    }
    if (entry.source == nullptr) {
      header.version_made_by = 3 << 8 | 20;  // Unix, APPNOTE 2.0
      const bool is_program =
          has_suffix_of_library(entry.path) || entry.path.find(".data/scripts/") != std::string::npos;
      header.external_attributes = (0100000U | entry.mode.value_or(is_program ? 0755 : 0644)) << 16;
    } else if (entry.mode) {
      header.version_made_by = static_cast<std::uint16_t>(3 << 8 | (header.version_made_by & 0xFF));
      header.external_attributes = (header.external_attributes & 0xFFFF) | (0100000U | *entry.mode) << 16;
    }
    return header;
  }

  EncodedEntry encode(const PlannedEntry& entry) const {
    EncodedEntry encoded{.header = header_for(entry),
                         .data = deflate(*entry.content, options_.level),
                         .hash = record_hash(*entry.content)};
    auto& header = encoded.header;
    const bool is_smaller = encoded.data.size() < entry.content->size();
    if (!is_smaller) encoded.data = *entry.content;
    header.method = static_cast<std::uint16_t>(is_smaller ? zip::Method::deflated : zip::Method::stored);
    header.flags = static_cast<std::uint16_t>(header.flags & zip::flag::utf8_name);
    header.crc32 = crc32(0, *entry.content);
    header.size = entry.content->size();
    header.compressed_size = encoded.data.size();
    header.dos_date = stamp_.date;
    header.dos_time = stamp_.time;
    header.extra = zip::filter_extra_fields(header.extra, keeps_times);
    header.local_extra = zip::filter_extra_fields(header.local_extra, keeps_times);
    return encoded;
  }

  void encode_new_content() {
    encoded_.resize(plan_.entries.size());
    std::vector<std::size_t> work;
    for (std::size_t i = 0; i < plan_.entries.size(); ++i) {
      if (plan_.entries[i].content) work.push_back(i);
    }
    for_each_parallel(work.size(), options_.jobs, [&](std::size_t i) {
      encoded_[work[i]] = std::make_unique<EncodedEntry>(encode(plan_.entries[work[i]]));
    });
  }

  /// The hash of an entry that stays but has no row yet.
  std::string hash_of(const zip::Entry& entry) const {
    Inflater inflater;
    Hasher hasher;
    archive().stream(entry, inflater, [&](std::string_view piece) { hasher.update(piece); });
    return hasher.finish_for_record();
  }

  void make_record() {
    std::vector<RecordedEntry> recorded;
    for (std::size_t i = 0; i < plan_.entries.size(); ++i) {
      const auto& entry = plan_.entries[i];
      if (entry.path.ends_with('/')) continue;
      RecordedEntry row{.path = entry.path, .row_path = entry.row_path(), .new_hash = {}, .size = 0};
      if (encoded_[i]) {
        row.new_hash = encoded_[i]->hash;
        row.size = encoded_[i]->header.size;
      } else {
        row.size = entry.source->size;
        if (wheel_.record().find(entry.row_path()) == nullptr) {
          row.new_hash = hash_of(*entry.source);
          note("record-missing-row", Severity::warning, entry.path, "had no row in RECORD; it has one now");
        }
      }
      recorded.push_back(std::move(row));
    }
    const auto was_entry = [&](std::string_view path) { return wheel_.find(path).has_value(); };
    const auto update = update_record(wheel_.record(), wheel_.dist_info() + "/RECORD", plan_.record_path,
                                      recorded, was_entry);
    refuse_stale(update.stale);
    encode_record(update.record);
  }

  void refuse_stale(const std::vector<std::string>& stale) {
    if (stale.empty()) return;
    if (!options_.force) {
      throw Error(ErrorCode::bad_wheel, wheel_.path().string() + ": " + printable(stale.front()),
                  stale.size() == 1
                      ? "is in RECORD, but not in the wheel"
                      : fmt::format("and {} more are in RECORD, but not in the wheel", stale.size() - 1),
                  "add the file to this run, or drop the rows with --force");
    }
    for (const auto& path : stale)
      note("record-missing-entry", Severity::warning, path,
           "was in RECORD, but not in the wheel; its row is dropped");
  }

  void encode_record(const Record& record) {
    PlannedEntry entry{.source = plan_.record,
                       .path = plan_.record_path,
                       .edited_path = {},
                       .content = record.to_string(),
                       .mode = {},
                       .how = {How::record}};
    if (plan_.record_path != plan_.record->path) entry.how.insert(How::renamed);
    encoded_.push_back(std::make_unique<EncodedEntry>(encode(entry)));
    plan_.entries.push_back(std::move(entry));
  }

  void list_changes() {
    for (const auto& entry : plan_.entries) {
      for (const auto how : entry.how) result_.changed.push_back({entry.path, how});
    }
    for (const auto& path : plan_.removed) result_.changed.push_back({path, How::removed});
    for (const auto& path : plan_.signatures) {
      result_.changed.push_back({path, How::removed});
      note("record-signature", Severity::warning, path, "is dropped: it signed the RECORD of the old wheel");
    }
  }

  void write_archive() {
    std::error_code failure;
    std::filesystem::create_directories(options_.dest_dir, failure);
    if (failure) throw_io_error(options_.dest_dir, "make the folder", failure.value());
    AtomicFile file(result_.output, options_.overwrite ? Existing::replace : Existing::refuse);
    copy_and_add(file);
    read_back(file);
    file.commit(options_.sync ? Durability::sync : Durability::none);
  }

  void copy_and_add(AtomicFile& file) {
    ProgressMeter meter("writing", archive().file().size(), options_.progress);
    const auto copied = [&](std::uint64_t bytes) { meter.add(bytes); };
    zip::Writer writer(file, options_.jobs);
    std::vector<const zip::Entry*> run;
    const auto flush = [&] {
      writer.copy_run(archive().file(), run, copied);
      run.clear();
    };
    for (std::size_t i = 0; i < plan_.entries.size(); ++i) {
      const auto& entry = plan_.entries[i];
      const bool continues =
          entry.is_unchanged() && !run.empty() && run.back()->end_offset == entry.source->header_offset;
      if (!continues) flush();
      if (entry.is_unchanged()) {
        run.push_back(entry.source);
      } else if (encoded_[i]) {
        writer.add(std::move(encoded_[i]->header), encoded_[i]->data);
      } else {
        writer.copy_data(archive().file(), *entry.source, header_for(entry), copied);
      }
    }
    flush();
    writer.finish(archive().comment());
  }

  /// Both readers must find the new archive sound, with just the planned entries, and the new content in
  /// them.
  void read_back(const AtomicFile& file) const {
    const auto refuse = [&](const std::string& message) {
      throw Error(ErrorCode::bad_archive, result_.output.string(),
                  "the new wheel reads back wrong: " + message, "please report this as a bug of wheelfix");
    };
    constexpr auto any = std::numeric_limits<std::uint64_t>::max();
    const Limits no_limits{.max_entry_size = any, .max_ratio = any, .max_entries = any};
    const auto written = zip::Archive::open(file.reopen(), no_limits);
    for (const auto& finding : written.findings()) {
      if (finding.severity == Severity::error)
        refuse(printable(finding.path.value_or("")) + " " + finding.message);
    }
    if (written.entries().size() != plan_.entries.size())
      refuse(fmt::format("{} entries, not {}", written.entries().size(), plan_.entries.size()));
    for (std::size_t i = 0; i < plan_.entries.size(); ++i) {
      const auto& entry = written.entries()[i];
      const auto& planned = plan_.entries[i];
      if (entry.path != planned.path)
        refuse(fmt::format("{} where {} should be", printable(entry.path), printable(planned.path)));
      if (planned.content && written.read(entry) != *planned.content)
        refuse(printable(entry.path) + " has other content");
    }
    throw_first_error(read_contents(written).findings,
                      ErrorCode::bad_wheel);  // a patch may have broken WHEEL
  }

  const WheelEdit& edit_;
  const Wheel& wheel_;
  const WriteOptions& options_;
  Plan plan_;
  DosStamp stamp_;
  std::vector<std::unique_ptr<EncodedEntry>>
      encoded_;  ///< beside plan_.entries; null where the source's data stays
  WriteResult result_;
};

}  // namespace

WriteResult write(const WheelEdit& edit, const WriteOptions& options) {
  return WheelWriter(edit, options).run();
}

}  // namespace wheelfix

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <limits>
#include <memory>
#include <utility>
#include <wheelfix/edit.hpp>
#include <wheelfix/error.hpp>

#include "base/background.hpp"
#include "base/finding_sink.hpp"
#include "base/growing_file_hash.hpp"
#include "base/hash.hpp"
#include "base/progress_meter.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"
#include "wheel/archive_of.hpp"
#include "wheel/contents.hpp"
#include "wheel/dos_time.hpp"
#include "wheel/entry_encoder.hpp"
#include "wheel/hash_rows.hpp"
#include "wheel/new_errors.hpp"
#include "wheel/plan.hpp"
#include "wheel/prepared_wheel.hpp"
#include "wheel/record_update.hpp"
#include "zip/writer.hpp"

namespace wheelfix {

namespace {

constexpr std::uint64_t most_notes_alike = 10'000;

class WheelWriter {
 public:
  WheelWriter(const WheelEdit& edit, const WriteOptions& options, MadeFolder& folder)
      : folder_(folder),
        edit_(edit),
        wheel_(edit.wheel()),
        options_(options),
        plan_(make_plan(edit)),
        encoder_(wheel_, options, dos_stamp(options.source_date_epoch, wheel_)),
        notes_(wheel_.path().string(), most_notes_alike) {}

  PreparedWheel run() {
    result_.output = output_path(edit_, options_);
    encode_new_data();
    check_old_rows();
    make_record();
    list_changes();
    auto file = options_.dry_run ? nullptr : write_archive();
    check();
    result_.notes = notes_.take();
    return {std::move(result_), std::move(file)};
  }

 private:
  const zip::Archive& archive() const { return archive_of(wheel_); }

  /// What we change must have been what RECORD says it was.
  void check_old_rows() {
    for (std::size_t i = 0; i < encoded_.size(); ++i) {
      if (encoded_[i] && plan_.entries[i].source != nullptr)
        check_old_row(*plan_.entries[i].source, encoded_[i]->old_hash);
    }
  }

  void check_old_row(const zip::Entry& entry, const std::string& actual) {
    const auto* row = wheel_.record().find(entry.path);
    if (row == nullptr || row->hash.empty()) return;
    const auto algorithm = algorithm_of(*row);
    if (comparable_hash(*row) == actual && (row->size.empty() || row->size == std::to_string(entry.size)))
      return;
    const auto recorded = printable(row->hash);
    const auto message =
        algorithm ? fmt::format("RECORD says {} and {} bytes, the entry has {} and {} bytes", recorded,
                                row->size, actual, entry.size)
                  : fmt::format("RECORD has only its {} hash; sha256 or stronger is required", recorded);
    if (!options_.force) {
      throw Error(ErrorCode::bad_wheel, archive().subject(entry), message,
                  "the wheel was changed without its RECORD: download the original, or use --force");
    }
    notes_.warning(FindingCode::record_hash_mismatch, entry.path, message + "; the new RECORD is right");
  }

  void encode_new_data() {
    encoded_.resize(plan_.entries.size());
    const auto cost = [&](std::size_t i) {
      return plan_.entries[i].byte_edits == nullptr ? 0 : plan_.entries[i].source->compressed_size;
    };
    std::vector<std::size_t> work;
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < plan_.entries.size(); ++i) {
      if (!plan_.entries[i].has_new_data()) continue;
      work.push_back(i);
      total += cost(i);
    }
    std::ranges::stable_sort(work, std::ranges::greater(), cost);  // so that no large one is left for the end
    ProgressMeter meter("editing", total, options_.progress);
    for_each_parallel(work.size(), options_.jobs, [&](std::size_t i) {
      encoded_[work[i]] = std::make_unique<EncodedEntry>(
          encoder_.encode(plan_.entries[work[i]], [&](std::uint64_t bytes) { meter.add(bytes); }));
    });
  }

  static std::string hash_of(const zip::Archive& archive, const zip::Entry& entry) {
    Inflater inflater;
    Hasher hasher;
    archive.stream(entry, inflater, [&](std::string_view piece) { hasher.update(piece); });
    return hasher.finish_for_record();
  }

  void make_record() {
    std::vector<RecordedEntry> recorded;
    recorded.reserve(plan_.entries.size());
    const auto& rows = wheel_.record().rows();
    std::size_t next = 0;  // the rows are mostly in the order of the entries
    const auto has_row = [&](const std::string& path) {
      if (next < rows.size() && rows[next].path == path) return ++next, true;
      const auto* row = wheel_.record().find(path);
      if (row != nullptr) next = static_cast<std::size_t>(row - rows.data()) + 1;
      return row != nullptr;
    };
    for (std::size_t i = 0; i < plan_.entries.size(); ++i) {
      const auto& entry = plan_.entries[i];
      if (entry.path.ends_with('/')) continue;
      RecordedEntry row{.path = entry.path, .row_path = entry.row_path(), .new_hash = {}, .size = 0};
      if (encoded_[i]) {
        row.new_hash = encoded_[i]->hash;
        row.size = encoded_[i]->header.size;
      } else {
        row.size = entry.source->size;
        if (!has_row(entry.row_path())) {
          row.new_hash = hash_of(archive(), *entry.source);
          notes_.warning(FindingCode::record_missing_row, entry.path, "had no row in RECORD; it has one now");
        }
      }
      recorded.push_back(std::move(row));
    }
    const auto was_entry = [&](std::string_view path) { return wheel_.find(path).has_value(); };
    auto update = update_record(wheel_.record(), wheel_.dist_info() + "/RECORD", plan_.record_path, recorded,
                                was_entry);
    refuse_stale(update.stale);
    encode_record(std::move(update.record));
  }

  void refuse_stale(const std::vector<std::string>& stale) {
    if (stale.empty()) return;
    if (!options_.force) {
      throw Error(
          ErrorCode::bad_wheel, wheel_.path().string() + ": " + printable(stale.front()),
          fmt::format("is in RECORD, but not in the wheel{}",
                      stale.size() == 1 ? "" : fmt::format("; {} in all", counted(stale.size(), "row"))),
          "add the file to this run, or drop the rows with --force");
    }
    for (const auto& path : stale)
      notes_.warning(FindingCode::record_missing_entry, path,
                     "was in RECORD, but not in the wheel; its row is dropped");
  }

  void keep(const zip::Entry& source) {
    PlannedEntry entry;
    entry.source = &source;
    entry.path = source.path;
    if (entry.has_faulty_header()) entry.how.insert(How::header);
    plan_.entries.push_back(std::move(entry));
    encoded_.push_back(nullptr);
  }

  void encode_record(std::string text) {
    if (plan_.record_path == plan_.record->path && text == wheel_.record().to_string()) {
      keep(*plan_.record);  // and what signs it
      for (const auto& path : std::exchange(plan_.signatures, {}))
        keep(*std::ranges::find(archive().entries(), path, &zip::Entry::path));
      if (plan_.removed.empty() && std::ranges::all_of(plan_.entries, &PlannedEntry::is_unchanged))
        std::ranges::sort(plan_.entries, {},
                          &PlannedEntry::source);  // in the source's order, so all is the same
      return;
    }
    PlannedEntry entry{.source = plan_.record,
                       .path = plan_.record_path,
                       .edited_path = {},
                       .content = std::make_shared<const std::string>(std::move(text)),
                       .byte_edits = nullptr,
                       .mode = {},
                       .how = {How::record}};
    if (plan_.record_path != plan_.record->path) entry.how.insert(How::renamed);
    plan_.entries.push_back(std::move(entry));
    encoded_.emplace_back();
    encoded_record_ = in_background(resolve_jobs(options_.jobs) > 1, [this] {
      return std::make_unique<EncodedEntry>(encoder_.encode(plan_.entries.back(), {}));
    });
  }

  void list_changes() {
    for (const auto& entry : plan_.entries) {
      for (const auto how : entry.how) result_.changed.push_back({entry.path, how});
    }
    for (const auto& path : plan_.removed) result_.changed.push_back({path, How::removed});
    for (const auto& path : plan_.signatures) {
      result_.changed.push_back({path, How::removed});
      notes_.warning(FindingCode::record_signature, path,
                     "is dropped: it signed the RECORD of the old wheel");
    }
  }

  /// The caller's own, once.
  void check() {
    if (options_.check && !std::exchange(is_checked_, true)) options_.check();
  }

  std::unique_ptr<AtomicFile> write_archive() {
    folder_.make(options_.dest_dir);
    auto file = std::make_unique<AtomicFile>(result_.output,
                                             options_.overwrite ? Existing::replace : Existing::refuse);
    std::optional<GrowingFileHash> hash;
    if (options_.hash) hash.emplace(file->reopen(), options_.jobs);
    copy_and_add(*file, hash);
    read_back(*file);
    if (hash) result_.sha256 = hash->finish();
    return file;
  }

  void copy_and_add(AtomicFile& file, std::optional<GrowingFileHash>& hash) {
    ProgressMeter meter("writing", archive().file().size(), options_.progress);
    const auto copied = [&](std::uint64_t bytes) {
      meter.add(bytes);
      if (hash) hash->advance(file.size());
    };
    zip::Writer writer(file, options_.jobs, options_.alignment);
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
      if (i + 1 == plan_.entries.size() && encoded_record_.valid()) {
        check();
        encoded_[i] = encoded_record_.get();
      }
      if (entry.is_unchanged()) {
        run.push_back(entry.source);
      } else if (encoded_[i]) {
        writer.add(encoded_[i]->header, archive().file(), encoded_[i]->data, copied);
      } else {
        writer.copy_data(archive().file(), *entry.source, header_for(archive(), entry), copied);
      }
    }
    flush();
    writer.finish(archive().comment());
    if (hash) hash->advance(file.size());
    meter.finish();
  }

  /// Both readers must find the new archive sound, with exactly the planned entries and their new content.
  void read_back(const AtomicFile& file) {
    constexpr auto any = std::numeric_limits<std::uint64_t>::max();
    const Limits no_limits{
        .max_entry_size = any, .max_ratio = any, .max_entries = any, .max_document_size = any};
    const auto compare = [&](const zip::Archive& archive) {
      read_back_entries(archive);
      const auto contents = read_contents(archive, no_limits);
      throw_first_error(contents.findings, ErrorCode::bad_wheel);  // a patch may have broken WHEEL
      const auto& last = plan_.entries.back();
      if (is_new_record(last) && contents.record->to_string() != *last.content)
        refuse_content(archive.entries().back());
      refuse_new_errors(archive, contents);
    };
    // libzip has compared the source's local headers with its directory, and ours compares all of the new
    // ones.
    const auto written =
        zip::Archive::open(file.reopen(), no_limits, compare, {.check = zip::LibzipCheck::directory});
    for (const auto& finding : written.findings()) {
      if (finding.severity == Severity::error)
        refuse_written(printable(finding.path.value_or("")) + " " + finding.message);
    }
  }

  [[noreturn]] void refuse_written(const std::string& message) const {
    throw Error(ErrorCode::bad_archive, result_.output.string(), "the new wheel reads back wrong: " + message,
                "please report this as a bug of wheelfix");
  }

  [[noreturn]] void refuse_content(const zip::Entry& entry) const {
    refuse_written(printable(entry.path) + " has other content");
  }

  bool is_new_record(const PlannedEntry& entry) const {
    return entry.content && entry.path == plan_.record_path;
  }

  /// In pieces, because the content may be a large library.
  static bool has_content(const zip::Archive& written, const zip::Entry& entry, std::string_view content) {
    Inflater inflater;
    bool is_same = true;
    written.stream(entry, inflater, [&](std::string_view piece) {
      is_same = is_same && content.starts_with(piece);
      if (is_same) content.remove_prefix(piece.size());
    });
    return is_same && content.empty();
  }

  /// All but RECORD, whose content is compared when it has been parsed.
  void read_back_entries(const zip::Archive& written) const {
    if (written.entries().size() != plan_.entries.size())
      refuse_written(fmt::format("{} entries, not {}", written.entries().size(), plan_.entries.size()));
    for (std::size_t i = 0; i < plan_.entries.size(); ++i) {
      const auto& entry = written.entries()[i];
      const auto& planned = plan_.entries[i];
      if (entry.path != planned.path)
        refuse_written(fmt::format("{} where {} should be", printable(entry.path), printable(planned.path)));
      if (planned.content && !is_new_record(planned) && !has_content(written, entry, *planned.content))
        refuse_content(entry);
    }
    read_back_edited(written);
  }

  /// Refuses what `verify` would call an error in the new wheel, and not in the source.
  void refuse_new_errors(const zip::Archive& written, const WheelContents& contents) {
    for (auto& finding : new_errors(archive(), written, contents)) {
      if (!options_.force) {
        throw Error(ErrorCode::bad_wheel,
                    result_.output.string() + ": " + printable(finding.path.value_or("")),
                    finding.message + "; the source doesn't have this error; nothing is written",
                    finding.hint + "; --force writes it anyway");
      }
      notes_.warning(finding.code, finding.path.value_or(""), finding.message);
    }
  }

  /// Entries edited in places. The new blocks of a spliced one were read back before, and must be where they
  /// should be; all of it is inflated if that was requested, or if it was compressed whole.
  void read_back_edited(const zip::Archive& written) const {
    std::vector<std::size_t> work;
    for (std::size_t i = 0; i < plan_.entries.size(); ++i) {
      if (plan_.entries[i].byte_edits == nullptr) continue;
      const auto& encoded = *encoded_[i];
      const auto& entry = written.entries()[i];
      if (!encoded.is_spliced || options_.verification == Verification::always) {
        work.push_back(i);
      } else if (!has_new_bytes(written.file(), entry, encoded.data)) {
        refuse_content(entry);
      }
    }
    for_each_parallel(work.size(), options_.jobs, [&](std::size_t i) {
      const auto& entry = written.entries()[work[i]];
      if (hash_of(written, entry) != encoded_[work[i]]->hash) refuse_content(entry);
    });
  }

  static bool has_new_bytes(const File& file, const zip::Entry& entry, const std::vector<SplicePiece>& data) {
    if (entry.compressed_size != total_size(data)) return false;
    auto offset = entry.data_offset;
    return std::ranges::all_of(data, [&](const SplicePiece& piece) {
      const auto begin = std::exchange(offset, offset + piece.size);
      return piece.bytes.empty() || file.read(begin, piece.size) == piece.bytes;
    });
  }

  MadeFolder& folder_;
  const WheelEdit& edit_;
  const Wheel& wheel_;
  const WriteOptions& options_;
  Plan plan_;
  EntryEncoder encoder_;
  /// One for each of plan_.entries; null if the source's data stays.
  std::vector<std::unique_ptr<EncodedEntry>> encoded_;
  WriteResult result_;
  FindingSink notes_;
  /// RECORD's, the last one, which is made while the others are copied: for torch it takes 12 ms.
  std::future<std::unique_ptr<EncodedEntry>> encoded_record_;
  bool is_checked_ = false;
};

}  // namespace

PreparedWheel prepare_wheel(const WheelEdit& edit, const WriteOptions& options, MadeFolder& folder) {
  return WheelWriter(edit, options, folder).run();
}

}  // namespace wheelfix

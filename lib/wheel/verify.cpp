#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <unordered_set>
#include <utility>
#include <wheelfix/error.hpp>
#include <wheelfix/verify.hpp>

#include "base/finding_sink.hpp"
#include "base/hash.hpp"
#include "base/progress_meter.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"
#include "wheel/contents.hpp"
#include "wheel/document_checks.hpp"
#include "wheel/hash_rows.hpp"
#include "wheel/layout_checks.hpp"
#include "wheel/other_kinds.hpp"
#include "wheel/record_update.hpp"

namespace wheelfix {

namespace {

class Verifier {
 public:
  Verifier(zip::Archive& archive, const VerifyOptions& options)
      : archive_(archive),
        options_(options),
        contents_(read_contents(archive, options.limits)),
        findings_(archive.file().path().string(), options.limits.max_alike) {}

  std::vector<Finding> run() {
    add_findings_of_archive();
    findings_.add(contents_.findings);
    if (!contents_.dist_info.empty()) {
      findings_.add(check_documents(archive_, contents_, options_.limits));
      findings_.add(check_layout(archive_, contents_, options_.limits));
    }
    if (contents_.record) check_rows();
    check_entries();
    return findings_.take();
  }

 private:
  /// Without what concerns only Windows, in a wheel that isn't for it. What patch corrects is a warning when
  /// a wheel is opened, but an error here.
  void add_findings_of_archive() {
    const auto is_for_windows = [](const std::string& tag) { return tag == "any" || tag.starts_with("win"); };
    const bool is_for_others =
        contents_.name && std::ranges::none_of(contents_.name->platform_tags(), is_for_windows);
    for (auto& found : archive_.take_findings()) {
      if (is_for_others && found.code == FindingCode::reserved_name) continue;
      if (found.code == FindingCode::archive_gap) found.severity = Severity::error;
      findings_.add(std::move(found));
    }
  }

  bool is_signed_or_record(std::string_view path) const {
    return is_record_or_signature(path, contents_.dist_info);
  }

  /// Compares RECORD's rows with the list of entries.
  void check_rows() {
    std::unordered_set<std::string_view> paths;
    for (const auto& entry : archive_.entries()) paths.insert(entry.path);
    std::unordered_set<std::string_view> seen;
    for (const auto& row : contents_.record->rows()) {
      if (!seen.insert(row.path).second) {
        findings_.warning(FindingCode::record_duplicate_row, std::string(row.path), "is in RECORD twice");
      } else if (row.path == contents_.dist_info + "/RECORD") {
        if (!row.hash.empty() || !row.size.empty()) {
          findings_.warning(FindingCode::record_self_hash, std::string(row.path),
                            "RECORD gives itself a hash or a size, which can't be right");
        }
      } else if (row.path.ends_with('/')) {
        findings_.warning(FindingCode::record_directory, std::string(row.path),
                          "RECORD lists a folder; it is for files");
      } else if (!paths.contains(row.path)) {
        findings_.error(
            FindingCode::record_missing_entry, std::string(row.path), "is in RECORD, but not in the wheel",
            "the wheel is incomplete: download it again, or drop the row with `wheelfix patch --force`");
      } else {
        check_hash_form(row);
      }
    }
  }

  void check_hash_form(const RecordRow& row) {
    if (is_signed_or_record(row.path)) return;
    const auto name = row.hash.substr(0, row.hash.find('='));
    if (row.hash.empty()) {
      findings_.error(FindingCode::record_no_hash, std::string(row.path), "has no hash in RECORD",
                      "nothing vouches for this file");
    } else if (!algorithm_of(row)) {
      findings_.error(
          FindingCode::record_weak_hash, std::string(row.path),
          fmt::format("has a hash by {} in RECORD; sha256 or stronger is required", printable(name)));
    } else if (const char* form = odd_hash_form(row)) {
      findings_.warning(FindingCode::record_hash_form, std::string(row.path),
                        fmt::format("its hash in RECORD is {}", form),
                        "RECORD's hashes are urlsafe base64 without padding");
    }
  }

  /// Checks each entry's content, the largest first so that the threads end together; findings are in the
  /// archive's order.
  void check_entries() {
    const auto& entries = archive_.entries();
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < entries.size(); ++i)
      if (!options_.contents_of || options_.contents_of->contains(entries[i].path)) order.push_back(i);
    std::ranges::stable_sort(order, std::greater{}, [&](std::size_t i) { return entries[i].size; });
    std::uint64_t total = 0;
    for (const auto i : order) total += entries[i].size;
    ProgressMeter meter("checking", total, options_.progress);
    FindingSink found({}, options_.limits.max_alike);
    std::mutex mutex;
    for_each_parallel(order.size(), options_.jobs, [&](std::size_t i) {
      for (auto& finding : check_entry(entries[order[i]], meter)) {
        const std::lock_guard lock(mutex);
        found.add_at(order[i], std::move(finding));
      }
    });
    findings_.add(std::move(found));
  }

  std::vector<Finding> check_entry(const zip::Entry& entry, ProgressMeter& meter) const {
    if (const auto& faulty = archive_.faulty_paths(); !faulty.empty() && faulty.contains(entry.path))
      return {};
    FindingSink found({});
    const bool is_recorded = contents_.record && !is_signed_or_record(entry.path);
    const auto* row = is_recorded ? contents_.record->find(entry.path) : nullptr;
    if (is_recorded && row == nullptr && !entry.is_directory()) {
      found.error(FindingCode::record_missing_row, entry.path, "is in the wheel, but not in RECORD",
                  "nothing vouches for this file; `wheelfix patch` gives it a row");
    }
    try {
      const auto hash = hash_of(entry, row, meter);
      if (row != nullptr) compare(entry, *row, hash, found);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::cancelled) throw;
      found.error(FindingCode::damaged_entry, entry.path, error.message(), error.hint());
    }
    return found.take();
  }

  /// The content's hash by the algorithm that its row names; size and CRC-32 are checked on the way.
  std::string hash_of(const zip::Entry& entry, const RecordRow* row, ProgressMeter& meter) const {
    thread_local Inflater inflater;
    const auto algorithm = row != nullptr ? algorithm_of(*row) : std::nullopt;
    Hasher hasher(algorithm.value_or(HashAlgorithm::sha256));
    archive_.stream(entry, inflater, [&](std::string_view piece) {
      if (algorithm) hasher.update(piece);
      meter.add(piece.size());
    });
    return algorithm ? hasher.finish_for_record() : std::string();
  }

  void compare(const zip::Entry& entry, const RecordRow& row, const std::string& hash,
               FindingSink& found) const {
    constexpr auto hint = "the file was changed after the wheel was made: download the original";
    if (!hash.empty() && comparable_hash(row) != hash) {
      found.error(FindingCode::record_hash_mismatch, entry.path,
                  fmt::format("RECORD says {}, the content has {}", printable(row.hash), hash), hint);
    }
    if (!row.size.empty() && row.size != std::to_string(entry.size)) {
      found.error(FindingCode::record_size_mismatch, entry.path,
                  fmt::format("RECORD says {} bytes, the content has {}", row.size, entry.size), hint);
    }
  }

  zip::Archive& archive_;
  const VerifyOptions& options_;
  WheelContents contents_;
  FindingSink findings_;
};

}  // namespace

std::vector<Finding> verify(const std::filesystem::path& wheel, const VerifyOptions& options) {
  try {
    refuse_other_kinds(wheel);
    auto archive = zip::Archive::open(wheel, options.limits);
    auto findings = Verifier(archive, options).run();
    archive.file().require_unchanged();
    return findings;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled || error.code() == ErrorCode::usage) throw;
    return {to_finding(
        error,
        error.code() == ErrorCode::limit_exceeded ? FindingCode::limit_exceeded : FindingCode::unreadable,
        wheel)};
  }
}

}  // namespace wheelfix

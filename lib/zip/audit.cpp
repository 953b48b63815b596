#include "zip/audit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "zip/name_audit.hpp"

namespace wheelfix::zip {

namespace {

constexpr const char* ask_publisher =
    "unpackers disagree about such an archive: ask the publisher for another one";

class Audit {
 public:
  Audit(const Directory& directory, const Limits& limits)
      : directory_(directory), limits_(limits), findings_({}, limits.max_alike) {}

  FindingSink run() {
    for (const auto& entry : directory_.entries) {
      audit_name(entry.path, findings_);
      check_kind(entry);
      check_coding(entry);
      check_limits(entry);
    }
    check_comments();
    audit_clashes(paths(), findings_);
    check_layout();
    return std::move(findings_);
  }

 private:
  std::vector<std::string_view> paths() const {
    std::vector<std::string_view> paths;
    paths.reserve(directory_.entries.size());
    for (const auto& entry : directory_.entries) paths.push_back(entry.path);
    return paths;
  }

  /// What the entry becomes. Installers make plain files and folders, and keep only the permission to
  /// execute.
  void check_kind(const Entry& entry) {
    constexpr unsigned type_mask = 0170000;
    constexpr unsigned special_bits = 07000;
    constexpr unsigned folder = 0040000;
    constexpr unsigned file = 0100000;
    const auto type = entry.unix_mode() & type_mask;
    if (entry.is_directory() && entry.size > 0) {
      findings_.error(FindingCode::folder_with_content, entry.path,
                      fmt::format("is a folder, but has {} of content, which installers drop or refuse",
                                  counted(entry.size, "byte")),
                      "if it is a file, remove the slash from the end of its name");
    }
    if (entry.is_symlink()) {
      findings_.warning(FindingCode::symlink_entry, entry.path,
                        "is a symbolic link; installers write its target's name as the file's text",
                        "ship the file itself");
    } else if (type != 0 && type != file && type != folder) {
      findings_.warning(FindingCode::special_mode, entry.path,
                        "is a FIFO, socket or device by its mode; installers write a plain file",
                        "ship a plain file");
    } else if (type == file && (entry.unix_mode() & special_bits) != 0) {
      findings_.warning(FindingCode::special_mode, entry.path,
                        "has the setuid, setgid or sticky bit, which installers drop",
                        "clear the bit, and set it when the file is installed");
    }
  }

  void check_coding(const Entry& entry) {
    constexpr std::uint16_t encryption = flag::encrypted | flag::strong_encryption | flag::masked_headers;
    if ((entry.flags & encryption) != 0) {
      findings_.error(FindingCode::encrypted_entry, entry.path, "is encrypted",
                      "no installer reads encrypted entries: ask the publisher for a plain wheel");
    } else if ((entry.flags & flag::patched_data) != 0) {
      findings_.error(FindingCode::unknown_method, entry.path,
                      "is flagged as compressed patched data (bit 5)",
                      "no installer reads it: ask the publisher for a wheel with deflated entries");
    } else if (entry.method != static_cast<std::uint16_t>(Method::stored) &&
               entry.method != static_cast<std::uint16_t>(Method::deflated)) {
      findings_.error(FindingCode::unknown_method, entry.path,
                      fmt::format("is compressed by method {}, not stored (0) or deflated (8)", entry.method),
                      "installers need not read it: ask the publisher for a wheel with deflated entries");
    } else if (format_version(entry.version_needed) > newest_version) {
      findings_.error(FindingCode::unknown_method, entry.path,
                      fmt::format("requires version {:.1f} of the ZIP format, and readers know {:.1f}",
                                  format_version(entry.version_needed) / 10.0, newest_version / 10.0),
                      "no installer reads it: ask the publisher for a wheel with deflated entries");
    } else if (entry.method == static_cast<std::uint16_t>(Method::stored) &&
               entry.size != entry.compressed_size) {
      findings_.error(FindingCode::local_header_mismatch, entry.path,
                      fmt::format("is stored, but has {} bytes of content in {} bytes", entry.size,
                                  entry.compressed_size),
                      ask_publisher);
    }
  }

  /// The records of an archive have bytes from 1 to 8, and text doesn't.
  void check_comments() {
    const auto is_binary = [](const std::string& comment) {
      return std::ranges::any_of(comment, [](char c) { return c >= 1 && c <= 8; });
    };
    constexpr const char* hint =
        "a reader that looks for another end finds another archive, so uv refuses it";
    for (const auto& entry : directory_.entries) {
      if (is_binary(entry.comment))
        findings_.error(FindingCode::binary_comment, entry.path,
                        "has a comment with the bytes of ZIP records", hint);
    }
    if (!is_binary(directory_.comment)) return;
    findings_.error(FindingCode::binary_comment, {}, "the archive's comment has the bytes of ZIP records",
                    hint);
  }

  /// Whether it inflates to so much that it matters: a small entry may, but not thousands of them.
  bool is_dense(const Entry& entry) {
    if (entry.size / std::max<std::uint64_t>(entry.compressed_size, 1) <= limits_.max_ratio) return false;
    dense_total_ += std::min(entry.size, Limits::ratio_free_size);
    return entry.size > Limits::ratio_free_size || dense_total_ > Limits::ratio_free_total;
  }

  void check_limits(const Entry& entry) {
    if (entry.size > limits_.max_entry_size) {
      findings_.error(FindingCode::limit_exceeded, entry.path,
                      fmt::format("has {} bytes, more than {}", entry.size, limits_.max_entry_size),
                      "raise it with --max-entry-size if you trust the file");
    } else if (is_dense(entry)) {
      findings_.error(FindingCode::limit_exceeded, entry.path,
                      fmt::format("inflates {} bytes to {}, more than {} times its size: a ZIP bomb?",
                                  entry.compressed_size, entry.size, limits_.max_ratio),
                      "raise it with --max-ratio if you trust the file");
    }
  }

  /// The entries' byte ranges, in order of offset, must follow each other without overlap; what is between
  /// belongs to no entry.
  void check_layout() {
    std::vector<const Entry*> order;
    order.reserve(directory_.entries.size());
    for (const auto& entry : directory_.entries) order.push_back(&entry);
    if (!std::ranges::is_sorted(order, {}, &Entry::header_offset))
      std::ranges::sort(order, {}, &Entry::header_offset);
    std::uint64_t reached = 0;
    for (const Entry* entry : order) {
      if (entry->header_offset < reached) {
        findings_.error(FindingCode::entries_overlap, entry->path,
                        fmt::format("begins at offset {}, inside the entry before it", entry->header_offset),
                        ask_publisher);
      } else {
        check_gap(reached, entry->header_offset);
      }
      reached = std::max(reached, entry->end_offset);
    }
    check_gap(reached, directory_.begin);
  }

  void check_gap(std::uint64_t begin, std::uint64_t end) {
    if (begin >= end) return;
    findings_.warning(FindingCode::archive_gap, {},
                      fmt::format("{} at offset {} belong to no entry", counted(end - begin, "byte"), begin),
                      "a wheel that wheelfix writes has no such bytes");
  }

  const Directory& directory_;
  const Limits& limits_;
  std::uint64_t dense_total_ = 0;
  FindingSink findings_;
};

}  // namespace

FindingSink audit(const Directory& directory, const Limits& limits) {
  return Audit(directory, limits).run();
}

}  // namespace wheelfix::zip

#include "wheel/document_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <wheelfix/error.hpp>
#include <wheelfix/version_specifiers.hpp>

#include "base/finding_sink.hpp"
#include "base/text.hpp"
#include "wheel/document.hpp"
#include "wheel/entry_points.hpp"
#include "wheel/header_faults.hpp"
#include "wheel/requirement_syntax.hpp"

namespace wheelfix {

namespace {

/// The number of the first line that is not UTF-8; nothing if all are.
std::optional<std::size_t> first_bad_line(std::string_view text) {
  if (is_valid_utf8(text)) return std::nullopt;
  for (std::size_t number = 1;; ++number) {
    const auto line = text.substr(0, text.find('\n'));
    if (!is_valid_utf8(line)) return number;
    text.remove_prefix(line.size() + 1);
  }
}

class DocumentChecker {
 public:
  DocumentChecker(const zip::Archive& archive, const WheelContents& contents, const Limits& limits)
      : archive_(archive),
        contents_(contents),
        limits_(limits),
        findings_(archive.file().path().string(), limits.max_alike) {}

  std::vector<Finding> run() {
    for (const char* name : {"METADATA", "WHEEL", "entry_points.txt", "RECORD"}) check_coding(name);
    if (contents_.record && contents_.record->blank_lines() > 0) {
      findings_.error(FindingCode::record_blank_line, path_of("RECORD"),
                      fmt::format("has {}", counted(contents_.record->blank_lines(), "blank line")),
                      "pip fails on it; `wheelfix patch` writes RECORD without blank lines");
    }
    if (contents_.metadata) {
      for (auto& fault : metadata_faults(*contents_.metadata))
        findings_.add(fault.code, fault.severity, path_of("METADATA"), std::move(fault.message),
                      std::move(fault.hint));
      check_requires_python();
    }
    check_entry_points();
    return findings_.take();
  }

 private:
  std::string path_of(std::string_view name) const { return contents_.dist_info + "/" + std::string(name); }

  const zip::Entry* find(const std::string& path) const {
    const auto found = std::ranges::find(archive_.entries(), path, &zip::Entry::path);
    return found == archive_.entries().end() ? nullptr : &*found;
  }

  /// Nothing if it can't be read, which is reported elsewhere.
  std::optional<std::string> read_text(const zip::Entry& entry) const {
    try {
      require_document_size(entry.size, limits_);
      return archive_.read(entry);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::io) throw;  // that says nothing about the wheel
      return std::nullopt;
    }
  }

  /// RECORD, which is the longest, isn't inflated again.
  std::optional<std::string> text_of(std::string_view name) const {
    if (name == "RECORD" && contents_.record) return contents_.record->to_string();
    const auto* entry = find(path_of(name));
    return entry != nullptr ? read_text(*entry) : std::nullopt;
  }

  void check_coding(std::string_view name) {
    const auto text = text_of(name);
    const auto line = text ? first_bad_line(*text) : std::nullopt;
    if (!line) return;
    findings_.error(
        FindingCode::not_utf8, path_of(name), fmt::format("is not UTF-8, first in line {}", *line),
        "pip refuses to install it: convert the file to UTF-8, or ask the publisher for another wheel");
  }

  void check_requires_python() {
    const auto text = contents_.metadata->get("Requires-Python").value_or("");
    try {
      VersionSpecifiers::parse(text);
      if (!trim(text).starts_with(',')) return;
    } catch (const Error&) {
      // reported below
    }
    const bool is_mendable = is_mendable_requires_python(text);
    findings_.add(
        FindingCode::requires_python_unreadable, is_mendable ? Severity::warning : Severity::error,
        path_of("METADATA"),
        fmt::format("Requires-Python '{}' isn't a set of version specifiers",
                    printable(std::string_view(text).substr(0, 100))),
        is_mendable ? "pip installs it for any Python" : "pip installs it for any Python, and uv refuses it");
  }

  void check_entry_points() {
    const auto* entry = find(path_of("entry_points.txt"));
    if (entry == nullptr) return;
    try {
      require_document_size(entry->size, limits_);  // the other documents are checked where they are parsed
    } catch (const Error& error) {
      return findings_.error(FindingCode::limit_exceeded, path_of("entry_points.txt"), error.message(),
                             error.hint());
    }
    const auto text = read_text(*entry);
    if (!text || !is_valid_utf8(*text)) return;
    for (auto& fault : entry_point_faults(*text)) {
      findings_.add(FindingCode::entry_points, fault.severity, path_of("entry_points.txt"),
                    fmt::format("line {} {}", fault.line, fault.message), std::move(fault.hint));
    }
  }

  const zip::Archive& archive_;
  const WheelContents& contents_;
  const Limits& limits_;
  FindingSink findings_;
};

}  // namespace

std::vector<Finding> check_documents(const zip::Archive& archive, const WheelContents& contents,
                                     const Limits& limits) {
  if (!archive.can_read()) return {};
  return DocumentChecker(archive, contents, limits).run();
}

}  // namespace wheelfix

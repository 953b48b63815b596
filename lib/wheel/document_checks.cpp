#include "wheel/document_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <wheelfix/error.hpp>
#include <wheelfix/version_specifiers.hpp>

#include "base/finding_list.hpp"
#include "base/text.hpp"
#include "wheel/entry_points.hpp"
#include "wheel/requirement_syntax.hpp"

namespace wheelfix {

namespace {

/// A text of dist-info; nothing where it is not there or can't be read, which is told elsewhere.
std::optional<std::string> read_text(const zip::Archive& archive, const std::string& path,
                                     const Limits& limits) {
  const auto entry = std::ranges::find(archive.entries(), path, &zip::Entry::path);
  if (entry == archive.entries().end() || entry->size > limits.max_document_size) return std::nullopt;
  try {
    return archive.read(*entry);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::io) throw;  // that says nothing of the wheel
    return std::nullopt;
  }
}

/// The number of the first line that is not UTF-8; nothing where all are.
std::optional<std::size_t> first_bad_line(std::string_view text) {
  if (is_valid_utf8(text)) return std::nullopt;
  for (std::size_t number = 1;; ++number) {
    const auto line = text.substr(0, text.find('\n'));
    if (!is_valid_utf8(line)) return number;
    text.remove_prefix(line.size() + 1);
  }
}

enum class BlankLines { skipped, counted };

/// The number of the first line that continues a header of the name, in lower case and with its colon;
/// nothing where none is folded. Lines of blanks may count too.
std::optional<std::size_t> folded_line(std::string_view text, std::string_view header, BlankLines blank) {
  bool is_header = false;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.empty() || line == "\r") break;
    const bool counts = blank == BlankLines::counted || !trim(line).empty();
    if (is_header && counts && (line.starts_with(' ') || line.starts_with('\t'))) return number;
    is_header = ascii_lower(line.substr(0, header.size())) == header;
  }
  return std::nullopt;
}

class DocumentChecker {
 public:
  DocumentChecker(const zip::Archive& archive, const WheelContents& contents, const Limits& limits)
      : archive_(archive), contents_(contents), limits_(limits), findings_(limits.max_alike) {}

  std::vector<Finding> run() {
    for (const char* name : {"METADATA", "WHEEL", "entry_points.txt", "RECORD"}) check_coding(name);
    if (contents_.record && contents_.record->blank_lines() > 0) {
      add("record-blank-line", "RECORD",
          fmt::format("has {}", counted(contents_.record->blank_lines(), "blank line")),
          "pip fails on it; `wheelfix patch` writes RECORD without blank lines");
    }
    if (contents_.metadata) {
      check_name();
      check_requirements();
      check_requires_python();
    }
    check_entry_points();
    return findings_.take();
  }

 private:
  void add(const char* code, const char* name, std::string message, std::string hint,
           Severity severity = Severity::error) {
    findings_.add({code, severity, archive_.file().path().string(), path_of(name), std::move(message),
                   std::move(hint)});
  }

  std::string path_of(const char* name) const { return contents_.dist_info + "/" + name; }

  void check_coding(const char* name) {
    const auto text = read_text(archive_, path_of(name), limits_);
    const auto line = text ? first_bad_line(*text) : std::nullopt;
    if (!line) return;
    add("not-utf8", name, fmt::format("is not UTF-8, first in line {}", *line),
        "pip refuses to install it: convert the file to UTF-8, or ask the publisher for another wheel");
  }

  void check_name() {
    const auto line = folded_line(contents_.metadata->to_string(), "name:", BlankLines::counted);
    if (!line) return;
    add("metadata-mismatch", "METADATA",
        fmt::format("line {} continues the Name, which pip takes with its line break", *line),
        "pip refuses such a wheel as inconsistent: write the name in one line");
  }

  void check_requirements() {
    constexpr const char* hint = "pip and uv take such as demo[extra]>=1.0,<2; python_version > \"3\"";
    if (const auto line = folded_line(contents_.metadata->to_string(), "requires-dist:", BlankLines::skipped))
      add("requires-dist-unreadable", "METADATA", fmt::format("line {} continues a Requires-Dist", *line),
          "pip refuses it: write it in one line");
    for (const auto& text : contents_.metadata->get_all("Requires-Dist")) {
      if (const auto fault = requirement_fault(text))
        add("requires-dist-unreadable", "METADATA",
            fmt::format("Requires-Dist '{}' {}", printable(std::string_view(text).substr(0, 100)), *fault),
            hint);
    }
  }

  void check_requires_python() {
    const auto text = contents_.metadata->get("Requires-Python").value_or("");
    try {
      VersionSpecifiers::parse(text);
      if (!trim(text).starts_with(',')) return;
    } catch (const Error&) {
      // told below
    }
    const bool is_mendable = is_mendable_requires_python(text);
    add("requires-python-unreadable", "METADATA",
        fmt::format("Requires-Python '{}' is no set of version specifiers",
                    printable(std::string_view(text).substr(0, 100))),
        is_mendable ? "pip installs it for any Python" : "pip installs it for any Python, and uv refuses it",
        is_mendable ? Severity::warning : Severity::error);
  }

  /// The other documents are told where they are parsed.
  void check_size_of_entry_points() {
    const auto& entries = archive_.entries();
    const auto entry = std::ranges::find(entries, path_of("entry_points.txt"), &zip::Entry::path);
    if (entry == entries.end() || entry->size <= limits_.max_document_size) return;
    add("limit-exceeded", "entry_points.txt",
        fmt::format("has {} bytes, more than {}", entry->size, limits_.max_document_size),
        "raise it with --max-document if you trust the file");
  }

  void check_entry_points() {
    check_size_of_entry_points();
    const auto text = read_text(archive_, path_of("entry_points.txt"), limits_);
    if (!text || !is_valid_utf8(*text)) return;
    for (auto& fault : entry_point_faults(*text)) {
      add("entry-points", "entry_points.txt", fmt::format("line {} {}", fault.line, fault.message),
          std::move(fault.hint), fault.severity);
    }
  }

  const zip::Archive& archive_;
  const WheelContents& contents_;
  const Limits& limits_;
  FindingList findings_;
};

}  // namespace

std::vector<Finding> check_documents(const zip::Archive& archive, const WheelContents& contents,
                                     const Limits& limits) {
  if (!archive.can_read()) return {};
  return DocumentChecker(archive, contents, limits).run();
}

}  // namespace wheelfix

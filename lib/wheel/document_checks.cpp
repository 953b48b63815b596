#include "wheel/document_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <wheelfix/error.hpp>

#include "base/text.hpp"

namespace wheelfix {

namespace {

/// A text of dist-info; nothing where it is not there or can't be read, which is told elsewhere.
std::optional<std::string> read_text(const zip::Archive& archive, const std::string& path) {
  const auto entry = std::ranges::find(archive.entries(), path, &zip::Entry::path);
  if (entry == archive.entries().end() || entry->size > max_document_size) return std::nullopt;
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
  const auto lines = split(text, '\n');
  const auto bad = std::ranges::find_if_not(lines, is_valid_utf8);
  return static_cast<std::size_t>(bad - lines.begin()) + 1;
}

}  // namespace

std::vector<Finding> check_documents(const zip::Archive& archive, const WheelContents& contents) {
  std::vector<Finding> findings;
  const auto add = [&](const char* code, const std::string& path, std::string message, const char* hint) {
    findings.push_back(
        {code, Severity::error, archive.file().path().string(), path, std::move(message), hint});
  };
  if (!archive.can_read()) return findings;
  for (const char* name : {"METADATA", "WHEEL", "entry_points.txt", "RECORD"}) {
    const auto path = contents.dist_info + "/" + name;
    const auto text = read_text(archive, path);
    if (!text) continue;
    if (const auto line = first_bad_line(*text)) {
      add("not-utf8", path, fmt::format("is not UTF-8, first in line {}", *line),
          "pip refuses to install it: convert the file to UTF-8, or ask the publisher for another wheel");
    }
  }
  if (contents.record && contents.record->blank_lines() > 0) {
    add("record-blank-line", contents.dist_info + "/RECORD",
        fmt::format("has {}", counted(contents.record->blank_lines(), "blank line")),
        "pip fails on it; `wheelfix patch` writes RECORD without blank lines");
  }
  return findings;
}

}  // namespace wheelfix

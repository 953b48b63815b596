#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>
#include <wheelfix/edit.hpp>

#include "zip/entry.hpp"

namespace wheelfix {

/// One entry of the archive to be written.
struct PlannedEntry {
  const zip::Entry* source = nullptr;  ///< null for an entry that is new
  std::string path;                    ///< in the new archive
  std::string edited_path;             ///< of a new entry: in the overlay
  std::shared_ptr<const std::string> content;  ///< new content; null for none
  const ContentEdits* byte_edits = nullptr;  ///< of the source's content; null if there are none
  std::optional<unsigned> mode;
  std::set<How> how;

  /// The path of its row in the old RECORD, if it has one.
  const std::string& row_path() const { return source != nullptr ? source->path : edited_path; }
  /// Whether its data is made; else the source's compressed bytes stay.
  bool has_new_data() const { return content || byte_edits != nullptr; }
  /// Whether the source's header and data can be copied unchanged.
  bool is_unchanged() const {
    return source != nullptr && !has_new_data() && !mode && path == source->path && !has_faulty_header();
  }
  /// Whether some readers refuse the source's header, so that it is written again.
  bool has_faulty_header() const {
    return source != nullptr && (source->extra_fault != nullptr || source->stream_fault != nullptr);
  }
};

/// What `write` will do: the entries in the order of the new archive, without RECORD, and what is dropped.
struct Plan {
  std::vector<PlannedEntry> entries;
  std::vector<std::string> removed;     ///< paths in the source
  std::vector<std::string> signatures;  ///< RECORD.jws and RECORD.p7s, dropped because they no longer match
  const zip::Entry* record = nullptr;
  std::string record_path;  ///< in the new archive
};

/// Resolves the overlay, which must outlive the plan: entries keep the source's order, new ones follow in
/// order of name, dist-info comes last; a local label renames dist-info and .data and sets METADATA's
/// Version. Throws Error{bad_wheel} if entries would clash, METADATA or WHEEL would be gone, or METADATA
/// would have another name or version.
Plan make_plan(const WheelEdit& edit);

/// `torch-2.1.0.dist-info` under the new version of an edit, in its spelling; `suffix`: `.dist-info`.
std::string relabelled_folder(const WheelEdit& edit, const std::string& folder, std::string_view suffix);

/// Throws Error{bad_wheel} if METADATA or WHEEL would be gone, or METADATA would have another name or
/// version.
void require_documents(const WheelEdit& edit);

}  // namespace wheelfix

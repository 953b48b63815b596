#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/record.hpp>

namespace wheelfix {

/// Whether a path is that of RECORD's signature, RECORD.jws or RECORD.p7s, in the dist-info of that name.
/// Source: packaging.python.org, "Binary distribution format", "Signed wheel files".
bool is_record_signature(std::string_view path, std::string_view dist_info);

/// Whether it is the path of RECORD or of a signature of it, which have no hash in RECORD.
bool is_record_or_signature(std::string_view path, std::string_view dist_info);

/// An entry of the new archive, for its row in RECORD.
struct RecordedEntry {
  std::string_view path;                ///< in the new archive
  std::string_view row_path;            ///< of its row in the old RECORD, if it has one
  std::optional<std::string> new_hash;  ///< `sha256=…` if the content is new, or had no row
  std::uint64_t size = 0;
};

struct RecordUpdate {
  std::string record;              ///< the new text
  std::vector<std::string> stale;  ///< rows that name no entry, old or new; they are left out
};

/// The RECORD of a new archive. Rows of unchanged entries keep their exact text and place; rows of changed
/// ones are made again in place; those of entries that `was_entry` knows and `entries` doesn't are removed;
/// new ones come before RECORD's own row, which has no hash and no size. Rows of folders, which should not be
/// there, stay. Source: packaging.python.org, "Recording installed projects", "The RECORD file".
RecordUpdate update_record(const Record& old, const std::string& old_record_path,
                           const std::string& new_record_path, const std::vector<RecordedEntry>& entries,
                           const std::function<bool(std::string_view)>& was_entry);

}  // namespace wheelfix

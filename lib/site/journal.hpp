#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"

namespace wheelfix {

/// A file that a commit replaces, adds or removes.
struct JournalFile {
  std::string path;                 ///< relative to the folder of packages
  std::optional<FileStamp> before;  ///< of what is replaced or removed, a symlink's own; nothing: it is added
  std::optional<FileStamp> after;   ///< of the new file in the staging folder; nothing: it is removed
  /// Those of one distribution have one number.
  std::size_t distribution = 0;
  bool is_record = false;  ///< the distribution's RECORD, by which an installer that came later is noticed

  bool operator==(const JournalFile&) const = default;
};

/// All that a commit does, in order. From the moment that its file exists, a run that ends is finished by the
/// next one.
struct Journal {
  std::vector<JournalFile> files;

  bool operator==(const Journal&) const = default;
};

/// JSON, with a digest of it in a line of its own.
std::string to_text(const Journal& journal);

/// Nothing for what to_text doesn't make.
std::optional<Journal> parse_journal(std::string_view text);

}  // namespace wheelfix

#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/file.hpp"
#include "zip/entry.hpp"

namespace wheelfix::zip {

/// What libzip says of an archive: the second opinion on its consistency.
struct SecondOpinion {
  bool agrees = false;  ///< it accepts the archive, and sees the same entries
  std::string refusal;  ///< or why it doesn't
  /// The entries' names that aren't in UTF-8, converted from code page 437, by index. Python's zipfile reads
  /// them so too.
  std::vector<std::pair<std::size_t, std::string>> converted_names;
};

enum class LibzipCheck { consistency /** ZIP_CHECKCONS */, directory /** no more than opening takes */ };

/// Of an archive with these entries, as our own reader has read them from the central directory. Throws
/// Error{io}.
SecondOpinion second_opinion(const File& file, const std::vector<Entry>& entries, LibzipCheck check);

}  // namespace wheelfix::zip

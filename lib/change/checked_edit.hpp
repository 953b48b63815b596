#pragma once

#include <optional>
#include <string>
#include <vector>
#include <wheelfix/edit.hpp>
#include <wheelfix/library_rules.hpp>

#include "base/byte_source.hpp"
#include "binary/second_reader.hpp"

namespace wheelfix {

/// An entry of a wheel that is a library.
struct LibraryEntry {
  const WheelEdit& edit;
  std::string path;
  ByteSource& source;  ///< its content as edited so far
  BinaryInfo info;     ///< its reading
};

/// The edit of a library, read back by our reader, and by LIEF if requested.
struct CheckedEdit {
  ContentEdits edits;                  ///< of its content
  std::optional<std::string> content;  ///< all of the new content instead, if LIEF had to write it
  BinaryInfo after = {};               ///< how a reader reads the result
  std::optional<Finding> finding;      ///< LIEF was missing, or died
};

/// `edits`: one for each slice of a fat Mach-O file, else one. Throws Error{bad_binary | cannot_edit}, the
/// latter also if LIEF reads the result differently.
CheckedEdit plan_checked_edit(const LibraryEntry& library, const std::vector<LibraryEdit>& edits,
                              const SecondReader& reader, Verification verification);

}  // namespace wheelfix

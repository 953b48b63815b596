#pragma once

#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/byte_edit.hpp>

#include "deflate/content_scan.hpp"
#include "deflate/splice.hpp"

namespace wheelfix {

/// The bytes of a spliced stream, in pieces, from any offset on.
class SpliceBytes {
 public:
  /// The splice must outlive it.
  SpliceBytes(const File& file, const Splice& splice, std::uint64_t from = 0);

  /// Up to 256 KiB, valid until the next call; empty at the end.
  std::string_view next();

 private:
  const File& file_;
  const std::vector<SplicePiece>& pieces_;
  std::size_t index_ = 0;
  std::uint64_t passed_;  ///< bytes of the piece
  std::string buffer_;
};

/// Reads back what was encoded again, by zlib: from before each run, through both its joins, to 64 KiB after
/// it, and compares that with the edited content. Throws Error{bad_archive, subject} if it differs, which
/// would be our fault.
void check_runs(const ContentScan& scan, const ContentEdits& edits, const Splice& splice);

}  // namespace wheelfix

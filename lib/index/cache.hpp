#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "index/package.hpp"

namespace wheelfix {

/// What one run keeps for the next, in a hidden file of the output folder: what it read of each file, and
/// what it wrote.
///
/// Format, little-endian: the line `wheelfix-index cache 4`; links and settings; a count and packages; a
/// count and seals; at the end the SHA-256, in hexadecimal, of all before it. A string is 32 bits of length
/// and its bytes, a number has 64 bits. The number in the first line changes with the format, with the look
/// of pages and with the reasons for which a file is left out: an old cache must not vouch for old pages, nor
/// for a file that is refused now. Rejected: JSON, because its values would have to be checked too.
struct Cache {
  /// The state of a project's folder when it was written: OutputTree::seal. The list of projects is the one
  /// without a name.
  struct Seal {
    std::string project;
    std::string state;

    bool operator==(const Seal&) const = default;
  };

  std::string links;  ///< PageStyle::links
  std::string
      settings;  ///< everything else that pages and links depend on besides the packages; only compared
  std::vector<Package> packages;
  std::vector<Seal> seals;

  std::string to_bytes() const;
  /// Nothing if the bytes are damaged in any way, of another version or not a cache: then it counts as
  /// missing. What it returns is safe to use: names have no `/`, versions parse.
  static std::optional<Cache> parse(std::string_view bytes);
};

}  // namespace wheelfix

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "index/package.hpp"

namespace wheelfix {

/// What one run leaves for the next, in a hidden file of the output folder: what it read of each file, and
/// what it wrote.
///
/// Format, little-endian: the line `wheelfix-index cache 3`; links and settings; a count and packages; a
/// count and seals; at the end the SHA-256, in hexadecimal, of all before it. A string is 32 bits of length
/// and its bytes, a number has 64 bits. The number in the first line changes with the format, with what pages
/// look like and with what a file is left out for: an old cache must not vouch for old pages, nor for a file
/// that is refused now. Rejected: JSON, whose values would have to be checked all the same.
struct Cache {
  /// How the files of a project's folder looked when it was written: OutputTree::seal. The list of projects
  /// is the one without a name.
  struct Seal {
    std::string project;
    std::string state;

    bool operator==(const Seal&) const = default;
  };

  std::string links;     ///< PageStyle::links
  std::string settings;  ///< all else that pages and links depend on beside the packages; compared only
  std::vector<Package> packages;
  std::vector<Seal> seals;

  std::string to_bytes() const;
  /// Nothing if the bytes are damaged in any way, of another version or no cache: then it is as if there
  /// were none. What it returns is safe to use: names have no `/`, versions parse.
  static std::optional<Cache> parse(std::string_view bytes);
};

}  // namespace wheelfix

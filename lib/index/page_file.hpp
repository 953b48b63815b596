#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wheelfix {

/// Names of algorithms and digests in hexadecimal, in the order of the page; sha256 first, if it is there.
using Hashes = std::vector<std::pair<std::string, std::string>>;

/// A file as a page of an index shows it.
struct PageFile {
  std::string file_name;
  std::string url;      ///< absolute, or relative to the page
  std::string version;  ///< in normal form
  Hashes hashes = {};
  std::string requires_python = {};  ///< empty if it isn't known
  std::optional<Hashes> core_metadata =
      {};  ///< of the file at `url`.metadata, perhaps none; nothing if it isn't there
  std::optional<std::string> yanked = {};  ///< why, perhaps empty; nothing if it isn't yanked
  std::optional<std::uint64_t> size = {};
  std::string upload_time = {};  ///< ISO 8601, UTC; empty if it isn't known
  bool is_upstream = false;      ///< from the page of another index

  bool operator==(const PageFile&) const = default;
};

}  // namespace wheelfix

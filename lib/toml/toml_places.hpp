#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wheelfix {

struct TomlEntry;

/// A value of a TOML text with its place in it, for edits that leave all else as it is.
struct TomlPlace {
  enum class Kind {
    string,
    scalar,  ///< a number, boolean, date or time
    list,    ///< `[…]`, or the tables of `[[key]]`
    table,   ///< `{…}`, of `[key]`, or of a dotted key
  };

  Kind kind = Kind::table;
  /// Of the value; of a table with a header, of the header; of a list of such, of the first one.
  std::size_t begin = 0;
  /// After the value; of a table with a header, after the line of its last own key. Of others `begin`.
  std::size_t end = 0;
  bool has_header = false;  ///< `[key]` or, of a list, `[[key]]`
  std::string text = {};    ///< of a string what it means, of a scalar what is written
  std::vector<TomlPlace> items = {};
  std::vector<TomlEntry> entries;  ///< in the order of the text

  /// Null if there is no such key, or this isn't a table.
  const TomlEntry* find(std::string_view key) const;
  /// The string of a key; empty if there is none.
  std::string_view string(std::string_view key) const;
};

struct TomlEntry {
  std::string key;
  std::size_t begin = 0;  ///< of the key
  TomlPlace value;
};

/// Reads a text that TomlTable::parse has accepted. toml++ counts columns in characters and doesn't keep
/// where most values end, so places are found by this second reader; what toml++ refuses has no meaning here.
TomlPlace toml_places(std::string_view text);

}  // namespace wheelfix

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "lock/text_edit.hpp"
#include "toml/toml_places.hpp"

namespace wheelfix {

/// Edits of a TOML text at the places of what it has, so that all else stays. They don't overlap as long as
/// each entry is edited once.
class TomlEdits {
 public:
  /// The text and its places must outlive this.
  TomlEdits(std::string_view text, std::vector<TextEdit>& edits) : text_(text), edits_(edits) {}

  /// Another string for a value, if it isn't that already.
  void set_string(const TomlPlace& value, std::string_view string);
  /// Removes a key with its value, and the line that it is on; or the tables of its headers.
  void remove(const TomlEntry& entry);
  /// A line after that of `entry`, which is in a table with a header.
  void add_line_after(const TomlEntry& entry, std::string_view line);
  /// Other items for a list, on lines of their own or on one, as it was.
  void set_list(const TomlPlace& list, const std::vector<std::string>& items);
  /// Other tables, each a text of lines, for those of `[[key]]`.
  void set_tables(const TomlPlace& list, const std::vector<std::string>& tables);

 private:
  std::size_t line_begin(std::size_t place) const;
  std::size_t line_end(std::size_t place) const;

  std::string_view text_;
  std::vector<TextEdit>& edits_;
};

}  // namespace wheelfix

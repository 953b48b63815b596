#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wheelfix {

/// A string of a TOML file, with its place as errors name it, `wheelfix.toml:12`.
struct TomlString {
  std::string text;
  std::string where;
};

/// toml++'s own version, `3.3.0`.
std::string toml_library_version();

/// A table of a TOML 1.0 file that was parsed whole. The getters check types: what isn't as requested is
/// Error{bad_recipe} with the file and line of the key or value.
class TomlTable {
 public:
  static constexpr std::size_t max_size = 1 << 20;
  /// `file` names the text in errors. Texts over `max_bytes` and keys of over 64 parts are refused, because
  /// the parser recurses over these.
  static TomlTable parse(std::string_view text, const std::string& file, std::size_t max_bytes = max_size);

  const std::string& file() const;
  /// Where the table begins.
  const std::string& where() const;

  /// Refuses any key but these, and names them.
  void allow_only(std::initializer_list<std::string_view> keys) const;
  bool has(std::string_view key) const;

  /// The getters throw if the value has another type, or a string is empty or has a NUL character.
  std::optional<TomlString> string(std::string_view key) const;
  /// The same for a key that must be there.
  TomlString required_string(std::string_view key) const;
  std::optional<std::uint64_t> integer(std::string_view key) const;
  /// A list of strings; a string alone stands for a list of one. Empty if the key is absent.
  std::vector<TomlString> strings(std::string_view key) const;
  /// The keys and values of a table of strings, in order of the keys.
  std::vector<std::pair<TomlString, TomlString>> string_pairs(std::string_view key) const;
  /// The table of `[key]`, if it is there.
  std::optional<TomlTable> table(std::string_view key) const;
  /// The tables of `[[key]]`, in their order.
  std::vector<TomlTable> tables(std::string_view key) const;

  /// Throws Error{bad_recipe} at the line of `key`.
  [[noreturn]] void refuse(std::string_view key, std::string message, std::string hint = {}) const;

 private:
  struct Node;
  explicit TomlTable(std::shared_ptr<const Node> node);
  std::shared_ptr<const Node> node_;
};

}  // namespace wheelfix

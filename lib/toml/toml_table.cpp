#include "toml/toml_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "toml/toml_plus_plus.hpp"

#include <algorithm>
#include <wheelfix/error.hpp>

#include "base/text.hpp"
#include "toml/key_depth.hpp"

namespace wheelfix {

namespace {

constexpr std::size_t max_key_parts = 64;

std::string place(const std::string& file, std::size_t line) {
  return fmt::format("{}:{}", file, line);
}

std::string place(const std::string& file, const toml::source_region& source) {
  return place(file, source.begin.line);
}

std::string_view type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::floating_point:
      return "a number with a fraction";
    case toml::node_type::boolean:
      return "a boolean";
    default:
      return "a date or time";
  }
}

[[noreturn]] void refuse_at(std::string where, std::string message, std::string hint = {}) {
  throw Error(ErrorCode::bad_recipe, std::move(where), std::move(message), std::move(hint));
}

/// A string that can be a name or a path: not empty, without NUL.
TomlString checked(std::string_view key, std::string text, std::string where) {
  if (text.empty()) refuse_at(where, fmt::format("{} is an empty string", printable(key)));
  if (text.find('\0') != std::string::npos)
    refuse_at(where, fmt::format("{} has a NUL character", printable(key)));
  return {std::move(text), std::move(where)};
}

}  // namespace

struct TomlTable::Node {
  std::shared_ptr<const toml::table> table;  ///< shares the document that it is in
  std::string file;
  std::string where;

  TomlString string_in(std::string_view key, const toml::node& node, std::string_view expected) const {
    const auto* value = node.as_string();
    if (value == nullptr) refuse_type(key, node, expected);
    return checked(key, value->get(), place(file, node.source()));
  }

  [[noreturn]] void refuse_type(std::string_view key, const toml::node& node,
                                std::string_view expected) const {
    refuse_at(place(file, node.source()),
              fmt::format("{} must be {}, not {}", printable(key), expected, type_name(node)));
  }
};

std::string toml_library_version() {
  return fmt::format("{}.{}.{}", TOML_LIB_MAJOR, TOML_LIB_MINOR, TOML_LIB_PATCH);
}

TomlTable::TomlTable(std::shared_ptr<const Node> node) : node_(std::move(node)) {}

TomlTable TomlTable::parse(std::string_view text, const std::string& file, std::size_t max_bytes) {
  if (text.size() > max_bytes) refuse_at(file, fmt::format("has more than {} bytes", max_bytes));
  if (const auto line = line_of_deep_key(text, max_key_parts))
    refuse_at(place(file, *line), fmt::format("has a key of more than {} parts", max_key_parts));
  try {
    auto table = std::make_shared<toml::table>(toml::parse(text));
    return TomlTable(std::make_shared<Node>(Node{std::move(table), file, place(file, 1)}));
  } catch (const toml::parse_error& error) {
    refuse_at(fmt::format("{}:{}", place(file, error.source()), error.source().begin.column),
              "is not valid TOML: " + printable(error.description()));
  }
}

const std::string& TomlTable::file() const {
  return node_->file;
}

const std::string& TomlTable::where() const {
  return node_->where;
}

void TomlTable::allow_only(std::initializer_list<std::string_view> keys) const {
  const toml::key* first = nullptr;
  for (const auto& [key, value] : *node_->table) {
    const bool is_known = std::ranges::find(keys, key.str()) != keys.end();
    if (!is_known && (first == nullptr || key.source().begin.line < first->source().begin.line)) first = &key;
  }
  if (first == nullptr) return;
  refuse_at(place(node_->file, first->source()), fmt::format("unknown key '{}'", printable(first->str())),
            fmt::format("the keys here are {}", fmt::join(keys, ", ")));
}

bool TomlTable::has(std::string_view key) const {
  return node_->table->contains(key);
}

std::optional<TomlString> TomlTable::string(std::string_view key) const {
  const auto* value = node_->table->get(key);
  if (value == nullptr) return std::nullopt;
  return node_->string_in(key, *value, "a string");
}

TomlString TomlTable::required_string(std::string_view key) const {
  auto found = string(key);
  if (!found) refuse_at(where(), fmt::format("the key {} is missing", key));
  return std::move(*found);
}

std::optional<std::uint64_t> TomlTable::integer(std::string_view key) const {
  const auto* value = node_->table->get(key);
  if (value == nullptr) return std::nullopt;
  const auto* number = value->as_integer();
  if (number == nullptr) node_->refuse_type(key, *value, "an integer");
  if (number->get() < 0) refuse(key, fmt::format("{} is below 0", key));
  return static_cast<std::uint64_t>(number->get());
}

std::vector<TomlString> TomlTable::strings(std::string_view key) const {
  constexpr std::string_view expected = "a list of strings";
  const auto* value = node_->table->get(key);
  if (value == nullptr) return {};
  if (value->is_string()) return {node_->string_in(key, *value, expected)};
  const auto* list = value->as_array();
  if (list == nullptr) node_->refuse_type(key, *value, expected);
  std::vector<TomlString> found;
  for (const auto& item : *list)
    found.push_back(node_->string_in(fmt::format("an item of {}", key), item, "a string"));
  return found;
}

std::vector<std::pair<TomlString, TomlString>> TomlTable::string_pairs(std::string_view key) const {
  const auto* value = node_->table->get(key);
  if (value == nullptr) return {};
  const auto* table = value->as_table();
  if (table == nullptr) node_->refuse_type(key, *value, "a table of strings");
  std::vector<std::pair<TomlString, TomlString>> found;
  for (const auto& [name, item] : *table) {
    auto left =
        checked(fmt::format("a key of {}", key), std::string(name.str()), place(file(), name.source()));
    found.emplace_back(std::move(left), node_->string_in(name.str(), item, "a string"));
  }
  return found;
}

std::optional<TomlTable> TomlTable::table(std::string_view key) const {
  const auto* value = node_->table->get(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_table()) node_->refuse_type(key, *value, fmt::format("a table, [{}]", key));
  const std::shared_ptr<const toml::table> shared(node_->table, value->as_table());
  return TomlTable(std::make_shared<Node>(Node{shared, file(), place(file(), value->source())}));
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) const {
  const auto* value = node_->table->get(key);
  if (value == nullptr) return {};
  const auto* list = value->as_array();
  const auto expected = fmt::format("a list of tables, [[{}]]", key);
  if (list == nullptr) node_->refuse_type(key, *value, expected);
  std::vector<TomlTable> found;
  for (const auto& item : *list) {
    if (!item.is_table()) node_->refuse_type(key, item, expected);
    const std::shared_ptr<const toml::table> shared(node_->table, item.as_table());
    found.push_back(TomlTable(std::make_shared<Node>(Node{shared, file(), place(file(), item.source())})));
  }
  return found;
}

void TomlTable::refuse(std::string_view key, std::string message, std::string hint) const {
  for (const auto& [name, value] : *node_->table) {
    if (name.str() == key) refuse_at(place(file(), name.source()), std::move(message), std::move(hint));
  }
  refuse_at(where(), std::move(message), std::move(hint));
}

}  // namespace wheelfix

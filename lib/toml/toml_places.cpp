#include "toml/toml_places.hpp"

#include <algorithm>
#include <charconv>

namespace wheelfix {

namespace {

void append_utf8(std::string& text, std::uint32_t code) {
  const auto byte = [&text](std::uint32_t bits) { text += static_cast<char>(bits); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xc0U | code >> 6U), byte(0x80U | (code & 0x3fU));
  } else if (code < 0x10000) {
    byte(0xe0U | code >> 12U), byte(0x80U | (code >> 6U & 0x3fU)), byte(0x80U | (code & 0x3fU));
  } else {
    byte(0xf0U | code >> 18U), byte(0x80U | (code >> 12U & 0x3fU));
    byte(0x80U | (code >> 6U & 0x3fU)), byte(0x80U | (code & 0x3fU));
  }
}

class PlaceReader {
 public:
  explicit PlaceReader(std::string_view text) : text_(text) {}

  TomlPlace read() {
    TomlPlace root;
    if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
    root.begin = root.end = at_;
    auto* table = &root;
    for (skip_blank(); !is_end(); skip_blank()) {
      const auto begin = at_;
      if (peek() == '[') {
        table = &read_header(root);
      } else {
        read_entry(*table);
        skip_space();
      }
      skip_line();
      table->end = at_;
      if (at_ == begin) break;  // only in what isn't TOML
    }
    return root;
  }

 private:
  bool is_end() const { return at_ >= text_.size(); }
  char peek() const { return is_end() ? '\0' : text_[at_]; }
  bool takes(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  void skip_space() {
    while (peek() == ' ' || peek() == '\t') ++at_;
  }
  /// Comments, and the end of a line.
  void skip_line() {
    const auto end = text_.find('\n', at_);
    at_ = end == std::string_view::npos ? text_.size() : end + 1;
  }
  void skip_blank() {
    for (;;) {
      while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++at_;
      if (peek() != '#') return;
      skip_line();
    }
  }

  std::vector<std::string> read_keys() {
    std::vector<std::string> keys;
    do {
      skip_space();
      if (peek() == '"' || peek() == '\'') {
        keys.push_back(read_string());
      } else {
        const auto end = std::min(text_.find_first_of(" \t.=]\n\r", at_), text_.size());
        keys.emplace_back(text_.substr(at_, end - at_));
        at_ = end;
      }
      skip_space();
    } while (takes("."));
    return keys;
  }

  /// The table that a key leads to; of a list of tables the last one.
  static TomlPlace& descend(TomlPlace& table, const std::string& key, std::size_t begin) {
    auto found = std::ranges::find(table.entries, key, &TomlEntry::key);
    if (found == table.entries.end())
      found = table.entries.insert(table.entries.end(),
                                   {key, begin, TomlPlace{.begin = begin, .end = begin, .entries = {}}});
    auto& value = found->value;
    return value.kind == TomlPlace::Kind::list && !value.items.empty() ? value.items.back() : value;
  }

  TomlPlace& read_header(TomlPlace& root) {
    const auto begin = at_;
    const bool is_list = text_.substr(at_).starts_with("[[");
    at_ += is_list ? 2 : 1;
    const auto keys = read_keys();
    auto* table = &root;
    for (std::size_t i = 0; i + 1 < keys.size(); ++i) table = &descend(*table, keys[i], begin);
    if (!is_list) {
      table = &descend(*table, keys.back(), begin);
      table->begin = begin;
      table->has_header = true;
      return *table;
    }
    auto list = std::ranges::find(table->entries, keys.back(), &TomlEntry::key);
    if (list == table->entries.end())
      list = table->entries.insert(
          table->entries.end(),
          {keys.back(),
           begin,
           {.kind = TomlPlace::Kind::list, .begin = begin, .end = begin, .has_header = true, .entries = {}}});
    return list->value.items.emplace_back(TomlPlace{.begin = begin, .has_header = true, .entries = {}});
  }

  void read_entry(TomlPlace& table) {
    const auto begin = at_;
    const auto keys = read_keys();
    auto* inner = &table;
    for (std::size_t i = 0; i + 1 < keys.size(); ++i) inner = &descend(*inner, keys[i], begin);
    takes("=");
    skip_space();
    inner->entries.push_back({keys.back(), begin, read_value()});
  }

  TomlPlace read_value() {
    TomlPlace value{.begin = at_, .entries = {}};
    if (peek() == '"' || peek() == '\'') {
      value.kind = TomlPlace::Kind::string;
      value.text = read_string();
    } else if (takes("[")) {
      value.kind = TomlPlace::Kind::list;
      for (skip_blank(); !is_end() && !takes("]"); skip_blank()) {
        const auto before = at_;
        value.items.push_back(read_value());
        skip_blank();
        if (!takes(",") && at_ == before) return value;
      }
    } else if (takes("{")) {
      for (skip_space(); !is_end() && !takes("}"); skip_space()) {
        const auto before = at_;
        read_entry(value);
        skip_space();
        if (!takes(",") && at_ == before) return value;
      }
    } else {
      value.kind = TomlPlace::Kind::scalar;
      at_ = std::min(text_.find_first_of(",]}#\n\r", at_), text_.size());
      while (at_ > value.begin && (text_[at_ - 1] == ' ' || text_[at_ - 1] == '\t')) --at_;
      value.text = text_.substr(value.begin, at_ - value.begin);
    }
    value.end = at_;
    return value;
  }

  std::string read_string() {
    const auto quote = peek();
    const std::string triple(3, quote);
    const bool is_long = takes(triple);
    if (!is_long) ++at_;
    if (is_long && !takes("\r\n")) takes("\n");
    std::string read;
    while (!is_end()) {
      if (is_long ? text_.substr(at_).starts_with(triple) : peek() == quote) {
        at_ += is_long ? 3 : 1;
        for (; is_long && peek() == quote; ++at_) read += quote;  // up to two quotes may be before the three
        return read;
      }
      if (quote == '"' && takes("\\")) {
        read_escape(read);
      } else if (is_long && takes("\r\n")) {
        read += '\n';  // as toml++
      } else {
        read += text_[at_++];
      }
    }
    return read;
  }

  void read_escape(std::string& read) {
    constexpr std::string_view letters = "btnfre\"\\", meanings = "\b\t\n\f\r\x1b\"\\";
    const auto letter = peek();
    ++at_;
    if (const auto i = letters.find(letter); i != std::string_view::npos) {
      read += meanings[i];
    } else if (letter == 'u' || letter == 'U') {
      const auto digits = text_.substr(std::min(at_, text_.size()), letter == 'u' ? 4 : 8);
      std::uint32_t code = 0;
      std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
      append_utf8(read, code);
      at_ += digits.size();
    } else {  // the end of a line
      while (!is_end() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r')) ++at_;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

const TomlEntry* TomlPlace::find(std::string_view key) const {
  const auto found = std::ranges::find(entries, key, &TomlEntry::key);
  return found == entries.end() ? nullptr : &*found;
}

std::string_view TomlPlace::string(std::string_view key) const {
  const auto* entry = find(key);
  return entry != nullptr && entry->value.kind == Kind::string ? std::string_view(entry->value.text)
                                                               : std::string_view();
}

TomlPlace toml_places(std::string_view text) {
  return PlaceReader(text).read();
}

}  // namespace wheelfix

#include "index/html_tags.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "base/text.hpp"

namespace wheelfix {

namespace {

constexpr std::string_view spaces = " \t\n\r\f";

void put_utf8(std::string& out, std::uint32_t code) {
  if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) code = 0xFFFD;
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (code >> shift & 0x3F)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    tail(6), tail(0);
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    tail(12), tail(6), tail(0);
  }
}

/// Of `&NAME;`. False if it isn't one of those that are read.
bool put_entity(std::string& out, std::string_view name) {
  constexpr std::array<std::pair<std::string_view, char>, 5> named = {
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
  for (const auto& [known, c] : named) {
    if (name == known) return out += c, true;
  }
  if (!name.starts_with('#')) return false;
  name.remove_prefix(1);
  const bool is_hex = name.starts_with('x') || name.starts_with('X');
  if (is_hex) name.remove_prefix(1);
  std::uint32_t code = 0;
  const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), code, is_hex ? 16 : 10);
  if (name.empty() || failure == std::errc::invalid_argument || end != name.data() + name.size())
    return false;
  put_utf8(out, failure == std::errc() ? code : 0);
  return true;
}

std::string unescape(std::string_view text) {
  constexpr std::size_t longest = 10;
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto end = text[i] == '&' ? text.substr(0, i + 2 + longest).find(';', i) : std::string_view::npos;
    if (end != std::string_view::npos && put_entity(plain, text.substr(i + 1, end - i - 1)))
      i = end;
    else
      plain += text[i];
  }
  return plain;
}

class TagReader {
 public:
  explicit TagReader(std::string_view page) : page_(page) {}

  std::vector<HtmlTag> read() {
    std::vector<HtmlTag> tags;
    while ((at_ = page_.find('<', at_)) < page_.size()) {
      ++at_;
      if (starts("!--")) {
        skip_after("-->");
      } else if (starts("!") || starts("?") || starts("/")) {
        skip_after(">");
      } else if (at_ < page_.size() && is_ascii_alpha(page_[at_])) {
        auto tag = read_tag();
        skip_raw_text(tag.name);
        if (tag.name == "a" || tag.name == "base" || tag.name == "meta") tags.push_back(std::move(tag));
      }
    }
    return tags;
  }

 private:
  bool starts(std::string_view text) const { return page_.substr(at_).starts_with(text); }
  bool is_at(std::string_view characters) const {
    return at_ < page_.size() && characters.find(page_[at_]) != std::string_view::npos;
  }
  void skip_after(std::string_view text) {
    const auto found = page_.find(text, at_);
    at_ = found == std::string_view::npos ? page_.size() : found + text.size();
  }
  void skip_spaces() {
    while (is_at(spaces)) ++at_;
  }
  std::string_view take_until(std::string_view characters) {
    const auto end = std::min(page_.find_first_of(characters, at_), page_.size());
    const auto taken = page_.substr(at_, end - at_);
    at_ = end;
    return taken;
  }

  HtmlTag read_tag() {
    HtmlTag tag{ascii_lower(take_until(" \t\n\r\f/>")), {}};
    for (;;) {
      while (is_at(spaces) || is_at("/")) ++at_;
      if (at_ == page_.size()) break;
      if (is_at(">")) {
        ++at_;
        break;
      }
      read_attribute(tag);
    }
    return tag;
  }

  void read_attribute(HtmlTag& tag) {
    const auto begin = at_;
    if (is_at("=")) ++at_;  // HTML: as the first character it is a part of the name
    take_until(" \t\n\r\f/>=");
    std::string name = ascii_lower(page_.substr(begin, at_ - begin));
    skip_spaces();
    std::string value;
    if (is_at("=")) {
      ++at_;
      skip_spaces();
      value = read_value();
    }
    tag.attributes.emplace_back(std::move(name), std::move(value));
  }

  std::string read_value() {
    if (!is_at("\"'")) return unescape(take_until(" \t\n\r\f>"));
    const auto quote = page_.substr(at_++, 1);
    auto value = unescape(take_until(quote));
    if (at_ < page_.size()) ++at_;
    return value;
  }

  void skip_raw_text(std::string_view name) {
    if (name != "script" && name != "style" && name != "textarea" && name != "title") return;
    for (; at_ < page_.size(); ++at_) {
      at_ = std::min(page_.find("</", at_), page_.size());
      const auto end = page_.substr(std::min(at_ + 2, page_.size()), name.size());
      if (ascii_lower(end) == name) return;
    }
  }

  std::string_view page_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::string> HtmlTag::attribute(std::string_view key) const {
  const auto found =
      std::ranges::find(attributes, key, [](const auto& one) { return std::string_view(one.first); });
  return found == attributes.end() ? std::nullopt : std::optional(found->second);
}

std::vector<HtmlTag> html_tags(std::string_view page) {
  return TagReader(page).read();
}

}  // namespace wheelfix

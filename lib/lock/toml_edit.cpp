#include "lock/toml_edit.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "toml/toml_text.hpp"

namespace wheelfix {

namespace {

/// The tables with headers that a value has or is, each from its header to the end of its own keys.
void add_sections(const TomlPlace& value, std::vector<std::pair<std::size_t, std::size_t>>& sections) {
  if (value.kind == TomlPlace::Kind::table && value.has_header) sections.emplace_back(value.begin, value.end);
  for (const auto& item : value.items) add_sections(item, sections);
  for (const auto& entry : value.entries) add_sections(entry.value, sections);
}

}  // namespace

std::size_t TomlEdits::line_begin(std::size_t place) const {
  return text_.rfind('\n', place - 1) == std::string_view::npos || place == 0
             ? 0
             : text_.rfind('\n', place - 1) + 1;
}

std::size_t TomlEdits::line_end(std::size_t place) const {
  return std::min(text_.find('\n', place), text_.size() - 1) + 1;
}

void TomlEdits::set_string(const TomlPlace& value, std::string_view string) {
  if (value.kind != TomlPlace::Kind::string || value.text != string)
    edits_.push_back({value.begin, value.end, toml_quoted(string)});
}

void TomlEdits::remove(const TomlEntry& entry) {
  if (entry.value.has_header) {
    set_tables(entry.value, {});
  } else if (entry.value.kind == TomlPlace::Kind::table && entry.value.begin == entry.value.end) {
    for (const auto& inner : entry.value.entries) remove(inner);  // of dotted keys
  } else {
    edits_.push_back({line_begin(entry.begin), line_end(entry.value.end), {}});
  }
}

void TomlEdits::add_line_after(const TomlEntry& entry, std::string_view line) {
  const auto at = line_end(entry.value.end);
  const auto end = line_end_of(text_);
  auto added = std::string(line) + std::string(end);
  if (at == text_.size() && !text_.ends_with('\n')) added.insert(0, end);
  edits_.push_back({at, at, std::move(added)});
}

void TomlEdits::set_list(const TomlPlace& list, const std::vector<std::string>& items) {
  const auto old = text_.substr(list.begin, list.end - list.begin);
  const std::string end(line_end_of(text_));
  const auto first = list.items.empty() ? list.end : list.items.front().begin;
  std::string made = "[";
  if (old.find('\n') == std::string_view::npos && items.size() < 2) {
    const std::string space(text_.substr(list.begin + 1, list.items.empty() ? 0 : first - list.begin - 1));
    for (const auto& item : items) made += space + item + space;
    made += ']';
  } else {
    const auto indent = text_.substr(line_begin(first), first - line_begin(first));
    const bool is_indented = !indent.empty() && trim(indent).empty();
    for (const auto& item : items) made += end + (is_indented ? std::string(indent) : "    ") + item + ",";
    made += end + "]";
  }
  edits_.push_back({list.begin, list.end, std::move(made)});
}

void TomlEdits::set_tables(const TomlPlace& list, const std::vector<std::string>& tables) {
  std::vector<std::pair<std::size_t, std::size_t>> sections;
  add_sections(list, sections);
  std::ranges::sort(sections);
  std::string made;
  for (const auto& table : tables) made += (made.empty() ? "" : std::string(line_end_of(text_))) + table;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    auto [begin, end] = sections[i];
    const auto next = i + 1 < sections.size() ? sections[i + 1].first : text_.size();
    const bool is_apart = !trim(text_.substr(end, next - end)).empty();
    // Blank lines between two of them, or after what isn't replaced, go too.
    if (!is_apart && next < text_.size()) end = next;
    if (is_apart && tables.empty()) end = std::min(text_.find_first_not_of("\r\n", end), next);
    edits_.push_back({begin, end, i == 0 ? made : std::string()});
  }
}

}  // namespace wheelfix

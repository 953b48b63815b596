#include <wheelfix/metadata.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include <wheelfix/error.hpp>

#include "base/text.hpp"

namespace wheelfix {

namespace {

constexpr const char* format_hint =
    "installers read this file as lines of 'Key: value', then a blank line and a description";

// Each takes over fifty bytes here, even if it is only `a:`. Real documents have up to some 2,000.
constexpr std::size_t max_headers = 100'000;

struct Line {
  std::size_t begin;
  std::size_t end;   ///< before its line break
  std::size_t next;  ///< after it
};

Line line_at(std::string_view text, std::size_t begin) {
  const auto end = std::min(text.find_first_of("\r\n", begin), text.size());
  if (end == text.size()) return {begin, end, end};
  return {begin, end, end + (text.substr(end, 2) == "\r\n" ? 2 : 1)};
}

std::size_t count_lines(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); at = line_at(text, at).next) ++count;
  return count;
}

constexpr bool is_key_character(char c) noexcept {
  return c > ' ' && c < '\x7f' && c != ':';
}

bool is_key(std::string_view key) {
  return !key.empty() && std::ranges::all_of(key, is_key_character);
}

/// The place of the colon of a header line; npos if it isn't one.
std::size_t find_colon(std::string_view line) {
  const auto colon = line.find(':');
  return colon != std::string_view::npos && is_key(line.substr(0, colon)) ? colon : std::string_view::npos;
}

bool is_folded(std::string_view line) {
  return line.starts_with(' ') || line.starts_with('\t');
}

bool equal_keys(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

std::string unfold(std::string_view value) {
  std::string line;
  std::ranges::copy_if(value, std::back_inserter(line), [](char c) { return c != '\r' && c != '\n'; });
  return line;
}

bool ends_with_line_break(std::string_view text) {
  return text.ends_with('\n') || text.ends_with('\r');
}

std::string first_line_break(std::string_view text) {
  const auto line = line_at(text, 0);
  return line.end == line.next ? "\n" : std::string(text.substr(line.end, line.next - line.end));
}

/// The one that a text ends with; empty if there is none.
std::string_view last_line_break(std::string_view text) {
  if (text.ends_with("\r\n")) return "\r\n";
  return ends_with_line_break(text) ? text.substr(text.size() - 1) : std::string_view();
}

[[noreturn]] void refuse(std::string_view subject, std::size_t line, std::string message,
                         std::string hint = format_hint) {
  throw Error(ErrorCode::bad_wheel, fmt::format("{}:{}", subject, line), std::move(message), std::move(hint));
}

[[noreturn]] void refuse_first_line(std::string_view line, std::string_view subject) {
  if (is_folded(line)) refuse(subject, 1, "the first line continues a header, but no header comes before it");
  if (line.starts_with("\xef\xbb\xbf")) {
    refuse(subject, 1, "the file begins with a byte order mark, so installers find no header in it",
           "save it as UTF-8 without the mark");
  }
  refuse(subject, 1, fmt::format("the first line isn't 'Key: value': '{}'", printable(line.substr(0, 60))));
}

void require_header(std::string_view key, std::string_view value) {
  if (!is_key(key)) throw Error(ErrorCode::usage, printable(key), "not a header's name");
  if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
    throw Error(ErrorCode::usage, printable(key), "a header's value can't hold a line break or NUL");
}

}  // namespace

HeaderDocument HeaderDocument::parse(std::string_view text, std::string_view subject) {
  HeaderDocument document;
  document.text_ = text;
  document.end_headers(text.size(), text.size());
  std::size_t number = 1;
  for (std::size_t at = 0; at < text.size(); ++number) {
    const auto [begin, end, next] = line_at(text, at);
    const auto line = text.substr(begin, end - begin);
    if (!document.take_line(line, begin)) {
      if (!line.empty() && document.fields_.empty()) refuse_first_line(line, subject);
      document.end_headers(begin, line.empty() ? next : begin);
      if (!line.empty()) document.stray_line_ = number;
      break;
    }
    if (line.find('\0') != std::string_view::npos) refuse(subject, number, "a header holds a NUL character");
    if (document.fields_.size() > max_headers)
      throw Error(ErrorCode::limit_exceeded, std::string(subject),
                  fmt::format("has more than {} headers", max_headers),
                  "no project has as many: ask the publisher for another wheel");
    at = next;
  }
  document.trim_values();
  return document;
}

void HeaderDocument::end_headers(std::size_t headers_end, std::size_t body_begin) {
  headers_end_ = headers_end;
  body_begin_ = body_begin;
}

bool HeaderDocument::take_line(std::string_view line, std::size_t begin) {
  if (is_folded(line) && !fields_.empty()) {
    fields_.back().raw_end = begin + line.size();
    return true;
  }
  const auto colon = find_colon(line);
  if (colon == std::string_view::npos) return false;
  Field field;
  field.key = line.substr(0, colon);
  field.raw_begin = begin + colon + 1;
  field.raw_end = begin + line.size();
  fields_.push_back(std::move(field));
  return true;
}

void HeaderDocument::trim_values() {
  for (auto& field : fields_) {
    const auto raw = std::string_view(text_).substr(field.raw_begin, field.raw_end - field.raw_begin);
    const auto value = trim(raw);
    const auto blanks = value.empty() ? raw.find_first_not_of(" \t") : raw.find_first_not_of(" \t\r\n");
    field.value_begin = field.raw_begin + std::min(blanks, raw.size());
    field.value_end = field.value_begin + value.size();
  }
}

std::string HeaderDocument::value_of(const Field& field) const {
  return unfold(std::string_view(text_).substr(field.value_begin, field.value_end - field.value_begin));
}

const HeaderDocument::Field* HeaderDocument::find(std::string_view key) const {
  const auto found =
      std::ranges::find_if(fields_, [&](const Field& field) { return equal_keys(field.key, key); });
  return found == fields_.end() ? nullptr : &*found;
}

std::optional<std::string> HeaderDocument::get(std::string_view key) const {
  const auto* field = find(key);
  if (field == nullptr) return std::nullopt;
  return value_of(*field);
}

std::vector<std::string> HeaderDocument::get_all(std::string_view key) const {
  std::vector<std::string> values;
  for (const auto& field : fields_) {
    if (equal_keys(field.key, key)) values.push_back(value_of(field));
  }
  return values;
}

std::optional<std::string> HeaderDocument::get_folded(std::string_view key) const {
  const auto* field = find(key);
  if (field == nullptr) return std::nullopt;
  const auto raw = std::string_view(text_).substr(field->raw_begin, field->raw_end - field->raw_begin);
  return std::string(raw.substr(std::min(raw.find_first_not_of(" \t"), raw.size())));
}

std::optional<std::size_t> HeaderDocument::folded_line(std::string_view key) const {
  for (const auto& field : fields_) {
    if (!equal_keys(field.key, key)) continue;
    const auto first = line_at(text_, field.value_begin);
    if (first.end < field.value_end) return count_lines(std::string_view(text_).substr(0, first.next)) + 1;
  }
  return std::nullopt;
}

std::string_view HeaderDocument::body() const {
  return std::string_view(text_).substr(body_begin_);
}

std::vector<HeaderDocument::Header> HeaderDocument::headers() const {
  std::vector<Header> headers;
  headers.reserve(fields_.size());
  for (const auto& field : fields_) headers.push_back({field.key, value_of(field), headers.size()});
  return headers;
}

HeaderDocument HeaderDocument::with(std::string_view key, std::string_view value) const {
  auto all = headers();
  const auto found =
      std::ranges::find_if(all, [&](const Header& header) { return equal_keys(header.key, key); });
  if (found == all.end())
    all.push_back({std::string(key), std::string(value)});
  else
    found->value = value;
  return with_headers(all);
}

/// Its lines, whole.
std::string HeaderDocument::written(const Header& header, std::string_view line_break) const {
  if (!header.source) return fmt::format("{}: {}{}", header.key, header.value, line_break);
  const auto& field = fields_.at(*header.source);
  const auto begin = field.raw_begin - 1 - field.key.size();
  auto lines = text_.substr(begin, line_at(text_, field.raw_end).next - begin);
  if (header.value != value_of(field))
    lines.replace(field.value_begin - begin, field.value_end - field.value_begin, header.value);
  return lines;
}

HeaderDocument HeaderDocument::with_headers(const std::vector<Header>& headers) const {
  const auto old_headers = std::string_view(text_).substr(0, headers_end_);
  const auto any_line_break = first_line_break(text_);
  std::string text;
  for (const auto& header : headers) {
    require_header(header.key, header.value);
    auto line_break = std::string(last_line_break(text));
    if (line_break.empty()) {
      line_break = any_line_break;
      if (!text.empty()) text += line_break;
    }
    text += written(header, line_break);
  }
  if (!old_headers.empty() && !ends_with_line_break(old_headers))
    text.resize(text.size() - last_line_break(text).size());
  const auto rest = std::string_view(text_).substr(headers_end_);
  // Together, the two would end one line.
  if (text.ends_with('\r') && rest.starts_with('\n')) text.back() = '\n';
  return parse(text.append(rest), "the new headers");
}

}  // namespace wheelfix

#include "lock/requirement_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <wheelfix/error.hpp>
#include <wheelfix/version.hpp>

#include "base/text.hpp"
#include "wheel/requirement_syntax.hpp"

namespace wheelfix {

namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

/// What pip makes one line of, without its comment, and where each of its bytes is in the file.
struct LogicalLine {
  std::string text;
  std::vector<std::size_t> places;
  std::size_t number = 0;
  std::size_t end = 0;  ///< where the next one begins

  /// The range in the file of [first, after) of the text, which isn't empty.
  TextRange range(std::size_t first, std::size_t after) const {
    return {places[first], places[after - 1] + 1};
  }
};

bool is_comment(std::string_view line) {
  return line.substr(std::min(line.find_first_not_of(" \t\r\f\v"), line.size())).starts_with('#');
}

/// Without what comes after a `#` at the beginning or after white space.
void drop_comment(LogicalLine& line) {
  for (std::size_t i = 0; i < line.text.size(); ++i)
    if (line.text[i] == '#' && (i == 0 || is_space(line.text[i - 1]))) {
      line.text.resize(i);
      return;
    }
}

std::vector<LogicalLine> logical_lines(std::string_view text) {
  std::vector<LogicalLine> lines;
  LogicalLine line;
  bool goes_on = false;
  std::size_t begin = text.starts_with("\xef\xbb\xbf") ? 3 : 0;
  for (std::size_t number = 1; begin < text.size(); ++number) {
    const auto end = std::min(text.find('\n', begin), text.size());
    auto piece = text.substr(begin, end - begin);
    if (piece.ends_with('\r')) piece.remove_suffix(1);
    if (!goes_on) line.number = number;
    goes_on = piece.ends_with('\\') && !is_comment(piece);
    if (is_comment(piece)) {  // ends the line that it comes after
      piece = {};
    } else if (goes_on) {
      piece.remove_suffix(1);
    }
    for (std::size_t i = 0; i < piece.size(); ++i) line.places.push_back(begin + i);
    line.text += piece;
    line.end = std::min(end + 1, text.size());
    if (!goes_on) lines.push_back(std::exchange(line, {}));
    begin = end + 1;
  }
  if (goes_on) lines.push_back(std::move(line));
  for (auto& each : lines) drop_comment(each);
  return lines;
}

/// The words of a line: from, to.
std::vector<TextRange> words_of(std::string_view text, std::size_t begin) {
  std::vector<TextRange> words;
  for (std::size_t i = begin; i < text.size(); ++i) {
    if (is_space(text[i])) continue;
    const auto from = i;
    while (i < text.size() && !is_space(text[i])) ++i;
    words.push_back({from, i});
  }
  return words;
}

std::string unquoted(std::string_view text) {
  if (text.size() > 1 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front())
    text = text.substr(1, text.size() - 2);
  return std::string(text);
}

constexpr std::array short_options = {std::pair{"-r", "--requirement"}, std::pair{"-c", "--constraint"},
                                      std::pair{"-f", "--find-links"}, std::pair{"-i", "--index-url"},
                                      std::pair{"-e", "--editable"}};

RequirementOption parse_option(const LogicalLine& line) {
  const auto text = trim(std::string_view(line.text).substr(line.text.find('-')));
  RequirementOption option{.name = {}, .value = {}, .line = line.number, .end = line.end};
  for (const auto& [letter, name] : short_options) {
    if (!text.starts_with(letter)) continue;
    option.name = name;
    option.value = unquoted(trim(text.substr(2)));
    return option;
  }
  const auto end = std::min(text.find_first_of("= \t"), text.size());
  option.name = text.substr(0, end);
  option.value = unquoted(trim(text.substr(std::min(end + 1, text.size()))));
  return option;
}

/// The version of the only `==` or `===` among specifiers, in the line's text.
std::optional<TextRange> pinned_version(std::string_view text, TextRange specifiers) {
  std::optional<TextRange> found;
  for (auto begin = specifiers.begin; begin < specifiers.end;) {
    const auto end = std::min(text.find(',', begin), specifiers.end);
    auto at = text.find_first_not_of(" \t(", begin);
    if (at < end && text.substr(at).starts_with("==")) {
      at += text.substr(at).starts_with("===") ? 3 : 2;
      at = std::min(text.find_first_not_of(" \t", at), end);
      const auto last = std::min(text.find_first_of(" \t\r)", at), end);
      const auto version = text.substr(at, last - at);
      if (!version.empty() && !version.ends_with('*')) {
        if (found) return std::nullopt;
        found = TextRange{at, last};
      }
    }
    begin = end + 1;
  }
  return found;
}

void add_hashes(PinnedRequirement& requirement, const LogicalLine& line, std::size_t options,
                std::size_t after) {
  constexpr std::string_view name = "--hash";
  const auto words = words_of(line.text, options);
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto word = words[i];
    auto text = std::string_view(line.text).substr(word.begin, word.end - word.begin);
    if (text == name && i + 1 < words.size()) {
      word.end = words[++i].end;
      text = std::string_view(line.text).substr(words[i].begin, word.end - words[i].begin);
      requirement.hashes.push_back({unquoted(text), after, line.range(word.begin, word.end)});
    } else if (text.starts_with("--hash=")) {
      requirement.hashes.push_back(
          {unquoted(text.substr(name.size() + 1)), after, line.range(word.begin, word.end)});
    }
    after = line.places[word.end - 1] + 1;
  }
}

/// Whether it is a path or URL and not a requirement with a name.
bool is_location(std::string_view text) {
  const auto first = text.substr(0, text.find_first_of(" \t;@"));
  return first.find('/') != std::string_view::npos || first.starts_with('.') || first.ends_with(".whl") ||
         first.ends_with(".gz") || first.ends_with(".zip");
}

std::optional<PinnedRequirement> parse_requirement_line(const LogicalLine& line, const std::string& file) {
  const std::string_view text = line.text;
  const auto words = words_of(text, 0);
  const auto option = std::ranges::find_if(words, [&](TextRange word) { return text[word.begin] == '-'; });
  const auto options = option == words.end() ? text.size() : option->begin;
  const TextRange whole = {words.front().begin, std::prev(option)->end};
  const auto requirement = text.substr(whole.begin, whole.end - whole.begin);
  if (is_location(requirement)) return std::nullopt;
  if (const auto fault = requirement_fault(requirement))
    throw Error(ErrorCode::bad_recipe, fmt::format("{}:{}", file, line.number),
                fmt::format("'{}' {}", printable(requirement.substr(0, 80)), *fault));
  if (const auto backslash = text.find('\\', options); backslash != std::string_view::npos)
    throw Error(ErrorCode::bad_recipe, fmt::format("{}:{}", file, line.number),
                fmt::format("'{}' has a backslash that isn't at the end of a line",
                            printable(text.substr(options, 80))));
  PinnedRequirement found;
  found.line = line.number;
  auto at = whole.begin + std::min(requirement.find_first_of(" \t[(;<>=!~@"), requirement.size());
  found.project = normalize_project_name(text.substr(whole.begin, at - whole.begin));
  at = std::min(text.find_first_not_of(" \t", at), whole.end);
  if (at < whole.end && text[at] == '[') at = std::min(text.find(']', at) + 1, whole.end);
  const auto end = std::min(text.find(';', at), whole.end);
  if (const auto version = pinned_version(text, {at, end})) {
    found.version = text.substr(version->begin, version->end - version->begin);
    found.version_range = line.range(version->begin, version->end);
  }
  add_hashes(found, line, options, line.places[whole.end - 1] + 1);
  return found;
}

}  // namespace

RequirementLines RequirementLines::parse(std::string_view text, const std::string& file) {
  if (text.find('\0') != std::string_view::npos || text.starts_with("\xff\xfe") ||
      text.starts_with("\xfe\xff"))
    throw Error(ErrorCode::bad_recipe, file,
                "isn't a text in UTF-8 or another encoding that has ASCII in it");
  RequirementLines lines;
  for (const auto& line : logical_lines(text)) {
    const auto words = words_of(line.text, 0);
    if (words.empty()) continue;
    if (line.text[words.front().begin] == '-') {
      lines.options.push_back(parse_option(line));
    } else if (auto requirement = parse_requirement_line(line, file)) {
      lines.requirements.push_back(std::move(*requirement));
    }
  }
  return lines;
}

}  // namespace wheelfix

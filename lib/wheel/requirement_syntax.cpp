#include "wheel/requirement_syntax.hpp"

#include <wheelfix/error.hpp>
#include <wheelfix/version_specifiers.hpp>

#include "wheel/marker.hpp"

namespace wheelfix {

namespace {

/// The number of a character, from 1, before which a text has this many bytes.
std::size_t column_at(std::string_view text, std::size_t bytes) {
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  return static_cast<std::size_t>(std::ranges::count_if(text.substr(0, bytes), begins)) + 1;
}

/// A reader of one requirement, from left to right.
class RequirementReader {
 public:
  explicit RequirementReader(std::string_view text) : text_(text), cursor_(text) {}

  ReadRequirement run() {
    read();
    ReadRequirement requirement{parts_, {}};
    if (!cursor_.fault().empty())
      requirement.fault = {column_at(text_, text_.size() - cursor_.left_at_fault()), cursor_.fault()};
    return requirement;
  }

 private:
  /// What was read since there were `left` bytes left.
  std::string_view read_since(std::size_t left) const {
    return trim(text_.substr(text_.size() - left, left - cursor_.rest().size()));
  }

  /// A project or an extra: letters and digits, with `-`, `_` and `.` between them.
  bool read_name(std::string_view what, std::string_view& read) {
    const auto is_name = [](char c) { return is_ascii_alnum(c) || c == '-' || c == '_' || c == '.'; };
    const auto rest = cursor_.rest();
    const auto end = std::ranges::find_if_not(rest, is_name);
    const auto name = std::string_view(rest.begin(), end);
    if (name.empty() || !is_ascii_alnum(name.front()) || !is_ascii_alnum(name.back()))
      return cursor_.expected(what);
    cursor_.skip(name.size());
    read = name;
    return true;
  }

  bool read() {
    cursor_.skip_space();
    const auto before_head = cursor_.rest().size();
    if (!read_name("a project's name", parts_.name)) return false;
    cursor_.skip_space();
    if (cursor_.take("[") && !read_extras()) return false;
    parts_.head = read_since(before_head);
    cursor_.skip_space();
    const auto before_range = cursor_.rest().size();
    if (cursor_.take("@") ? !read_url() : !read_specifiers()) return false;
    parts_.range = read_since(before_range);
    cursor_.skip_space();
    if (cursor_.rest().empty()) return true;
    if (!cursor_.take(";")) return cursor_.expected("a ';' before the marker");
    const auto before_marker = cursor_.rest().size();
    if (!read_marker(cursor_, {})) return false;
    parts_.marker = read_since(before_marker);
    return cursor_.rest().empty() || cursor_.expected("'and', 'or' or the end");
  }

  bool read_extras() {
    cursor_.skip_space();
    if (cursor_.take("]")) return true;
    do {
      cursor_.skip_space();
      if (!read_name("an extra's name", parts_.extras.emplace_back())) return false;
      cursor_.skip_space();
    } while (cursor_.take(","));
    return cursor_.take("]") || cursor_.expected("a ',' or ']'");
  }

  bool read_url() {
    cursor_.skip_space();
    const auto url = cursor_.rest().substr(0, cursor_.rest().find_first_of(" \t"));
    const auto colon = url.find(':');
    if (colon == 0 || colon == std::string_view::npos || url.find('/') < colon)
      return cursor_.expected("a URL with its scheme");
    cursor_.skip(url.size());
    parts_.url = url;
    return true;
  }

  bool read_specifiers() {
    const bool is_enclosed = cursor_.take("(");
    const auto rest = cursor_.rest();
    const auto end = std::min(rest.find_first_of(is_enclosed ? ");" : ";"), rest.size());
    const auto text = trim(rest.substr(0, end));
    if (is_enclosed && text.empty()) return cursor_.expected("a version specifier");
    auto pieces = split(text, ',');
    if (trim(pieces.back()).empty())
      pieces.pop_back();  // pip and uv take a comma at the end, and therefore an empty text
    for (const auto piece : pieces) {
      const auto blanks = std::min(piece.find_first_not_of(" \t"), piece.size());
      const auto from = static_cast<std::size_t>(piece.data() - rest.data()) + blanks;
      if (!check_specifier(trim(piece), rest.substr(from))) return false;
    }
    parts_.specifiers = text;
    cursor_.skip(end);
    return !is_enclosed || cursor_.take(")") || cursor_.expected("a ')'");
  }

  bool check_specifier(std::string_view text, std::string_view rest) {
    if (text.empty()) return cursor_.fail_at(rest, "has a ',' with no version specifier before it");
    if (text.starts_with("===") && !Version::try_parse(text.substr(3)))
      return cursor_.fail_at(rest, fmt::format("has '{}', where uv requires a version", printable(text)));
    try {
      VersionSpecifiers::parse(text);
      return true;
    } catch (const Error& error) {
      return cursor_.fail_at(rest, fmt::format("has '{}', which {}", error.subject(), error.message()));
    }
  }

  std::string_view text_;
  RequirementCursor cursor_;
  RequirementParts parts_;
};

constexpr bool is_operator_character(char c) noexcept {
  return c == '<' || c == '>' || c == '=' || c == '~' || c == '!';
}

/// One specifier as uv corrects it, without its quotes.
std::string mended(std::string_view specifier) {
  std::string text(specifier);
  std::erase_if(text, [](char c) { return c == '"' || c == '\'' || c == ' '; });
  if (text == ">dev") return ">0";
  if (text.starts_with("!=~")) text.erase(2, 1);
  const bool is_order = text.starts_with('<') || text.starts_with('>');
  if (is_order && text.ends_with(".*")) text.resize(text.size() - 2);
  if (!is_order && text.size() > 2 && text.ends_with('*') && is_ascii_digit(text[text.size() - 2]))
    text.insert(text.size() - 1, ".");
  return text;
}

}  // namespace

ReadRequirement read_requirement(std::string_view text) {
  return RequirementReader(text).run();
}

std::optional<std::string> requirement_fault(std::string_view text) {
  auto fault = read_requirement(text).fault;
  if (!fault) return std::nullopt;
  return std::move(fault->message);
}

bool is_mendable_requires_python(std::string_view text) {
  if (text == "UNKNOWN") return true;  // what distutils wrote if there was none
  std::string with_commas;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i > 0 && is_ascii_digit(text[i - 1]) && is_operator_character(text[i])) with_commas += ',';
    with_commas += text[i];
  }
  const auto pieces = split(with_commas, ',');
  if (trim(pieces.front()).empty()) return false;
  try {
    for (const auto piece : pieces) VersionSpecifiers::parse(mended(trim(piece)));
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace wheelfix

#include "wheel/requirement_syntax.hpp"

#include <wheelfix/error.hpp>
#include <wheelfix/version_specifiers.hpp>

#include "wheel/marker.hpp"

namespace wheelfix {

namespace {

/// A reader of one requirement, from left to right.
class RequirementReader {
 public:
  explicit RequirementReader(std::string_view text) : cursor_(text) {}

  std::optional<std::string> fault() {
    read_requirement();
    if (cursor_.fault().empty()) return std::nullopt;
    return cursor_.fault();
  }

 private:
  /// A project or an extra: letters and digits, with `-`, `_` and `.` between them.
  bool read_name(std::string_view what) {
    const auto is_name = [](char c) { return is_ascii_alnum(c) || c == '-' || c == '_' || c == '.'; };
    const auto rest = cursor_.rest();
    const auto end = std::ranges::find_if_not(rest, is_name);
    const auto name = std::string_view(rest.begin(), end);
    if (name.empty() || !is_ascii_alnum(name.front()) || !is_ascii_alnum(name.back()))
      return cursor_.expected(what);
    cursor_.skip(name.size());
    return true;
  }

  bool read_requirement() {
    cursor_.skip_space();
    if (!read_name("a project's name")) return false;
    cursor_.skip_space();
    if (cursor_.take("[") && !read_extras()) return false;
    cursor_.skip_space();
    if (cursor_.take("@") ? !read_url() : !read_specifiers()) return false;
    cursor_.skip_space();
    if (cursor_.rest().empty()) return true;
    if (!cursor_.take(";")) return cursor_.expected("a ';' before the marker");
    if (!read_marker(cursor_, {})) return false;
    return cursor_.rest().empty() || cursor_.expected("'and', 'or' or the end");
  }

  bool read_extras() {
    cursor_.skip_space();
    if (cursor_.take("]")) return true;
    do {
      cursor_.skip_space();
      if (!read_name("an extra's name")) return false;
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
      if (!check_specifier(trim(piece))) return false;
    }
    cursor_.skip(end);
    return !is_enclosed || cursor_.take(")") || cursor_.expected("a ')'");
  }

  bool check_specifier(std::string_view text) {
    if (text.empty()) return cursor_.fail("has a ',' with no version specifier before it");
    if (text.starts_with("===") && !Version::try_parse(text.substr(3)))
      return cursor_.fail(fmt::format("has '{}', where uv requires a version", printable(text)));
    try {
      VersionSpecifiers::parse(text);
      return true;
    } catch (const Error& error) {
      return cursor_.fail(fmt::format("has '{}', which {}", error.subject(), error.message()));
    }
  }

  RequirementCursor cursor_;
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

std::optional<std::string> requirement_fault(std::string_view text) {
  return RequirementReader(text).fault();
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

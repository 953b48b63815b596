#include "wheel/requirement_syntax.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <wheelfix/error.hpp>
#include <wheelfix/finding.hpp>
#include <wheelfix/version_specifiers.hpp>

#include "base/text.hpp"

namespace wheelfix {

namespace {

/// Deeper ones end pip in a RecursionError.
constexpr int max_depth = 50;

/// A reader of one requirement, from left to right. Each `take_` moves on and returns true, or stays.
class RequirementReader {
 public:
  explicit RequirementReader(std::string_view text) : rest_(text) {}

  std::optional<std::string> fault() {
    read_requirement();
    if (fault_.empty()) return std::nullopt;
    return std::move(fault_);
  }

 private:
  bool fail(std::string message) {
    if (fault_.empty()) fault_ = std::move(message);
    return false;
  }

  bool expected(std::string_view what) {
    return fail(rest_.empty()
                    ? fmt::format("ends where {} should be", what)
                    : fmt::format("has '{}' where {} should be", printable(rest_.substr(0, 30)), what));
  }

  void skip_space() {
    const auto end = std::min(rest_.find_first_not_of(" \t"), rest_.size());
    rest_.remove_prefix(end);
  }

  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  /// A word that no letter, digit or underscore follows.
  bool take_word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    if (rest_.size() > word.size() && (is_ascii_alnum(rest_[word.size()]) || rest_[word.size()] == '_'))
      return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  /// A project or an extra: letters and digits, with `-`, `_` and `.` between them.
  bool read_name(std::string_view what) {
    const auto is_name = [](char c) { return is_ascii_alnum(c) || c == '-' || c == '_' || c == '.'; };
    const auto end = std::ranges::find_if_not(rest_, is_name);
    const auto name = std::string_view(rest_.begin(), end);
    if (name.empty() || !is_ascii_alnum(name.front()) || !is_ascii_alnum(name.back())) return expected(what);
    rest_.remove_prefix(name.size());
    return true;
  }

  bool read_requirement() {
    skip_space();
    if (!read_name("a project's name")) return false;
    skip_space();
    if (take("[") && !read_extras()) return false;
    skip_space();
    if (take("@") ? !read_url() : !read_specifiers()) return false;
    skip_space();
    if (rest_.empty()) return true;
    if (!take(";")) return expected("a ';' before the marker");
    if (!read_marker(0)) return false;
    return rest_.empty() || expected("'and', 'or' or the end");
  }

  bool read_extras() {
    skip_space();
    if (take("]")) return true;
    do {
      skip_space();
      if (!read_name("an extra's name")) return false;
      skip_space();
    } while (take(","));
    return take("]") || expected("a ',' or ']'");
  }

  bool read_url() {
    skip_space();
    const auto url = rest_.substr(0, rest_.find_first_of(" \t"));
    const auto colon = url.find(':');
    if (colon == 0 || colon == std::string_view::npos || url.find('/') < colon)
      return expected("a URL with its scheme");
    rest_.remove_prefix(url.size());
    return true;
  }

  bool read_specifiers() {
    const bool is_enclosed = take("(");
    const auto end = std::min(rest_.find_first_of(is_enclosed ? ");" : ";"), rest_.size());
    const auto text = trim(rest_.substr(0, end));
    if (is_enclosed && text.empty()) return expected("a version specifier");
    auto pieces = split(text, ',');
    if (trim(pieces.back()).empty()) pieces.pop_back();  // pip and uv take a comma at the end, and so nothing
    for (const auto piece : pieces) {
      if (!check_specifier(trim(piece))) return false;
    }
    rest_.remove_prefix(end);
    return !is_enclosed || take(")") || expected("a ')'");
  }

  bool check_specifier(std::string_view text) {
    if (text.empty()) return fail("has a ',' with no version specifier before it");
    if (text.starts_with("===") && !Version::try_parse(text.substr(3)))
      return fail(fmt::format("has '{}', in which uv asks for a version", printable(text)));
    try {
      VersionSpecifiers::parse(text);
      return true;
    } catch (const Error& error) {
      return fail(fmt::format("has '{}', which {}", error.subject(), error.message()));
    }
  }

  /// One atom, then as many more as `and` and `or` join.
  bool read_marker(int depth) {
    if (depth > max_depth) return fail("has a marker with too many parentheses in each other");
    do {
      skip_space();
      if (take("(")) {
        if (!read_marker(depth + 1)) return false;
        if (!take(")")) return expected("a ')'");
      } else if (!read_comparison()) {
        return false;
      }
      skip_space();
    } while (take_word("and") || take_word("or"));
    return true;
  }

  struct Operand {
    bool is_variable = false;
    std::string_view text;
  };

  bool read_comparison() {
    Operand left;
    Operand right;
    if (!read_operand(left)) return false;
    skip_space();
    const auto op = read_operator();
    if (op.empty()) return expected("an operator that pip and uv know");
    skip_space();
    if (!read_operand(right)) return false;
    if (!left.is_variable && !right.is_variable) return fail("has a marker that compares two strings");
    return op != "~=" || check_compatible(left, right);
  }

  bool read_operand(Operand& operand) {
    constexpr std::array<std::string_view, 15> variables = {"python_version",
                                                            "python_full_version",
                                                            "os_name",
                                                            "os.name",
                                                            "sys_platform",
                                                            "sys.platform",
                                                            "platform_release",
                                                            "platform_system",
                                                            "platform_version",
                                                            "platform.version",
                                                            "platform_machine",
                                                            "platform.machine",
                                                            "implementation_name",
                                                            "implementation_version",
                                                            "extra"};
    constexpr std::array<std::string_view, 3> implementations = {
        "platform_python_implementation", "platform.python_implementation", "python_implementation"};
    const auto begin = rest_;
    const auto take_any = [&](std::string_view name) { return take_word(name); };
    if (std::ranges::any_of(variables, take_any) || std::ranges::any_of(implementations, take_any)) {
      operand = {true, begin.substr(0, begin.size() - rest_.size())};
      return true;
    }
    if (!rest_.starts_with('"') && !rest_.starts_with('\'')) return expected("a marker's name or a string");
    const auto end = rest_.find(rest_.front(), 1);
    if (end == std::string_view::npos) return fail("has a string without its closing quote");
    operand = {false, rest_.substr(1, end - 1)};
    if (operand.text.find('\\') != std::string_view::npos)
      return fail("has a backslash in a string, which pip takes for the begin of an escape");
    rest_.remove_prefix(end + 1);
    return true;
  }

  std::string_view read_operator() {
    for (const std::string_view op : {"==", "~=", "!=", "<=", ">=", "<", ">"}) {
      if (!rest_.starts_with("===") && take(op)) return op;
    }
    if (take_word("in")) return "in";
    if (!take_word("not")) return {};
    skip_space();
    return take_word("in") ? "not in" : std::string_view();
  }

  /// pip compares by ~= only versions with a specifier, and fails where it isn't one.
  bool check_compatible(const Operand& left, const Operand& right) {
    const auto& variable = left.is_variable ? left : right;
    const auto& text = left.is_variable ? right : left;
    const bool is_version = variable.text.ends_with("version") || variable.text.ends_with("_release");
    if (!is_version || text.is_variable) return fail("has a marker that asks by ~= for what is no version");
    if (&text == &left) return true;
    try {
      VersionSpecifiers::parse("~=" + std::string(text.text));
    } catch (const Error& error) {
      return fail(fmt::format("has a marker with '{}', which {}", error.subject(), error.message()));
    }
    return true;
  }

  std::string_view rest_;
  std::string fault_;
};

constexpr bool is_operator_character(char c) noexcept {
  return c == '<' || c == '>' || c == '=' || c == '~' || c == '!';
}

/// One specifier as uv mends it, less its quotes.
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
  if (text == "UNKNOWN") return true;  // what distutils wrote for none
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

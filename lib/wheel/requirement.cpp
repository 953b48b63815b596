#include "wheel/requirement.hpp"

#include <algorithm>
#include <wheelfix/error.hpp>
#include <wheelfix/version_specifiers.hpp>

#include "base/text.hpp"

namespace wheelfix {

Requirement parse_requirement(std::string_view text) {
  const auto semicolon = std::min(text.find(';'), text.size());
  const auto marker = trim(text.substr(std::min(semicolon + 1, text.size())));
  text = trim(text.substr(0, semicolon));
  const auto is_name = [](char c) { return is_ascii_alnum(c) || c == '-' || c == '_' || c == '.'; };
  const auto end = std::ranges::find_if_not(text, is_name);
  const auto name = std::string_view(text.begin(), end);
  auto rest = trim(text.substr(name.size()));
  if (rest.starts_with('[')) rest = trim(rest.substr(std::min(rest.find(']'), rest.size() - 1) + 1));
  if (rest.starts_with('(') && rest.ends_with(')')) rest = rest.substr(1, rest.size() - 2);
  return {normalize_project_name(name), std::string(trim(rest)), std::string(marker)};
}

Truth met_by(const Requirement& requirement, const Version& version) {
  try {
    return VersionSpecifiers::parse(requirement.specifiers).contains(version) ? Truth::yes : Truth::no;
  } catch (const Error&) {
    return Truth::unknown;
  }
}

}  // namespace wheelfix

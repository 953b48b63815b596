#include "environment/python_tag.hpp"

#include <charconv>

#include "base/text.hpp"

namespace wheelfix {

std::string to_string(PythonVersion version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor);
}

std::optional<PythonVersion> parse_nodot_version(std::string_view text) {
  if (text.size() < 2 || text.size() > 4 || !is_ascii_digit(text.front())) return std::nullopt;
  PythonVersion version{static_cast<unsigned>(text.front() - '0'), 0};
  const auto* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data() + 1, end, version.minor);
  if (error != std::errc() || at != end) return std::nullopt;
  return version;
}

std::optional<CPythonTag> parse_cpython_tag(std::string_view text) {
  if (!text.starts_with("cp")) return std::nullopt;
  text.remove_prefix(2);
  const auto digits = text.find_first_not_of("0123456789");
  const auto version = parse_nodot_version(text.substr(0, digits));
  if (!version) return std::nullopt;
  CPythonTag tag{*version};
  for (const char flag : text.substr(std::min(digits, text.size()))) {
    if (flag == 't') {
      tag.free_threaded = true;
    } else if (flag == 'd') {
      tag.debug = true;
    } else if (flag != 'm' && flag != 'u') {
      return std::nullopt;
    }
  }
  return tag;
}

}  // namespace wheelfix

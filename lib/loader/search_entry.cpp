#include "loader/search_entry.hpp"

#include <filesystem>

#include "base/text.hpp"

namespace wheelfix {
namespace {

bool is_name_char(char c) {
  return is_ascii_alnum(c) || c == '_';
}

/// The length of `name` or `{name}` at the front of `text`; 0 if it isn't there.
std::size_t token_length(std::string_view text, std::string_view name) {
  const bool braces = text.starts_with('{');
  const auto rest = text.substr(braces ? 1 : 0);
  if (!rest.starts_with(name)) return 0;
  const auto next = rest.substr(name.size());
  if (braces) return next.starts_with('}') ? name.size() + 2 : 0;
  return next.empty() || !is_name_char(next.front()) ? name.size() : 0;
}

}  // namespace

std::string folder_of(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(path.substr(0, slash == 0 ? 1 : slash));
}

std::string origin_entry(const std::string& from, const std::string& to, std::string_view token) {
  const auto relative =
      std::filesystem::path(folder_of(to)).lexically_relative(folder_of(from)).lexically_normal().string();
  return std::string(token) + (relative == "." ? "" : "/" + relative);
}

std::string expand_glibc(std::string_view text, std::string_view origin, const LoaderSystem& system) {
  const std::pair<std::string_view, std::string_view> tokens[] = {
      {"ORIGIN", origin}, {"PLATFORM", system.platform}, {"LIB", system.lib}};
  std::string result;
  while (!text.empty()) {
    const auto dollar = text.find('$');
    result += text.substr(0, dollar);
    if (dollar == std::string_view::npos) break;
    text.remove_prefix(dollar + 1);
    std::string_view value = "$";
    for (const auto& [name, replacement] : tokens) {
      const auto length = token_length(text, name);
      if (length == 0) continue;
      value = replacement;
      text.remove_prefix(length);
      break;
    }
    result += value;
  }
  return result;
}

std::optional<std::string> expand_musl(std::string_view text, std::string_view origin) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '$') {
      result += text[at++];
      continue;
    }
    const auto rest = text.substr(at);
    if (!rest.starts_with("$ORIGIN") && !rest.starts_with("${ORIGIN}")) return std::nullopt;
    result += origin;
    at += rest[1] == '{' ? 9 : 7;
  }
  return result;
}

}  // namespace wheelfix

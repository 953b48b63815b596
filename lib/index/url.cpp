#include "index/url.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/text.hpp"
#include "base/url_quote.hpp"

namespace wheelfix {

namespace {

/// Its parts, as RFC 3986, 5.3 puts them together.
struct UrlParts {
  std::string_view scheme;
  std::optional<std::string_view> authority;
  std::string_view path;
  std::optional<std::string_view> query;
  std::optional<std::string_view> fragment;
};

std::size_t scheme_size(std::string_view url) {
  const auto end = url.find(':');
  if (end == std::string_view::npos || end == 0 || !is_ascii_alpha(url[0])) return 0;
  const bool is_scheme = std::ranges::all_of(
      url.substr(0, end), [](char c) { return is_ascii_alnum(c) || c == '+' || c == '-' || c == '.'; });
  return is_scheme ? end : 0;
}

UrlParts parts_of(std::string_view url) {
  UrlParts parts;
  const auto cut = [&](char separator, std::optional<std::string_view>& part) {
    const auto at = url.find(separator);
    if (at == std::string_view::npos) return;
    part = url.substr(at + 1);
    url = url.substr(0, at);
  };
  cut('#', parts.fragment);
  cut('?', parts.query);
  if (const auto size = scheme_size(url); size > 0) {
    parts.scheme = url.substr(0, size);
    url.remove_prefix(size + 1);
  }
  if (url.starts_with("//")) {
    const auto end = std::min(url.find('/', 2), url.size());
    parts.authority = url.substr(2, end - 2);
    url.remove_prefix(end);
  }
  parts.path = url;
  return parts;
}

std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  auto names = split(path, '/');
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool is_last = i + 1 == names.size();
    const bool is_dots = names[i] == "." || names[i] == "..";
    if (names[i] == ".." && kept.size() > 1) kept.pop_back();
    if (!is_dots) kept.push_back(names[i]);
    if (is_dots && is_last) kept.emplace_back();
  }
  std::string text;
  for (std::size_t i = 0; i < kept.size(); ++i) text.append(i == 0 ? "" : "/").append(kept[i]);
  return text;
}

std::string merged_path(const UrlParts& base, std::string_view path) {
  if (base.authority && base.path.empty()) return "/" + std::string(path);
  return std::string(base.path.substr(0, base.path.rfind('/') + 1)).append(path);
}

std::string joined(const UrlParts& parts, std::string_view path) {
  std::string url;
  if (!parts.scheme.empty()) url.append(parts.scheme).append(":");
  if (parts.authority) url.append("//").append(*parts.authority);
  url.append(path);
  if (parts.query) url.append("?").append(*parts.query);
  if (parts.fragment) url.append("#").append(*parts.fragment);
  return url;
}

bool may_be_in_url(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > ' ' && byte < 0x7f && std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
}

std::string quote_odd(std::string_view url) {
  return url_quote(url, may_be_in_url);
}

}  // namespace

std::string resolve_url(std::string_view base, std::string_view reference) {
  const auto from = parts_of(base);
  auto to = parts_of(trim(reference));
  if (!to.scheme.empty()) return quote_odd(joined(to, without_dots(to.path)));
  to.scheme = from.scheme;
  if (to.authority) return quote_odd(joined(to, without_dots(to.path)));
  to.authority = from.authority;
  if (to.path.empty()) {
    if (!to.query) to.query = from.query;
    return quote_odd(joined(to, from.path));
  }
  return quote_odd(
      joined(to, without_dots(to.path.starts_with('/') ? std::string(to.path) : merged_path(from, to.path))));
}

std::string without_credentials(std::string_view url) {
  auto parts = parts_of(url);
  if (parts.authority) parts.authority = parts.authority->substr(parts.authority->rfind('@') + 1);
  return joined(parts, parts.path);
}

std::string url_scheme(std::string_view url) {
  return ascii_lower(parts_of(url).scheme);
}

std::string url_file_name(std::string_view url) {
  const auto path = parts_of(url).path;
  return url_unquote(path.substr(path.rfind('/') + 1));
}

std::pair<std::string, std::string> split_fragment(std::string_view url) {
  auto parts = parts_of(url);
  const std::string fragment(parts.fragment.value_or(""));
  parts.fragment.reset();
  return {joined(parts, parts.path), fragment};
}

}  // namespace wheelfix

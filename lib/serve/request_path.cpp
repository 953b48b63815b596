#include "serve/request_path.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/url_quote.hpp"

namespace wheelfix {

namespace {

bool is_name(std::string_view name) {
  const auto is_odd = [](char c) { return c == '/' || static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  return !name.empty() && name.front() != '.' && std::ranges::none_of(name, is_odd);
}

}  // namespace

std::optional<RequestPath> parse_request_path(std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  RequestPath parsed;
  parsed.has_slash = path.ends_with('/');
  if (path.size() == 1) return parsed;
  path.remove_prefix(1);
  if (parsed.has_slash) path.remove_suffix(1);
  for (const auto part : split(path, '/')) {
    auto name = url_unquote_strictly(part);
    if (!name || !is_name(*name)) return std::nullopt;
    parsed.names.push_back(std::move(*name));
  }
  return parsed;
}

}  // namespace wheelfix

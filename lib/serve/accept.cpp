#include "serve/accept.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace wheelfix {

namespace {

struct MediaRange {
  std::string type;   ///< in lower case
  int weight = 1000;  ///< 0 to 1000
};

/// RFC 9110, 12.4.2: 0 or 1, with up to three digits after the point.
std::optional<int> parse_weight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int weight = (text[0] - '0') * 1000;
  int unit = 100;
  for (const char digit : text.substr(std::min<std::size_t>(text.size(), 2))) {
    if (!is_ascii_digit(digit)) return std::nullopt;
    weight += (digit - '0') * unit;
    unit /= 10;
  }
  return weight <= 1000 ? std::optional(weight) : std::nullopt;
}

std::optional<MediaRange> parse_media_range(std::string_view text) {
  const auto parts = split(text, ';');
  MediaRange range{ascii_lower(trim(parts.front()))};
  if (range.type.find('/') == std::string::npos) return std::nullopt;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto parameter = trim(parts[i]);
    if (parameter.size() < 2 || ascii_lower(parameter[0]) != 'q' || parameter[1] != '=') continue;
    const auto weight = parse_weight(parameter.substr(2));
    if (!weight) return std::nullopt;
    range.weight = *weight;
  }
  return range;
}

struct Choice {
  PageType type;
  std::array<std::string_view, 2> names;
};

/// In the order of preference among those that are named.
constexpr std::array choices = {
    Choice{PageType::json,
           {"application/vnd.pypi.simple.v1+json", "application/vnd.pypi.simple.latest+json"}},
    Choice{PageType::html, {"text/html", "text/html"}},
    Choice{PageType::simple_html,
           {"application/vnd.pypi.simple.v1+html", "application/vnd.pypi.simple.latest+html"}}};

enum Closeness { none, any, any_of_kind, named };

Closeness closeness(std::string_view range, const Choice& choice) {
  if (range == choice.names[0] || range == choice.names[1]) return named;
  if (range == "*/*") return any;
  const auto kind = choice.names[0].substr(0, choice.names[0].find('/') + 1);
  return range.ends_with("/*") && range.substr(0, range.size() - 1) == kind ? any_of_kind : none;
}

/// The weight of the range that fits best, and how well it fits.
std::pair<int, Closeness> weight_of(const Choice& choice, const std::vector<MediaRange>& ranges) {
  std::pair<int, Closeness> best{0, none};
  for (const auto& range : ranges) {
    const auto close = closeness(range.type, choice);
    if (close > best.second || (close != none && close == best.second && range.weight > best.first))
      best = {range.weight, close};
  }
  return best;
}

}  // namespace

std::string_view media_type(PageType type) noexcept {
  switch (type) {
    case PageType::json:
      return "application/vnd.pypi.simple.v1+json";
    case PageType::simple_html:
      return "application/vnd.pypi.simple.v1+html; charset=utf-8";
    default:
      return "text/html; charset=utf-8";
  }
}

std::optional<PageType> negotiate(std::optional<std::string_view> accept) {
  if (!accept || trim(*accept).empty()) return PageType::html;
  std::vector<MediaRange> ranges;
  for (const auto part : split(*accept, ',')) {
    if (auto range = parse_media_range(part)) ranges.push_back(std::move(*range));
  }
  std::optional<PageType> best;
  std::tuple<int, Closeness, bool> reached{0, named, true};
  for (const auto& choice : choices) {
    const auto [weight, close] = weight_of(choice, ranges);
    const std::tuple rank{weight, close, close == any && choice.type == PageType::html};
    if (weight == 0 || (best && rank <= reached)) continue;
    best = choice.type;
    reached = rank;
  }
  return best;
}

}  // namespace wheelfix

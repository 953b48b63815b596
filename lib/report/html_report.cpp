#include <wheelfix/html_report.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/atomic_file.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "report/cause_cards.hpp"
#include "report/package_list.hpp"
#include "report/page_parts.hpp"
#include "report/page_texts.hpp"

namespace wheelfix {
namespace {

/// As a Content-Security-Policy names the text of a script or style: RECORD's hash in plain base64.
std::string policy_hash(std::string_view text) {
  auto hash = record_hash(text);
  hash[hash.find('=')] = '-';
  const auto begin = hash.begin() + static_cast<std::ptrdiff_t>(hash.find('-')) + 1;
  std::replace(begin, hash.end(), '-', '+');
  std::replace(begin, hash.end(), '_', '/');
  return hash + '=';
}

/// The header's: `error`, `warning` or `good`.
std::string_view state_of(const Examination& examination) {
  if (has_error(examination.findings)) return "error";
  const bool warns = std::ranges::any_of(examination.causes, [&](const Cause& cause) {
    return cause.severity == Severity::warning && !is_hygiene(examination, cause);
  });
  return warns ? "warning" : "good";
}

std::string_view icon_colour(std::string_view state) {
  if (state == "good") return "%231f8a4c";
  return state == "error" ? "%23c62828" : "%23b07d00";
}

Markup links_to(const CauseCards& cards, std::uint64_t points, const Examination& examination) {
  Markup items;
  const auto add = [&](std::string_view id, const std::string& text) {
    items += part("link", {{"id", id}, {"text", text}});
  };
  if (cards.listed_causes > 0) add("causes", fmt::format("What was found: {}", cards.listed_causes));
  if (points > 0) add("hygiene", counted(points, "point") + " of hygiene");
  if (!examination.packages.empty())
    add("packages",
        counted(examination.packages.size(), examination.environment.empty() ? "wheel" : "distribution"));
  return items.html.empty() ? items : part("links", {{"items", items}});
}

}  // namespace

std::string html_report(const Examination& examination) {
  const auto text = verdict(examination);
  const auto colon = text.rfind(": ");
  // `2 modules fail, for 1 cause; 3 points of hygiene`: the first is what people came for.
  const auto outcome = text.substr(colon + 2);
  const auto semicolon = std::min(outcome.find("; "), outcome.size());
  const auto state = state_of(examination);
  const auto cards = cause_cards(examination);
  const auto points = hygiene(examination);
  Markup content = cards.listed_causes > 0 ? part("causes", {{"cards", cards.listed}}) : part("nothing");
  if (points > 0)
    content += part("hygiene", {{"points", counted(points, "point")}, {"cards", cards.hygiene}});
  content += package_list(examination);
  return part("page", {{"style_hash", policy_hash(page_style)},
                       {"script_hash", policy_hash(page_script)},
                       {"icon_colour", icon_colour(state)},
                       {"style", Markup{std::string(page_style)}},
                       {"script", Markup{std::string(page_script)}},
                       {"state", state},
                       {"outcome", outcome.substr(0, semicolon)},
                       {"subject", text.substr(0, colon)},
                       {"also", semicolon == outcome.size()
                                    ? Markup{}
                                    : part("also", {{"text", outcome.substr(semicolon + 2)}})},
                       {"links", links_to(cards, points, examination)},
                       {"content", content}})
      .html;
}

HtmlReportFile::HtmlReportFile(const std::filesystem::path& file) {
  std::error_code failure;
  const auto target = is_symlink(file, failure) ? weakly_canonical(file) : file;
  file_ = std::make_unique<AtomicFile>(target, Existing::replace);
}

HtmlReportFile::~HtmlReportFile() = default;

void HtmlReportFile::write(const Examination& examination) {
  file_->append(html_report(examination));
  file_->commit(Durability::none);
}

}  // namespace wheelfix

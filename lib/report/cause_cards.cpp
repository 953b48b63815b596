#include "report/cause_cards.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "base/text.hpp"
#include "report/chain_picture.hpp"

namespace wheelfix {
namespace {

// What of a cause shows at once, and what is in the page at all. A real report is far below the last two.
constexpr std::size_t usual_places = 4, usual_hints = 2;
constexpr std::size_t most_places = 200, most_hints = 20;
constexpr std::size_t most_card_bytes = 2 << 20;  ///< of listed cards, and of those of hygiene

class CauseCard {
 public:
  using Ways = std::map<std::size_t, const LoadPath*>;  ///< by finding

  CauseCard(const Examination& examination, const Cause& cause, const Ways& ways)
      : examination_(examination), cause_(cause), ways_(ways) {}

  Markup markup(std::string_view id) const {
    Markup words;
    add_message_lines(words);
    add_hints(words);
    add_places(words);
    add_explanations(words);
    const auto* telling = telling_way();
    const auto picture =
        telling == nullptr ? Markup{} : chain_picture(*telling, examination_.findings[telling->finding]);
    return part("card", {{"severity", to_string(cause_.severity)},
                         {"id", id},
                         {"message", with_code(cause_.message)},
                         {"words", words},
                         {"picture", picture}});
  }

 private:
  const Finding& finding(std::size_t number) const { return examination_.findings[number]; }

  const LoadPath* way(std::size_t number) const {
    const auto found = ways_.find(number);
    return found == ways_.end() ? nullptr : found->second;
  }

  /// The way of one of the gravest findings that passes the most files.
  const LoadPath* telling_way() const {
    const LoadPath* best = nullptr;
    const auto rank = [&](const LoadPath& path) {
      const auto& of = finding(path.finding);
      return std::tuple(-static_cast<int>(of.severity), of.code == FindingCode::import_fails,
                        path.steps.size());
    };
    for (const auto number : cause_.findings) {
      const auto* candidate = way(number);
      if (candidate != nullptr && (best == nullptr || rank(*best) < rank(*candidate))) best = candidate;
    }
    return best;
  }

  /// Dyld has more than one line.
  void add_message_lines(Markup& words) const {
    const std::string_view text = finding(cause_.findings.front()).message;
    if (text.size() > cause_.message.size())
      words += part("more_of_message", {{"text", text.substr(cause_.message.size() + 1)}});
  }

  /// Without its first clause if that is the way, which the card shows: `needed by a.so, by b.so; ...`.
  std::string_view hint_of(std::size_t number) const {
    std::string_view hint = finding(number).hint;
    const bool has_way = hint.starts_with("needed by ") || hint.starts_with("loaded by ");
    if (const auto end = hint.find("; "); has_way && way(number) != nullptr && end != hint.npos)
      hint.remove_prefix(end + 2);
    return hint;
  }

  void add_hints(Markup& words) const {
    std::vector<std::string_view> hints;
    std::set<std::string_view> known;
    for (const auto number : cause_.findings) {
      const auto hint = hint_of(number);
      if (!hint.empty() && known.insert(hint).second && hints.size() < most_hints) hints.push_back(hint);
    }
    Markup folded;
    for (std::size_t i = 0; i < hints.size(); ++i)
      (i < usual_hints ? words : folded) += part("hint", {{"text", with_code(hints[i])}});
    if (hints.size() > usual_hints)
      words += part("folded_hints",
                    {{"title", counted(hints.size() - usual_hints, "other hint")}, {"items", folded}});
  }

  Markup place(std::size_t number) const {
    const auto& at = finding(number);
    auto wheel = at.wheel.value_or("");
    if (const auto name = file_name(wheel); !name.empty()) wheel = name;
    const auto* path = way(number);
    const bool is_way = path != nullptr && cause_.findings.size() > 1;
    return part("place", {{"wheel", printable(wheel) + (at.path && !wheel.empty() ? ":" : "")},
                          {"path", printable(at.path.value_or(""))},
                          {"way", is_way ? part("way", {{"text", way_as_text(*path)}}) : Markup{}}});
  }

  void add_places(Markup& words) const {
    Markup shown, folded;
    std::size_t count = 0, more = 0;
    for (const auto number : cause_.findings) {
      more += finding(number).more;
      if (!finding(number).wheel && !finding(number).path) continue;
      if (++count <= most_places) (count <= usual_places ? shown : folded) += place(number);
    }
    if (count > 0) words += part("places", {{"items", shown}});
    if (count > usual_places)
      words +=
          part("folded_places", {{"title", fmt::format("{} more", count - usual_places)}, {"items", folded}});
    more += count > most_places ? count - most_places : 0;
    if (more > 0)
      words += part("left_out", {{"text", fmt::format("and {} more that aren't in this page", more)}});
  }

  void add_explanations(Markup& words) const {
    std::set<FindingCode> codes;
    for (const auto number : cause_.findings) codes.insert(finding(number).code);
    for (const auto code : codes) {
      const auto& info = info_of(code);
      words += part(
          "explanation",
          {{"code", info.name}, {"meaning", with_code(info.meaning)}, {"remedy", with_code(info.remedy)}});
    }
  }

  const Examination& examination_;
  const Cause& cause_;
  const Ways& ways_;
};

/// Cards until there is no room for more.
class CardList {
 public:
  void add(const CauseCard& card, std::string_view id) {
    if (cards_.html.size() < most_card_bytes)
      cards_ += card.markup(id);
    else
      ++left_out_;
  }

  Markup take() {
    if (left_out_ > 0)
      cards_ += part("left_out",
                     {{"text", counted(left_out_, "more cause") + ", which would make this page too long"}});
    return std::move(cards_);
  }

 private:
  Markup cards_;
  std::size_t left_out_ = 0;
};

}  // namespace

CauseCards cause_cards(const Examination& examination) {
  CauseCard::Ways ways;
  for (const auto& path : examination.load_paths) ways.emplace(path.finding, &path);
  CauseCards result;
  CardList listed, hygiene;
  const auto& causes = examination.causes;
  for (auto number = causes.size(); number-- > 0;) {
    const bool is_listed = !is_hygiene(examination, causes[number]);
    result.listed_causes += is_listed ? 1U : 0U;
    (is_listed ? listed : hygiene)
        .add(CauseCard(examination, causes[number], ways), fmt::format("cause-{}", causes.size() - number));
  }
  result.listed = listed.take();
  result.hygiene = hygiene.take();
  return result;
}

}  // namespace wheelfix

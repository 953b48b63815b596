#include <algorithm>
#include <array>
#include <utility>
#include <wheelfix/compare.hpp>
#include <wheelfix/error.hpp>

#include "wheel/archive_of.hpp"
#include "wheel/compare_entries.hpp"
#include "wheel/new_errors.hpp"

namespace wheelfix {

namespace {

constexpr auto not_there = static_cast<std::size_t>(-1);

/// Which of some numbers are to be moved for the others to be in ascending order, as few as possible.
std::vector<bool> out_of_order(const std::vector<std::size_t>& numbers) {
  std::vector<std::size_t> tails;  // of the ascending sequences of each length: the one that ends lowest
  std::vector<std::size_t> before(numbers.size(), not_there);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto place =
        std::ranges::lower_bound(tails, numbers[i], {}, [&](std::size_t at) { return numbers[at]; });
    if (place != tails.begin()) before[i] = *std::prev(place);
    if (place == tails.end())
      tails.push_back(i);
    else
      *place = i;
  }
  std::vector<bool> is_out(numbers.size(), true);
  for (auto at = tails.empty() ? not_there : tails.back(); at != not_there; at = before[at])
    is_out[at] = false;
  return is_out;
}

class Comparison {
 public:
  Comparison(const Wheel& source, const Wheel& wheel, const CompareOptions& options)
      : source_(source), wheel_(wheel), options_(options) {}

  WheelComparison run() {
    pair_up();
    result_.entries = pairs_.size();
    const auto& old = archive_of(source_);
    const auto& archive = archive_of(wheel_);
    result_.has_other_comment = old.comment() != archive.comment();
    const auto same = have_same_bytes(old, archive, pairs_, options_);
    for (std::size_t i = 0; i < pairs_.size(); ++i)
      how_.push_back(differences(old, archive, pairs_[i], same[i]));
    mark_moved();
    compare_metadata();
    compare_record();
    list();
    return std::move(result_);
  }

 private:
  /// The path that an entry of the new wheel has in the source.
  std::string source_path(const std::string& path) const {
    const auto is_in = [&](const std::string& folder) {
      return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
    };
    const auto moved = [&](const std::string& from, const std::string& to) {
      return to + path.substr(from.size());
    };
    if (is_in(wheel_.dist_info())) return moved(wheel_.dist_info(), source_.dist_info());
    if (is_in(wheel_.data_dir_name())) return moved(wheel_.data_dir_name(), source_.data_dir_name());
    return path;
  }

  void pair_up() {
    const auto& old = archive_of(source_).entries();
    std::vector<bool> is_there(old.size());
    for (const auto& entry : archive_of(wheel_).entries()) {
      const auto found = source_.find(source_path(entry.path));
      pairs_.push_back({.source = found ? &old[*found] : nullptr, .entry = &entry});
      places_.push_back(found.value_or(not_there));
      if (found) is_there[*found] = true;
    }
    for (std::size_t i = 0; i < old.size(); ++i)
      if (!is_there[i]) removed_.push_back(old[i].path);
  }

  void mark_moved() {
    std::vector<std::size_t> places, paired;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (places_[i] == not_there) continue;
      places.push_back(places_[i]);
      paired.push_back(i);
    }
    const auto is_out = out_of_order(places);
    for (std::size_t i = 0; i < paired.size(); ++i)
      if (is_out[i]) how_[paired[i]].insert(Difference::order);
  }

  std::set<Difference>* content_of(const std::string& path) {
    const auto found = wheel_.find(path);
    return found && how_[*found].contains(Difference::content) ? &how_[*found] : nullptr;
  }

  static void replace_content(std::set<Difference>& how, Difference by) {
    how.erase(Difference::content);
    how.insert(by);
  }

  void compare_metadata() {
    auto* how = content_of(wheel_.dist_info() + "/METADATA");
    const auto version = wheel_.metadata().get("Version");
    if (how != nullptr && version &&
        source_.metadata().with("Version", *version).to_string() == wheel_.metadata().to_string())
      replace_content(*how, Difference::version);
  }

  bool is_as_in_source(std::size_t i) const {
    if (how_[i].empty() || how_[i] == std::set{Difference::renamed}) return true;
    return how_[i] == std::set{Difference::order, Difference::renamed};
  }

  bool has_same_row(std::size_t i) const {
    const auto* old = source_.record().find(pairs_[i].source->path);
    const auto* row = wheel_.record().find(pairs_[i].entry->path);
    if (old == nullptr || row == nullptr) return old == row;
    return old->hash == row->hash && old->size == row->size;
  }

  void compare_record() {
    bool has_other_rows = false;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      if (is_as_in_source(i) && has_same_row(i)) continue;
      has_other_rows = has_other_rows || is_as_in_source(i);
      result_.changed.insert(pairs_[i].entry->path);
    }
    auto* how = content_of(wheel_.dist_info() + "/RECORD");
    if (how != nullptr && !has_other_rows) replace_content(*how, Difference::rows);
  }

  void list() {
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      if (how_[i].empty()) continue;
      auto& list = is_as_in_source(i) ? result_.renamed : result_.differ;
      list.push_back({pairs_[i].entry->path, std::move(how_[i])});
    }
    for (auto& path : removed_) result_.differ.push_back({std::move(path), {Difference::removed}});
  }

  const Wheel& source_;
  const Wheel& wheel_;
  const CompareOptions& options_;
  std::vector<EntryPair> pairs_;      ///< in the order of the new wheel
  std::vector<std::size_t> places_;   ///< of each pair in the source
  std::vector<std::string> removed_;  ///< paths of the source
  std::vector<std::set<Difference>> how_;
  WheelComparison result_;
};

}  // namespace

std::string_view to_string(Difference difference) noexcept {
  constexpr std::array names = {"added", "removed",    "content",      "version", "rows",  "compression",
                                "time",  "attributes", "extra-fields", "header",  "order", "renamed"};
  return names.at(static_cast<std::size_t>(difference));
}

WheelComparison compare(const Wheel& source, const Wheel& wheel, const CompareOptions& options) {
  const auto project = normalize_project_name(source.name().distribution());
  if (normalize_project_name(wheel.name().distribution()) != project)
    throw Error(ErrorCode::bad_wheel, wheel.path().string(),
                "is a wheel of another project than " + source.path().string(),
                "give the wheel that it was made from");
  auto result = Comparison(source, wheel, options).run();
  source.require_unchanged();
  wheel.require_unchanged();
  return result;
}

std::vector<Finding> verify_changes(const Wheel& source, const Wheel& wheel,
                                    const WheelComparison& comparison, VerifyOptions options) {
  options.contents_of = comparison.changed;
  FoundInWheel found{stem_of(wheel.dist_info()), verify(wheel.path(), options)};
  options.contents_of->clear();
  FoundInWheel before{stem_of(source.dist_info()), verify(source.path(), options)};
  // Bytes between entries are compared with nothing.
  std::erase_if(before.findings,
                [](const Finding& finding) { return finding.code == FindingCode::archive_gap; });
  return new_findings(std::move(found), before);
}

}  // namespace wheelfix

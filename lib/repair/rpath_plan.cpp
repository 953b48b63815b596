#include "repair/rpath_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/glob.hpp"
#include "base/text.hpp"
#include "loader/library_names.hpp"
#include "loader/search_entry.hpp"

namespace wheelfix {

std::vector<std::string> RpathPlan::Edit::path() const {
  auto entries = original.search_path();
  entries.insert(entries.end(), added.begin(), added.end());
  return entries;
}

BinaryInfo RpathPlan::Edit::edited() const {
  auto info = original;
  info.rpath.clear();
  info.runpath.clear();
  (kind == SearchPathKind::rpath ? info.rpath : info.runpath) = path();
  return info;
}

RpathPlan::RpathPlan(WheelSet& set, std::vector<bool> changeable, const RepairOptions& options)
    : set_(set),
      names_(set.placed),
      changeable_(std::move(changeable)),
      options_(options),
      kind_(options.rpath_kind) {}

LoadResult RpathPlan::load(const PlacedLibrary& target) const {
  return Process(set_.placed.files(), set_.system).load(target.path);
}

void RpathPlan::make_load(const PlacedLibrary& target) {
  fix_all(target, Scope::all);
  targets_.push_back(target);
}

void RpathPlan::try_to_load(const PlacedLibrary& target, Scope scope) {
  auto before = edits_;
  if (fix_all(target, scope))
    targets_.push_back(target);
  else
    set_edits(std::move(before));
}

/// Returns whether the target then loads.
bool RpathPlan::fix_all(const PlacedLibrary& target, Scope scope) {
  auto result = load(target);
  while (!result.ok() && fix(result.failures.front(), target, scope)) result = load(target);
  return result.ok();
}

/// Makes at most one change against a failure.
bool RpathPlan::fix(const LoadFailure& failure, const PlacedLibrary& target, Scope scope) {
  std::vector<const PlacedLibrary*> chain;
  for (const auto& path : failure.chain.paths()) chain.push_back(set_.placed.find_loaded(path));
  if (chain.empty() || chain.back() == nullptr) return false;
  const auto* provider = find_provider(failure.name, chain.back()->wheel, target.wheel);
  if (provider == nullptr) return false;
  const auto holder = choose_holder(chain, target, scope);
  return holder && add(*holder, origin_entry(holder->library->path, provider->path));
}

const PlacedLibrary* RpathPlan::find_provider(const std::string& name, std::size_t needed_by,
                                              std::size_t wheel) const {
  const auto& required = set_.requires_wheels[wheel];
  const auto rank = [&](const PlacedLibrary& library) {
    if (library.wheel == needed_by) return 0;
    return std::ranges::find(required, library.wheel) != required.end() ? 1 : 2;
  };
  const PlacedLibrary* best = nullptr;
  for (const auto* library : names_.with_file_name(name)) {
    if (can_load(set_.system, info(*library)) && (best == nullptr || rank(*library) < rank(*best)))
      best = library;
  }
  return best;
}

bool RpathPlan::may_change(const PlacedLibrary* library, Scope scope) const {
  return library != nullptr && changeable_[library->wheel] &&
         (scope == Scope::all || changed_wheels().contains(library->wheel));
}

const BinaryInfo& RpathPlan::info(const PlacedLibrary& library) const {
  return set_.placed.info(library);
}

SearchPathKind RpathPlan::own_kind(const PlacedLibrary& library) const {
  const auto& binary = info(library);
  const bool is_rpath = binary.runpath.empty() && !binary.rpath.empty();
  return is_rpath ? SearchPathKind::rpath : SearchPathKind::runpath;
}

/// Which of the libraries, each needed by the one before it, should search for what the last one needs.
std::optional<RpathPlan::Holder> RpathPlan::choose_holder(const std::vector<const PlacedLibrary*>& chain,
                                                          const PlacedLibrary& target, Scope scope) const {
  const auto* last = chain.back();
  const auto last_alone = [&](SearchPathKind kind) {
    return may_change(last, scope) ? std::optional(Holder{last, kind}) : std::nullopt;
  };
  if (kind_ == SearchPathKind::runpath && set_.system.kind == LoaderKind::glibc) return last_alone(kind_);
  const bool is_cut_off = set_.system.kind == LoaderKind::glibc && !info(*last).runpath.empty();
  if (is_cut_off)
    return last_alone(kind_ == SearchPathKind::keep ? SearchPathKind::runpath : SearchPathKind::rpath);
  return heir_of_rpath(chain, target, scope);
}

/// Of the libraries whose path the last one inherits, the deepest whose wheel is changed anyway, or is the
/// target's own.
std::optional<RpathPlan::Holder> RpathPlan::heir_of_rpath(const std::vector<const PlacedLibrary*>& chain,
                                                          const PlacedLibrary& target, Scope scope) const {
  const auto changed = changed_wheels();
  for (auto item = chain.rbegin(); item != chain.rend(); ++item) {  // views::reverse is beyond Clang 14
    const auto* library = *item;
    if (!may_change(library, scope) || !(library->wheel == target.wheel || changed.contains(library->wheel)))
      continue;
    if (set_.system.kind == LoaderKind::glibc) return Holder{library, SearchPathKind::rpath};
    return Holder{library, kind_ == SearchPathKind::keep ? own_kind(*library) : kind_};
  }
  return std::nullopt;
}

/// Returns whether that changes anything.
bool RpathPlan::add(const Holder& holder, const std::string& folder) {
  const auto& library = *holder.library;
  const auto& now = info(library);
  const bool is_there = contains(now.search_path(), folder);
  if (is_there && own_kind(library) == holder.kind) return false;
  const auto [found, is_new] = edits_.try_emplace({library.wheel, library.entry}, Edit{library, now, {}, {}});
  auto& edit = found->second;
  if (!is_there) edit.added.push_back(folder);
  edit.kind = holder.kind;
  set_.placed.replace(library.path, edit.edited());
  return true;
}

void RpathPlan::set_edits(Edits edits) {
  for (const auto& [key, edit] : edits_) set_.placed.replace(edit.library.path, edit.original);
  edits_ = std::move(edits);
  for (const auto& [key, edit] : edits_) set_.placed.replace(edit.library.path, edit.edited());
}

/// The outcome for each target.
std::vector<std::string> RpathPlan::outcomes() const {
  std::vector<std::string> texts;
  for (const auto& target : targets_) {
    const auto result = load(target);
    texts.push_back(result.ok() ? "" : result.failures.front().message);
  }
  return texts;
}

/// Uses these paths instead, if they work too.
bool RpathPlan::try_edits(Edits edits, const std::vector<std::string>& expected) {
  auto before = edits_;
  set_edits(std::move(edits));
  if (outcomes() == expected) return true;
  set_edits(std::move(before));
  return false;
}

void RpathPlan::drop_unneeded() {
  const auto expected = outcomes();
  for (const auto wheel : changed_wheels()) {
    auto fewer = edits_;
    std::erase_if(fewer, [&](const auto& item) { return item.first.first == wheel; });
    try_edits(std::move(fewer), expected);
  }
  const auto all = edits_;
  for (const auto& [key, edit] : all) {
    auto fewer = edits_;
    fewer.erase(key);
    if (try_edits(std::move(fewer), expected)) continue;
    for (const auto& folder : edit.added) {
      fewer = edits_;
      std::erase(fewer.at(key).added, folder);
      try_edits(std::move(fewer), expected);
    }
    keep_own_kind(key, expected);
  }
}

/// Restores the kind of path that a library had, if nothing has to inherit it any more.
void RpathPlan::keep_own_kind(const Key& key, const std::vector<std::string>& expected) {
  const auto& edit = edits_.at(key);
  if (kind_ != SearchPathKind::keep || edit.original.runpath.empty() || edit.kind == SearchPathKind::runpath)
    return;
  auto other = edits_;
  other.at(key).kind = SearchPathKind::runpath;
  try_edits(std::move(other), expected);
}

std::set<std::string> RpathPlan::reached() const {
  std::set<std::string> paths;
  for (const auto& target : targets_) {
    for (const auto& object : load(target).mapped) {
      if (object.file != nullptr) paths.insert(set_.placed.path_of(*object.file));
    }
  }
  return paths;
}

std::set<std::size_t> RpathPlan::changed_wheels() const {
  std::set<std::size_t> wheels;
  for (const auto& [key, edit] : edits_) wheels.insert(key.first);
  return wheels;
}

void RpathPlan::apply(std::vector<WheelEdit>& wheels, RepairReport& report) const {
  for (std::size_t wheel = 0; wheel < wheels.size(); ++wheel) {
    for (const auto kind : {SearchPathKind::rpath, SearchPathKind::runpath}) {
      auto done = apply_library_rules(wheels[wheel], rules_for(wheel, kind),
                                      {.kind = kind,
                                       .verification = options_.verification,
                                       .jobs = options_.jobs,
                                       .progress = options_.progress});
      std::ranges::move(done.findings, std::back_inserter(report.findings));
    }
  }
  for (const auto& [key, edit] : edits_)
    report.paths.push_back({key.first, key.second, edit.kind, edit.added});
}

std::vector<LibraryRule> RpathPlan::rules_for(std::size_t wheel, SearchPathKind kind) const {
  std::vector<LibraryRule> rules;
  for (const auto& [key, edit] : edits_) {
    if (key.first == wheel && edit.kind == kind)
      rules.push_back({LibraryRule::Action::set_rpath, literal_glob(key.second), edit.path(), "repair"});
  }
  return rules;
}

/// For a name that no file has.
std::string RpathPlan::hint_for_unnamed(const std::string& name) const {
  const auto* library = names_.best(name, set_.system);
  if (library == nullptr || !can_load(set_.system, info(*library))) return advice_for_unknown(set_);
  return fmt::format("{} has it {}{}", set_.wheels[library->wheel].wheel().path().string(),
                     named_otherwise(*library),
                     set_.system.kind == LoaderKind::musl ? "" : "; repair with --preload");
}

std::string RpathPlan::hint(const LoadFailure& failure, const ImportRoot& root) const {
  const auto* provider = find_provider(failure.name, root.wheel, root.wheel);
  if (provider == nullptr) return chain_text(failure) + hint_for_unnamed(failure.name);
  return chain_text(failure) + fmt::format(
                                   "{} has it, but the library that searches for it may not be changed, or "
                                   "finds another file first",
                                   set_.wheels[provider->wheel].wheel().path().string());
}

}  // namespace wheelfix

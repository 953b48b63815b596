#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <wheelfix/compatibility.hpp>
#include <wheelfix/error.hpp>

#include "base/finding_sink.hpp"
#include "base/text.hpp"
#include "doctor/compared_wheels.hpp"
#include "doctor/examination.hpp"
#include "doctor/import_hints.hpp"
#include "doctor/opened_libraries.hpp"
#include "doctor/symbol_failures.hpp"
#include "doctor/symbol_names.hpp"
#include "environment/import_code.hpp"
#include "environment/required_wheels.hpp"
#include "environment/set_symbols.hpp"
#include "environment/wheel_set.hpp"
#include "wheel/requirement.hpp"

namespace wheelfix {
namespace {

/// The first wheel of a set, loaded with the others.
class VersionTrial {
 public:
  VersionTrial(const WheelSet& set, const DoctorOptions& options)
      : set_(set),
        names_(set),
        search_(set, options.sysroot.empty() ? "/" : options.sysroot),
        doubts_(set, names_, search_),
        symbols_(symbol_tables(set, options.sysroot.empty() ? "/" : options.sysroot)),
        scene_(set.scene()),
        ignored_({}) {
    scene_.symbols = &symbols_;
    ignored_.ignore(options.ignore);
  }

  std::vector<VersionFailure> run() {
    for (const auto& root : import_roots(set_.placed))
      if (root.wheel == 0) load(root, Kind::module);
    for (const auto& library : opened_libraries(set_, names_))
      if (library.root.wheel == 0) load(library.root, Kind::opened);
    for (const auto& library : set_.placed.libraries())
      if (library.wheel == 0)
        load({0, library.entry, library.path}, is_linked_to_another(library) ? Kind::opened : Kind::other);
    return std::move(failures_);
  }

  std::size_t loads() const { return loaded_.size(); }

 private:
  enum class Kind {
    module,
    opened,  ///< by code, or whatever loads it, it binds what other wheels define
    other,   ///< what loads it may define the symbols that it binds
  };

  bool is_linked_to_another(const PlacedLibrary& library) const {
    return std::ranges::any_of(set_.placed.info(library).needed, [&](const std::string& name) {
      const auto* other = names_.best(name, set_.system);
      return other != nullptr && other->wheel != 0;
    });
  }

  void load(const ImportRoot& root, Kind kind) {
    if (!loaded_.insert(root.path).second) return;
    const auto predicted = predict_import(scene_, root);
    if (!predicted.failure || !predicted.works_after.empty()) return;
    const auto& failure = *predicted.failure;
    const bool is_of_file = failure.kind == LoadFailure::Kind::file;
    // Code may have loaded it before a library is opened.
    if (kind != Kind::module && is_of_file && names_.has(failure.name)) return;
    if (kind == Kind::other && !is_of_file) return;
    const auto doubt = doubts_.about(root, failure);
    VersionFailure result{.code = code_of(failure),
                          .path = root.entry,
                          .message = words_of(set_, failure),
                          .name = printable(demangled(failure.name)),
                          .hint = doubt.empty() ? hint_for(predicted) : doubt,
                          .is_doubtful = !doubt.empty()};
    if (result.name.empty()) result.name = printable(failure.name);
    if (!ignored_.ignores(
            {.code = result.code, .wheel = set_.wheels.front().wheel().path().string(), .path = result.path}))
      failures_.push_back(std::move(result));
  }

  std::string hint_for(const PredictedImport& predicted) {
    if (!missing_) missing_ = missing_libraries(set_, names_);
    return import_hint(predicted, set_, names_, *missing_, search_);
  }

  const WheelSet& set_;
  LibraryIndex names_;
  SymbolSearch search_;
  SymbolDoubts doubts_;
  SymbolTables symbols_;
  ImportScene scene_;
  FindingSink ignored_;
  std::optional<std::vector<MissingLibrary>> missing_;
  std::vector<VersionFailure> failures_;
  std::set<std::string> loaded_;
};

class Comparison {
 public:
  Comparison(ComparedWheels wheels, const DoctorOptions& options)
      : wheels_(std::move(wheels)), options_(options), reader_(options) {}

  Compatibility run() {
    result_.project = wheels_.project;
    result_.left_out = std::move(wheels_.left_out);
    result_.findings = std::move(wheels_.findings);
    read_given();
    for (const auto& version : wheels_.versions) {
      if (auto read = read_or_report(version)) examine(version, std::move(*read));
    }
    for (const auto& wheel : given_) reader_.keep(wheel);
    set_apart_what_always_fails();
    for (auto& version : result_.versions) conclude(version);
    return std::move(result_);
  }

 private:
  void read_given() {
    const auto& compared = wheels_.given.front();
    given_.push_back(reader_.read(compared.path));
    if (given_.front().libraries.libraries.empty())
      throw Error(ErrorCode::usage, compared.path.string(),
                  fmt::format("has no libraries, so it loads with every {}", wheels_.project),
                  "give the wheel whose extension modules were built for it first");
    result_.wheel = compared.path.string();
    result_.name = compared.name.distribution();
    result_.version = compared.name.version_text();
    result_.tags = tags_of(compared.name);
    for (std::size_t i = 1; i < wheels_.given.size(); ++i)
      if (auto read = read_or_report(wheels_.given[i])) given_.push_back(std::move(*read));
  }

  std::optional<ReadWheel> read_or_report(const NamedWheel& wheel) {
    try {
      return reader_.read(wheel.path);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::cancelled) throw;
      result_.findings.push_back(unreadable_wheel(error, wheel.path));
      return std::nullopt;
    }
  }

  void examine(const NamedWheel& named, ReadWheel version) {
    auto chosen = chosen_for(version.edit);
    std::vector<WheelEdit> edits;
    std::vector<WheelLibraries> libraries;
    SetCode code{.codes = {}, .loads = {}, .jobs = options_.jobs};
    const auto add = [&](const ReadWheel& wheel) {
      edits.push_back(wheel.edit);
      libraries.push_back(wheel.libraries);
      code.codes.push_back(wheel.code);
    };
    for (const auto number : chosen) add(given_[number]);
    add(version);
    const auto set =
        make_wheel_set(std::move(edits), std::move(libraries), options_.layout, std::move(code),
                       {.sysroot = options_.sysroot, .platform_tags = {}, .environment = {}, .abis = {}});
    VersionTrial trial(*set, options_);
    ComparedVersion compared{.wheel = named.path.string(),
                             .version = named.name.version_text(),
                             .label = label_of(named),
                             .is_required = is_required(*set, named),
                             .failures = trial.run()};
    result_.versions.push_back(std::move(compared));
    least_loads_ = std::min(least_loads_, trial.loads());
    // What was asked of their code needn't be read for the next version.
    for (std::size_t i = 0; i < chosen.size(); ++i) given_[chosen[i]].code = set->code->codes()[i];
    version.code = set->code->codes().back();
    reader_.keep(version);
  }

  /// One wheel of each project, by their numbers: that which the version requires, or else the newest.
  std::vector<std::size_t> chosen_for(const WheelEdit& version) const {
    std::vector<Requirement> requirements;
    for (const auto& text : version.wheel().metadata().get_all("Requires-Dist"))
      requirements.push_back(parse_requirement(text));
    const auto rank = [&](std::size_t number) {
      const auto& name = given_[number].edit.wheel().name();
      const auto project = normalize_project_name(name.distribution());
      const bool is_required = std::ranges::any_of(requirements, [&](const Requirement& requirement) {
        return requirement.project == project && met_by(requirement, name.version()) == Truth::yes;
      });
      return std::tuple(is_required, name.version());
    };
    std::map<std::string, std::size_t> best;
    for (std::size_t i = 1; i < given_.size(); ++i) {
      const auto [found, is_new] =
          best.emplace(normalize_project_name(given_[i].edit.wheel().name().distribution()), i);
      if (!is_new && rank(found->second) < rank(i)) found->second = i;
    }
    std::vector<std::size_t> chosen = {0};
    for (const auto& [project, number] : best)
      if (project != normalize_project_name(result_.name)) chosen.push_back(number);
    std::ranges::sort(chosen);
    return chosen;
  }

  std::string label_of(const NamedWheel& wheel) const {
    const auto version = wheel.name.version();
    const auto same = std::ranges::count(wheels_.versions, version,
                                         [](const NamedWheel& other) { return other.name.version(); });
    const auto& name = wheel.name;
    if (same < 2) return name.version_text();
    return fmt::format("{}{}-{}", name.version_text(), name.build() ? "-" + *name.build() : "",
                       tags_of(name));
  }

  static std::string tags_of(const WheelName& name) {
    return fmt::format("{}-{}-{}", fmt::join(name.python_tags(), "."), fmt::join(name.abi_tags(), "."),
                       fmt::join(name.platform_tags(), "."));
  }

  std::optional<bool> is_required(const WheelSet& set, const NamedWheel& version) {
    std::optional<bool> result;
    std::vector<std::string> specifiers;
    for (const auto& text : set.wheels.front().wheel().metadata().get_all("Requires-Dist")) {
      const auto requirement = parse_requirement(text);
      if (requirement.project != wheels_.project || requirement.specifiers.empty() ||
          evaluate_marker(requirement.marker, set.system) != Truth::yes)
        continue;
      specifiers.push_back(requirement.specifiers);
      const auto is_met = met_by(requirement, version.name.version());
      if (is_met != Truth::unknown) result = result.value_or(true) && is_met == Truth::yes;
    }
    result_.requirement = printable(fmt::format("{}", fmt::join(specifiers, ",")));
    return result;
  }

  /// Libraries that would need more than the versions bring say nothing of these, unless no others load.
  void set_apart_what_always_fails() {
    if (result_.versions.size() < 2) return;
    auto always = result_.versions.front().failures;
    std::erase_if(always, [&](const VersionFailure& failure) {
      return failure.code != FindingCode::import_fails ||
             std::ranges::any_of(result_.versions, [&](const ComparedVersion& version) {
               return !has(version.failures, failure);
             });
    });
    const auto is_common = [&](const VersionFailure& failure) { return has(always, failure); };
    const bool is_set_apart = always.size() < least_loads_;
    for (auto& version : result_.versions) {
      if (is_set_apart) std::erase_if(version.failures, is_common);
      std::ranges::stable_sort(version.failures, {}, is_common);
    }
    if (is_set_apart) result_.always = std::move(always);
  }

  static bool has(const std::vector<VersionFailure>& failures, const VersionFailure& wanted) {
    return std::ranges::any_of(failures, [&](const VersionFailure& failure) {
      return std::tie(failure.path, failure.message) == std::tie(wanted.path, wanted.message);
    });
  }

  static void conclude(ComparedVersion& version) {
    std::ranges::stable_sort(version.failures, {}, &VersionFailure::is_doubtful);
    if (version.failures.empty()) return;
    version.outcome = version.failures.front().is_doubtful ? LoadOutcome::may_fail : LoadOutcome::fails;
  }

  ComparedWheels wheels_;
  const DoctorOptions& options_;
  WheelReader reader_;
  std::vector<ReadWheel> given_;  ///< the compared one first
  std::size_t least_loads_ = std::numeric_limits<std::size_t>::max();
  Compatibility result_;
};

/// `2.1.0 to 2.1.2, 2.2.2` of those that have an outcome; empty if none has.
std::string labels_with(const Compatibility& compatibility, LoadOutcome outcome) {
  std::vector<std::string> parts;
  const auto& versions = compatibility.versions;
  for (std::size_t begin = 0; begin < versions.size();) {
    auto end = begin;
    while (end < versions.size() && versions[end].outcome == outcome) ++end;
    if (end - begin > 2)
      parts.push_back(fmt::format("{} to {}", versions[begin].label, versions[end - 1].label));
    else
      for (auto i = begin; i < end; ++i) parts.push_back(versions[i].label);
    begin = std::max(end, begin + 1);
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string outcome_of(const Compatibility& compatibility) {
  const auto& project = compatibility.project;
  const auto& versions = compatibility.versions;
  if (versions.empty())
    return fmt::format("{} of {} is for another Python or system",
                       compatibility.left_out.size() == 1 ? "the wheel" : "each wheel", project);
  const auto works = labels_with(compatibility, LoadOutcome::loads);
  const auto may_fail = labels_with(compatibility, LoadOutcome::may_fail);
  const auto text = !works.empty() ? fmt::format("loads with {} {}", project, works)
                    : versions.size() == 1
                        ? fmt::format("doesn't load with {} {}", project, versions[0].label)
                        : fmt::format("loads with none of {} versions of {}", versions.size(), project);
  return text + (may_fail.empty() ? "" : fmt::format("; may fail with {}", may_fail));
}

}  // namespace

std::string_view to_string(LoadOutcome outcome) noexcept {
  constexpr std::array<std::string_view, 3> names = {"fails", "may fail", "loads"};
  return names.at(static_cast<std::size_t>(outcome));
}

std::string verdict(const Compatibility& compatibility) {
  auto text = fmt::format("{} {} ({})", compatibility.name, compatibility.version, compatibility.tags);
  if (!compatibility.requirement.empty())
    text += fmt::format(", which requires {}{}", compatibility.project, compatibility.requirement);
  return text + ": " + outcome_of(compatibility);
}

Compatibility compare_versions(const std::vector<std::filesystem::path>& given,
                               const std::vector<std::filesystem::path>& versions,
                               const DoctorOptions& options) {
  return Comparison(sort_out(given, versions, options.python), options).run();
}

}  // namespace wheelfix

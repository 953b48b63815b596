#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <wheelfix/error.hpp>
#include <wheelfix/imports.hpp>
#include <wheelfix/library_rules.hpp>
#include <wheelfix/repair.hpp>

#include "base/text.hpp"
#include "repair/library_supply.hpp"
#include "repair/requirements.hpp"
#include "repair/rpath_plan.hpp"

namespace wheelfix {
namespace {

std::vector<WheelEdit> joined(const std::vector<WheelEdit>& wheels, const std::vector<WheelEdit>& others) {
  auto all = wheels;
  all.insert(all.end(), others.begin(), others.end());
  return all;
}

/// A path as a glob that matches nothing else.
std::string literal_glob(std::string_view path) {
  std::string glob;
  for (const char c : path) {
    if (c == '*' || c == '?' || c == '[' || c == '\\') glob += '\\';
    glob += c;
  }
  return glob;
}

class Repairer {
 public:
  Repairer(std::vector<WheelEdit>& wheels, std::unique_ptr<WheelSet> set, const RepairOptions& options)
      : wheels_(wheels),
        options_(options),
        set_(std::move(set)),
        plan_(*set_, changeable(), options.rpath_kind) {}

  RepairReport run() {
    report_unreadable();
    list_roots();
    refuse_other_systems();
    repair_imports();
    repair_loads_by_code();
    plan_.drop_unneeded();
    repair_unreached(RpathPlan::Scope::all);
    repair_unreached(RpathPlan::Scope::changed);
    plan_.drop_unneeded();
    apply();
    report_failures();
    report_missing();
    auto all = set_->wheels;
    std::ranges::copy(wheels_, all.begin());
    std::ranges::move(broken_requirements(all), std::back_inserter(report_.findings));
    return std::move(report_);
  }

 private:
  std::vector<bool> changeable() const {
    std::vector<bool> flags(set_->wheels.size());
    std::fill_n(flags.begin(), wheels_.size(), true);
    return flags;
  }

  /// They are as good as not there; whether that matters the imports tell.
  void report_unreadable() {
    for (std::size_t wheel = 0; wheel < wheels_.size(); ++wheel) {
      for (auto finding : set_->libraries[wheel].findings) {
        finding.severity = Severity::warning;
        report_.findings.push_back(std::move(finding));
      }
    }
  }

  std::optional<LoadFailure> failure_of(const ImportRoot& root) const {
    auto import = predict_import(set_->scene(), root);
    return import.works_after.empty() ? std::move(import.failure) : std::nullopt;
  }

  /// Those of a wheel behind those of the wheels that it requires, whose repair may be all that it needs.
  void list_roots() {
    std::vector<bool> visited(set_->wheels.size());
    const auto all = import_roots(set_->placed);
    for (std::size_t wheel = 0; wheel < wheels_.size(); ++wheel) list_roots_of(wheel, all, visited);
  }

  void list_roots_of(std::size_t wheel, const std::vector<ImportRoot>& all, std::vector<bool>& visited) {
    if (visited[wheel]) return;
    visited[wheel] = true;
    for (const auto required : set_->requires_wheels[wheel]) list_roots_of(required, all, visited);
    if (wheel >= wheels_.size()) return;
    std::ranges::copy_if(all, std::back_inserter(roots_),
                         [&](const ImportRoot& root) { return root.wheel == wheel; });
  }

  void refuse_other_systems() const {
    const auto kind = set_->system.kind;
    if (kind == LoaderKind::glibc || kind == LoaderKind::musl) return;
    for (const auto& root : roots_) {
      if (const auto failure = failure_of(root))
        throw Error(ErrorCode::bad_wheel, subject(root),
                    "won't import, and only libraries of Linux can be given other search paths: " +
                        printable_message(*failure),
                    "`wheelfix doctor` tells more");
    }
  }

  std::string subject(const ImportRoot& root) const {
    return fmt::format("{}: {}", wheels_[root.wheel].wheel().path().string(), printable(root.entry));
  }

  /// What fails is found wheel by wheel: a module may lean on wheels that its own requires, once these are
  /// repaired, but not on what was repaired beside it, for nothing says that this is imported first.
  void repair_imports() {
    for (auto root = roots_.begin(); root != roots_.end();) {
      const auto wheel = root->wheel;
      std::vector<LoadTarget> failing;
      for (; root != roots_.end() && root->wheel == wheel; ++root) {
        if (failure_of(*root)) failing.push_back({wheel, root->path});
      }
      for (const auto& target : failing) plan_.make_load(target);
    }
  }

  bool loads(const PlacedWheels& wheels, const std::string& path) const {
    return Process(wheels.files(), set_->system).load(path).ok();
  }

  /// The place of each library were all wheels in one folder, in the order of the set's libraries.
  const PlacedWheels& together() {
    if (!together_) {
      together_.emplace(Layout::parse("shared"));
      for (std::size_t i = 0; i < set_->wheels.size(); ++i)
        together_->add(set_->wheels[i], set_->libraries[i]);
    }
    return *together_;
  }

  /// Whether the layout is all that is in the library's way.
  bool is_split_off(const PlacedLibrary& library) {
    if (options_.layout.is_shared() || loads(set_->placed, library.path)) return false;
    const auto index = static_cast<std::size_t>(&library - set_->placed.libraries().data());
    return loads(together(), together().libraries()[index].path);
  }

  void repair_loads_by_code() {
    for (const auto& load : set_->loads.by_path) {
      if (load.wheel >= wheels_.size()) continue;
      for (const auto& library : set_->placed.libraries()) {
        if (library.wheel == load.wheel && std::ranges::count(load.paths, library.entry) > 0 &&
            is_split_off(library))
          plan_.make_load({library.wheel, library.path});
      }
    }
  }

  /// What code of the changed wheels may open by its name, as torch its libtorch_cuda_linalg.so.
  void repair_unreached(RpathPlan::Scope scope) {
    const auto changed = plan_.changed_wheels();
    const auto reached = plan_.reached();
    for (const auto& library : set_->placed.libraries()) {
      if (changed.contains(library.wheel) && !reached.contains(library.path) && is_split_off(library))
        plan_.try_to_load({library.wheel, library.path}, scope);
    }
  }

  /// Makes the plan's edits in the wheels.
  void apply() {
    const auto others = set_->wheels.begin() + static_cast<std::ptrdiff_t>(wheels_.size());
    std::vector<WheelEdit> edited(set_->wheels.begin(), others);
    for (std::size_t wheel = 0; wheel < wheels_.size(); ++wheel) {
      for (const auto kind : {SearchPathKind::rpath, SearchPathKind::runpath}) {
        auto done =
            apply_library_rules(edited[wheel], rules_for(wheel, kind),
                                {.kind = kind, .verification = options_.verification, .jobs = options_.jobs});
        std::ranges::move(done.findings, std::back_inserter(report_.findings));
      }
    }
    for (const auto& [key, edit] : plan_.edits())
      report_.paths.push_back({key.first, key.second, edit.kind, edit.added});
    wheels_ = std::move(edited);
  }

  std::vector<LibraryRule> rules_for(std::size_t wheel, SearchPathKind kind) const {
    std::vector<LibraryRule> rules;
    for (const auto& [key, edit] : plan_.edits()) {
      if (key.first == wheel && edit.kind == kind)
        rules.push_back({LibraryRule::Action::set_rpath, literal_glob(key.second), edit.path(), "repair"});
    }
    return rules;
  }

  /// What is still in the way of an import with all edits made.
  void report_failures() {
    for (const auto& root : roots_) {
      const auto failure = failure_of(root);
      if (!failure) continue;
      report_.findings.push_back({.code = "import-fails",
                                  .severity = Severity::error,
                                  .wheel = wheels_[root.wheel].wheel().path().string(),
                                  .path = root.entry,
                                  .message = printable_message(*failure),
                                  .hint = hint_for(*failure, root)});
    }
  }

  /// What an import needs is told with the import.
  void report_missing() {
    for (const auto& library : missing_libraries(*set_)) {
      if (library.wheel >= wheels_.size() || (!library.is_recorded && library.loaded_by.empty())) continue;
      auto finding = to_finding(*set_, library);
      if (!library.is_certain) finding.severity = Severity::warning;
      report_.findings.push_back(std::move(finding));
    }
  }

  std::string hint_for(const LoadFailure& failure, const ImportRoot& root) const {
    std::string chain;
    for (const auto& path : failure.chain) {
      const auto name = printable(path.substr(path.rfind('/') + 1));
      chain += chain.empty() ? name : " needs " + name;
    }
    if (!chain.empty()) chain += fmt::format(" needs {}: ", printable(failure.name));
    const auto* provider = plan_.find_provider(failure.name, root.wheel, root.wheel);
    if (provider == nullptr)
      return chain + "none of the wheels has it; give the wheel that does too, or a folder with --lib-dir";
    return chain +
           fmt::format("{} has it, but what looks for it may not be changed or sees another file first",
                       set_->wheels[provider->wheel].wheel().path().string());
  }

  std::vector<WheelEdit>& wheels_;
  const RepairOptions& options_;
  std::unique_ptr<WheelSet> set_;
  RpathPlan plan_;
  std::optional<PlacedWheels> together_;
  std::vector<ImportRoot> roots_;
  RepairReport report_;
};

}  // namespace

RepairReport repair(std::vector<WheelEdit>& wheels, const std::vector<WheelEdit>& others,
                    const RepairOptions& options) {
  auto set = read_wheel_set(joined(wheels, others), options.layout,
                            {.jobs = options.jobs, .progress = options.progress});
  auto supplied = LibrarySupply(*set, wheels.size(), options).run();
  auto report = Repairer(wheels, std::move(set), options).run();
  report.supplied = std::move(supplied);
  return report;
}

}  // namespace wheelfix

#include <fmt/format.h>

#include <algorithm>
#include <wheelfix/error.hpp>
#include <wheelfix/imports.hpp>
#include <wheelfix/repair.hpp>

#include "base/text.hpp"
#include "environment/wheel_set.hpp"
#include "repair/library_supply.hpp"
#include "repair/preload_plan.hpp"
#include "repair/requirements.hpp"
#include "repair/rpath_plan.hpp"

namespace wheelfix {
namespace {

std::vector<WheelEdit> joined(const std::vector<WheelEdit>& wheels, const std::vector<WheelEdit>& others) {
  auto all = wheels;
  all.insert(all.end(), others.begin(), others.end());
  return all;
}

std::unique_ptr<RepairPlan> make_plan(WheelSet& set, std::vector<bool> changeable,
                                      const RepairOptions& options) {
  if (options.way == RepairWay::preload) return std::make_unique<PreloadPlan>(set);
  return std::make_unique<RpathPlan>(set, std::move(changeable), options);
}

class Repairer {
 public:
  Repairer(std::vector<WheelEdit>& wheels, std::unique_ptr<WheelSet> set, const RepairOptions& options)
      : wheels_(wheels),
        options_(options),
        set_(std::move(set)),
        plan_(make_plan(*set_, changeable(), options)) {}

  RepairReport run() {
    report_unreadable();
    list_roots();
    refuse_other_systems();
    repair_imports();
    repair_loads_by_code();
    plan_->drop_unneeded();
    repair_unreached(RepairPlan::Scope::all);
    repair_unreached(RepairPlan::Scope::changed);
    plan_->drop_unneeded();
    apply();
    report_failures();
    report_missing();
    auto all = set_->wheels;
    std::ranges::copy(wheels_, all.begin());
    std::ranges::move(broken_requirements(all, set_->system), std::back_inserter(report_.findings));
    return std::move(report_);
  }

 private:
  std::vector<bool> changeable() const {
    std::vector<bool> flags(set_->wheels.size());
    std::fill_n(flags.begin(), wheels_.size(), true);
    return flags;
  }

  /// They count as missing; the imports show whether that matters.
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
    const bool may_work = import.is_optional || !import.works_after.empty();
    return may_work ? std::nullopt : std::move(import.failure);
  }

  /// The roots of a wheel come after those of the wheels that it requires, because their repair may be all
  /// that it needs.
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
    if (kind == LoaderKind::musl && options_.way == RepairWay::preload) refuse_musl();
    if (kind == LoaderKind::glibc || kind == LoaderKind::musl) return;
    for (const auto& root : roots_) {
      if (const auto failure = failure_of(root))
        throw Error(ErrorCode::bad_wheel, subject(root),
                    "won't import, and only libraries of Linux can be given other search paths: " +
                        printable_message(*failure),
                    "`wheelfix doctor` has more details");
    }
  }

  [[noreturn]] void refuse_musl() const {
    const auto is_musl = [](const WheelEdit& edit) {
      return std::ranges::any_of(edit.wheel().name().platform_tags(),
                                 [](const auto& tag) { return tag.starts_with("musllinux"); });
    };
    const auto wheel = std::ranges::find_if(set_->wheels, is_musl);
    throw Error(ErrorCode::bad_wheel, wheel->wheel().path().string(),
                "is for musl, whose loader never uses a library that was loaded by its path for a needed "
                "name: preloading doesn't help",
                "repair it without --preload: search paths work for musl too");
  }

  std::string subject(const ImportRoot& root) const {
    return fmt::format("{}: {}", wheels_[root.wheel].wheel().path().string(), printable(root.entry));
  }

  /// Failures are found wheel by wheel: a module may rely on wheels that its own requires, after these are
  /// repaired, but not on others that were repaired, because nothing says that they are imported first.
  void repair_imports() {
    for (auto root = roots_.begin(); root != roots_.end();) {
      const auto wheel = root->wheel;
      std::vector<PlacedLibrary> failing, optional;
      for (; root != roots_.end() && root->wheel == wheel; ++root) {
        const auto import = predict_import(set_->scene(), *root);
        if (!import.failure || !import.works_after.empty()) continue;
        (import.is_optional ? optional : failing).push_back({wheel, root->entry, root->path});
      }
      for (const auto& target : failing) plan_->make_load(target);
      for (const auto& target : optional) plan_->try_to_load(target, RepairPlan::Scope::all);
    }
  }

  /// The place of each library if all wheels were in one folder, in the order of the set's libraries.
  const PlacedWheels& together() {
    if (!together_) {
      together_.emplace(Layout::parse("shared"));
      for (std::size_t i = 0; i < set_->wheels.size(); ++i)
        together_->add(set_->wheels[i], set_->libraries[i]);
    }
    return *together_;
  }

  /// Whether the library fails only because of the layout.
  bool is_split_off(const PlacedLibrary& library) {
    if (options_.layout.is_shared() || loads(*set_, library)) return false;
    const auto index = static_cast<std::size_t>(&library - set_->placed.libraries().data());
    const auto& path = together().libraries()[index].path;
    return Process(together().files(), set_->system).load(path).ok();
  }

  void repair_loads_by_code() {
    for (const auto& load : set_->loads.by_path) {
      if (load.wheel >= wheels_.size()) continue;
      for (const auto& library : set_->placed.libraries()) {
        if (library.wheel == load.wheel && std::ranges::count(load.paths, library.entry) > 0 &&
            is_split_off(library))
          plan_->make_load(library);
      }
    }
  }

  /// Libraries that code of the changed wheels may open by name, like torch's libtorch_cuda_linalg.so.
  void repair_unreached(RepairPlan::Scope scope) {
    const auto changed = plan_->changed_wheels();
    const auto reached = plan_->reached();
    std::vector<PlacedLibrary> split_off;  // before one of them is repaired
    for (const auto& library : set_->placed.libraries()) {
      if (changed.contains(library.wheel) && !reached.contains(library.path) && is_split_off(library))
        split_off.push_back(library);
    }
    for (const auto& library : split_off) plan_->try_to_load(library, scope);
  }

  void apply() {
    const auto others = set_->wheels.begin() + static_cast<std::ptrdiff_t>(wheels_.size());
    std::vector<WheelEdit> edited(set_->wheels.begin(), others);
    plan_->apply(edited, report_);
    wheels_ = std::move(edited);
  }

  /// The imports that still fail after all edits, and why.
  void report_failures() {
    for (const auto& root : roots_) {
      const auto failure = failure_of(root);
      if (!failure) continue;
      report_.findings.push_back({.code = FindingCode::import_fails,
                                  .severity = Severity::error,
                                  .wheel = wheels_[root.wheel].wheel().path().string(),
                                  .path = root.entry,
                                  .message = printable_message(*failure),
                                  .hint = plan_->hint(*failure, root)});
    }
  }

  /// What an import lacks is reported with the import.
  void report_missing() {
    for (const auto& library : missing_libraries(*set_)) {
      if (library.wheel >= wheels_.size() || (!library.is_recorded && library.loaded_by.empty())) continue;
      auto finding = to_finding(*set_, library);
      if (!library.is_certain) finding.severity = Severity::warning;
      report_.findings.push_back(std::move(finding));
    }
  }

  std::vector<WheelEdit>& wheels_;
  const RepairOptions& options_;
  std::unique_ptr<WheelSet> set_;
  std::unique_ptr<RepairPlan> plan_;
  std::optional<PlacedWheels> together_;
  std::vector<ImportRoot> roots_;
  RepairReport report_;
};

std::unique_ptr<WheelSet> read_set(std::vector<WheelEdit> wheels, const RepairOptions& options) {
  if (options.read_set) return options.read_set(std::move(wheels));
  if (options.libraries.empty())
    return read_wheel_set(std::move(wheels), options.layout,
                          {.jobs = options.jobs, .progress = options.progress});
  return make_wheel_set(std::move(wheels), options.libraries, options.layout,
                        {.codes = {}, .loads = {}, .jobs = options.jobs}, {});
}

void require_unchanged(const std::vector<WheelEdit>& wheels, const std::vector<WheelEdit>& others) {
  for (const auto* edits : {&wheels, &others}) {
    for (const auto& edit : *edits) edit.wheel().require_unchanged();
  }
}

}  // namespace

RepairReport repair(std::vector<WheelEdit>& wheels, const std::vector<WheelEdit>& others,
                    const RepairOptions& options) {
  try {
    auto set = read_set(joined(wheels, others), options);
    auto supplied = LibrarySupply(*set, wheels.size(), options).run();
    auto report = Repairer(wheels, std::move(set), options).run();
    report.supplied = std::move(supplied);
    require_unchanged(wheels, others);
    return report;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::cancelled) require_unchanged(wheels, others);
    throw;
  }
}

}  // namespace wheelfix

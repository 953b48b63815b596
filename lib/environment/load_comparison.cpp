#include "environment/load_comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <wheelfix/error.hpp>

#include "base/text.hpp"
#include "environment/lost_load_hint.hpp"
#include "environment/python_loads.hpp"
#include "loader/library_names.hpp"
#include "python/source.hpp"

namespace wheelfix {
namespace {

// Names and files, before and after together. A wheel of 500 modules that need 200 libraries each takes
// 400,000.
constexpr std::uint64_t most_steps = 1'000'000;

/// The outcome of an import, from worst to best.
enum class Rank { fails, works_after_others, works };

Rank rank_of(const PredictedImport& import) {
  if (!import.failure) return Rank::works;
  return import.works_after.empty() ? Rank::fails : Rank::works_after_others;
}

bool is_init_above(std::string_view file, std::string_view module) {
  return file_name(file) == "__init__.py" && module.starts_with(folder_part(file));
}

/// Whether Python code adds to what modules load by themselves.
bool has_own_loads(const WheelSet& set) {
  const auto loads_on_import = [](const LoadedByCode& load) { return !load.on_import.empty(); };
  return !set.loads.preloading.empty() || !set.loads.preload_modules.empty() ||
         std::ranges::any_of(set.loads.by_path, loads_on_import);
}

bool lacks_the_same(const LoadTrial& one, const LoadTrial& other) {
  return one.failures.size() == other.failures.size() &&
         std::ranges::all_of(one.failures, [&](const auto& failure) { return other.lacks(failure.name); });
}

std::string_view module_name(const ImportRoot& root) {
  const auto name = file_name(root.entry);
  return name.substr(0, name.find('.'));
}

/// Whether Python code has one of these names anywhere.
bool has_one_of(const std::string& code, const std::string& path,
                const std::set<std::string, std::less<>>& names) {
  try {
    const auto source = python::read_source(code, path);
    return std::ranges::any_of(source.tokens, [&](const python::Token& token) {
      return token.kind == python::Token::Kind::name && names.contains(source.text_of(token));
    });
  } catch (const Error& error) {
    if (error.code() != ErrorCode::bad_python) throw;
    return false;
  }
}

}  // namespace

LoadComparison::LoadComparison(const WheelSet& before, const WheelSet& after)
    : before_(before),
      after_(after),
      names_before_(before),
      names_after_(after),
      has_entrances_(!import_roots(before.placed).empty() || !before.loads.by_path.empty()) {}

std::vector<Finding> LoadComparison::run() {
  compare_modules();
  compare_code();
  compare_others();
  return std::move(findings_);
}

bool LoadComparison::is_of_wheel(const std::string& name) const {
  return names_before_.has(name) || names_after_.has(name);
}

/// The failure that is new, or null.
const LoadFailure* LoadComparison::new_failure(const LoadTrial& before,
                                               const std::vector<LoadFailure>& after) const {
  for (const auto& failure : after) {
    if (before.lacks(failure.name)) continue;
    if (before.found.contains(failure.name) || is_of_wheel(failure.name)) return &failure;
    if (before.ok() && !may_be_elsewhere(after_, failure)) return &failure;
  }
  return nullptr;
}

LoadTrial LoadComparison::try_counted(const Process& process, const std::string& path) const {
  auto trial = try_load(process, path);
  steps_ += trial.failures.size() + trial.found.size() + trial.reached.size();
  if (steps_ > most_steps)
    throw Error(ErrorCode::limit_exceeded, after_.wheels.front().wheel().path().string(),
                fmt::format("needs more than {} steps to find what still loads", most_steps),
                "no project has as many modules and libraries: ask the publisher for another wheel");
  return trial;
}

LoadTrial LoadComparison::try_module(const WheelSet& set, const ImportRoot& root) const {
  Process process(set.placed.files(), set.system, set.environment);
  run_preload_modules(set.loads, root.wheel, root.entry, process);
  return try_counted(process, root.path);
}

void LoadComparison::compare_modules() {
  for (const auto& root : import_roots(before_.placed)) compare_module(root);
}

void LoadComparison::compare_module(const ImportRoot& root) {
  const auto before = try_module(before_, root);
  reached_.insert(before.reached.begin(), before.reached.end());
  if (!after_.wheels[root.wheel].contains(root.entry)) return;
  const auto after = try_module(after_, root);
  if (lacks_the_same(before, after) && !has_own_loads(before_) && !has_own_loads(after_)) return;
  const auto import_before = predict_import(before_.scene(), root);
  const auto import_after = predict_import(after_.scene(), root);
  if (rank_of(import_after) > Rank::fails && rank_of(import_after) >= rank_of(import_before)) return;
  auto known = before;
  if (rank_of(import_before) != Rank::fails)
    known.failures.clear();
  else if (!known.lacks(import_before.failure->name))
    known.failures.push_back(*import_before.failure);
  auto failures = after.failures;
  if (failures.empty()) failures.push_back(*import_after.failure);
  const auto* failure = new_failure(known, failures);
  if (failure == nullptr) return;
  const auto loaded_by = after.failures.empty() ? import_after.failed_in : "";
  const bool is_mild = import_after.failed_in.empty() && comes_after_others(root) &&
                       new_failure(known, try_after_others(root).failures) == nullptr;
  add(is_mild ? Severity::warning : Severity::error, root.entry, *failure, loaded_by);
}

/// After the wheel's other modules, and all that they find.
LoadTrial LoadComparison::try_after_others(const ImportRoot& root) const {
  Process process(after_.placed.files(), after_.system, after_.environment);
  for (const auto& other : import_roots(after_.placed))
    if (other.path != root.path) process.load(other.path, {.on_failure = LoadOptions::OnFailure::go_on});
  return try_counted(process, root.path);
}

/// Whether a package above the module imports another module of the wheel, or the package of one: `from
/// ._core import *`.
bool LoadComparison::comes_after_others(const ImportRoot& root) const {
  std::set<std::string, std::less<>> names;
  for (const auto& other : import_roots(after_.placed)) {
    if (other.path == root.path) continue;
    if (module_name(other) != module_name(root)) names.emplace(module_name(other));
    const auto package = other.entry.substr(0, other.entry.find('/'));
    if (!root.entry.starts_with(package + "/")) names.insert(package);
  }
  const auto& edit = after_.wheels[root.wheel];
  return std::ranges::any_of(edit.paths(), [&](const std::string& path) {
    return is_init_above(path, root.entry) && has_one_of(python_code(edit, path), path, names);
  });
}

/// In each file's order, after what is loaded before them.
LoadComparison::CodeLoads LoadComparison::code_loads(const WheelSet& set) const {
  CodeLoads loads;
  std::optional<Process> process;
  std::string_view file;
  for (const auto& load : set.loads.by_path) {
    if (!process || load.entry != file) {
      process.emplace(Process(set.placed.files(), set.system, set.environment));
      run_preload_modules(set.loads, load.wheel, load.entry, *process);
      file = load.entry;
    }
    CodeLoad outcome{&load, {}, {}};
    for (const auto& entry : load.paths) {
      const auto path = set.placed.path_of(set.wheels[load.wheel].wheel(), entry);
      if (!path || outcome.loads()) continue;
      const auto& trial = outcome.trials.emplace(entry, try_counted(*process, *path)).first->second;
      if (trial.ok()) process->load(*path);
      const bool is_there = set.wheels[load.wheel].contains(entry);
      if (outcome.library.empty() || is_there || trial.ok()) outcome.library = entry;
    }
    if (!outcome.library.empty()) loads.try_emplace({load.entry, load.paths}, std::move(outcome));
  }
  return loads;
}

void LoadComparison::compare_code() {
  const auto before = code_loads(before_);
  const auto after = code_loads(after_);
  for (const auto& [key, load] : before) {
    const auto& trial = load.trials.at(load.library);
    reached_.insert(trial.reached.begin(), trial.reached.end());
    const auto found = after.find(key);
    if (found == after.end() || found->second.loads()) continue;
    const auto* failure = new_failure(trial, found->second.trials.at(load.library).failures);
    if (failure == nullptr) continue;
    const bool goes_on = load.load->is_caught || load.load->is_for_file_there;
    add(goes_on ? Severity::warning : Severity::error, load.library, *failure, load.load->entry);
  }
}

void LoadComparison::compare_others() {
  const auto severity = has_entrances_ ? Severity::warning : Severity::error;
  for (const auto& library : before_.placed.libraries()) {
    const auto& info = before_.placed.info(library);
    if (info.is_program || reached_.contains(library.path) || library.is_module) continue;
    if (!after_.wheels[library.wheel].contains(library.entry)) continue;
    const auto before =
        try_counted(Process(before_.placed.files(), before_.system, before_.environment), library.path);
    const auto after =
        try_counted(Process(after_.placed.files(), after_.system, after_.environment), library.path);
    if (after.ok()) continue;
    if (const auto* failure = new_failure(before, after.failures)) add(severity, library.entry, *failure);
  }
}

void LoadComparison::add(Severity severity, const std::string& entry, const LoadFailure& failure,
                         std::string_view loaded_by) {
  const auto& source = after_.wheels.front().wheel();
  const auto root = after_.placed.folder_of(source) + "/";
  auto message = printable_message(failure);
  for (auto at = message.find(root); at != std::string::npos; at = message.find(root, at))
    message.erase(at, root.size());
  if (const auto own = printable(entry) + ": "; message.starts_with(own)) message.erase(0, own.size());
  findings_.push_back({.code = FindingCode::no_longer_loads,
                       .severity = severity,
                       .wheel = source.path().string(),
                       .path = entry,
                       .message = std::move(message),
                       .hint = lost_load_hint(before_, after_, failure, loaded_by)});
}

}  // namespace wheelfix

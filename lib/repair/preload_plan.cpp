#include "repair/preload_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <wheelfix/preload_order.hpp>

#include "base/text.hpp"
#include "environment/library_index.hpp"
#include "repair/preload_module.hpp"

namespace wheelfix {
namespace {

std::string module_entry(const std::string& package) {
  return package + std::string(preload_module_name);
}

bool contains(const std::vector<PlacedLibrary>& libraries, std::string_view path) {
  return std::ranges::find(libraries, path, &PlacedLibrary::path) != libraries.end();
}

/// `liba.so, libb.so`
std::string names_of(const std::vector<PlacedLibrary>& libraries) {
  std::string text;
  for (const auto& library : libraries) {
    if (!text.empty()) text += ", ";
    text += printable(file_name(library.path));
  }
  return text;
}

}  // namespace

/// Whether no other wheel of the set has the entry, whose file might then be the one that is imported.
bool PreloadPlan::has_alone(std::size_t wheel, const std::string& entry) const {
  return set_.wheels[wheel].contains(entry) &&
         std::ranges::count_if(set_.wheels, [&](const auto& edit) { return edit.contains(entry); }) == 1;
}

/// Whether the folder has an extension module that Python imports in place of `__init__.py`.
bool PreloadPlan::has_compiled_init(std::size_t wheel, const std::string& folder) const {
  return std::ranges::any_of(set_.libraries[wheel].libraries, [&](const WheelLibrary& library) {
    return library.path.starts_with(folder + "__init__.") && library.is_module;
  });
}

/// The outermost package around an entry, whose `__init__.py` is the first to run.
std::optional<PreloadPlan::Key> PreloadPlan::package_of(std::size_t wheel, const std::string& entry) const {
  for (auto slash = entry.find('/'); slash != std::string::npos; slash = entry.find('/', slash + 1)) {
    auto folder = entry.substr(0, slash + 1);
    if (has_alone(wheel, folder + "__init__.py") && !has_compiled_init(wheel, folder))
      return Key{wheel, std::move(folder)};
  }
  return std::nullopt;
}

/// An existing module is replaced, so it must serve all that loads with it.
PreloadPlan::Module& PreloadPlan::module_of(const Key& key) {
  const auto [found, is_new] = modules_.try_emplace(key);
  auto& module = found->second;
  if (!is_new) return module;
  for (const auto& other : set_.loads.preload_modules) {
    if (other.wheel == key.first && other.entry == module_entry(key.second)) module.published = other.paths;
  }
  if (module.published.empty()) return module;
  module.libraries = module.published;
  for (const auto& root : import_roots(set_.placed)) {
    const PlacedLibrary library{root.wheel, root.entry, root.path};
    if (package_of(root.wheel, root.entry) == key && loads(set_, library)) module.targets.push_back(library);
  }
  return module;
}

/// Sets the libraries of modules, in the plan and in the set.
void PreloadPlan::set_libraries(const Key& key, Libraries libraries) {
  auto& modules = set_.loads.preload_modules;
  const auto entry = module_entry(key.second);
  std::erase_if(modules, [&](const auto& other) { return other.wheel == key.first && other.entry == entry; });
  modules.insert(modules.begin(), {key.first, entry, libraries});
  modules_.at(key).libraries = std::move(libraries);
}

PreloadPlan::Libraries PreloadPlan::order_for(const std::vector<PlacedLibrary>& targets) const {
  std::vector<std::string> roots;
  for (const auto& target : targets) roots.push_back(target.path);
  Libraries paths;
  for (const auto& library : preload_order(set_.placed, roots).libraries) {
    if (set_.placed.find(library.path) != nullptr) paths.push_back(library.path);
  }
  return paths;
}

void PreloadPlan::make_load(const PlacedLibrary& target) {
  const auto key = package_of(target.wheel, target.entry);
  if (!key) return;
  auto& module = module_of(*key);
  if (!contains(module.targets, target.path)) module.targets.push_back(target);
  set_libraries(*key, order_for(module.targets));
}

void PreloadPlan::try_to_load(const PlacedLibrary& target, Scope) {
  const auto key = package_of(target.wheel, target.entry);
  if (!key) return;
  const auto before = module_of(*key);
  make_load(target);
  if (loads(set_, target)) return;
  set_libraries(*key, before.libraries);
  modules_.at(*key) = before;
}

/// The outcome for each target.
std::vector<std::string> PreloadPlan::outcomes(const Module& module) const {
  Process process(set_.placed.files(), set_.system);
  for (const auto& path : module.libraries) process.load(path);
  std::vector<std::string> texts;
  for (const auto& target : module.targets) {
    const auto result = Process(process).load(target.path);
    texts.push_back(result.ok() ? "" : result.failures.front().message);
  }
  return texts;
}

void PreloadPlan::drop_unneeded() {
  for (const auto& [key, module] : modules_) drop_unneeded_of(key, Module(module));
}

/// Tries the package's own wheel first, because its libraries mostly find each other.
void PreloadPlan::drop_unneeded_of(const Key& key, const Module& module) {
  const auto expected = outcomes(module);
  auto needed = module;
  for (const bool own : {true, false}) {
    for (const auto& path : module.libraries) {
      if ((set_.placed.find(path)->wheel == key.first) != own) continue;
      auto fewer = needed;
      std::erase(fewer.libraries, path);
      if (outcomes(fewer) == expected) needed = std::move(fewer);
    }
  }
  set_libraries(key, needed.libraries.empty() ? module.published : std::move(needed.libraries));
}

std::set<std::string> PreloadPlan::reached() const {
  std::set<std::string> paths;
  for (const auto& [key, module] : modules_) {
    Process process(set_.placed.files(), set_.system);
    for (const auto& path : module.libraries) process.load(path);
    for (const auto& target : module.targets) process.load(target.path);
    for (const auto& object : process.objects()) {
      if (object.file != nullptr) paths.insert(set_.placed.path_of(*object.file));
    }
  }
  return paths;
}

std::set<std::size_t> PreloadPlan::changed_wheels() const {
  std::set<std::size_t> wheels;
  for (const auto& [key, module] : modules_) {
    if (module.libraries != module.published) wheels.insert(key.first);
  }
  return wheels;
}

std::string PreloadPlan::path_below_root(const std::string& path) const {
  return set_.placed.below_sys_path(*set_.placed.find(path));
}

void PreloadPlan::apply(std::vector<WheelEdit>& wheels, RepairReport& report) const {
  for (const auto& [key, module] : modules_) {
    if (module.libraries == module.published) continue;
    PreloadModule added{key.first, module_entry(key.second), {}};
    for (const auto& path : module.libraries) added.libraries.push_back(path_below_root(path));
    put_preload_module(wheels[key.first], key.second, added.libraries);
    report.preload_modules.push_back(std::move(added));
  }
}

std::string PreloadPlan::hint(const LoadFailure& failure, const ImportRoot& root) const {
  if (!package_of(root.wheel, root.entry))
    return "it isn't in a package with an __init__.py of its own, which could load libraries first; repair "
           "without --preload";
  std::vector<std::string> roots{root.path};
  if (!failure.chain.empty())
    roots.push_back(failure.chain.paths().front());  // loaded by code of the package
  const auto order = preload_order(set_.placed, roots);
  const auto cause = first_failure(order).value_or(failure);
  for (const auto& cycle : order.cycles) {
    const auto is_cause = [&](const auto& library) { return soname(library) == cause.name; };
    if (std::ranges::any_of(cycle, is_cause))
      return chain_text(cause) + names_of(cycle) +
             " need each other, so not one of them can be loaded first; repair without --preload";
  }
  const LibraryIndex names(set_.placed);
  for (const auto* library : names.with_file_name(cause.name)) {
    if (soname(*library) != cause.name)
      return chain_text(cause) + fmt::format("{} has it, but its soname is another; repair without --preload",
                                             set_.wheels[library->wheel].wheel().path().string());
  }
  return chain_text(cause) + advice_for_unknown(set_);
}

/// The failure of a library that can't be loaded first: what fails after that may only need that library.
std::optional<LoadFailure> PreloadPlan::first_failure(const PreloadOrder& order) const {
  Process process(set_.placed.files(), set_.system);
  for (const auto& library : order.libraries) {
    const auto loaded = process.load(library.path);
    if (!loaded.ok() && !loaded.failures.front().chain.empty()) return loaded.failures.front();
  }
  return std::nullopt;
}

std::optional<std::string> PreloadPlan::soname(const PlacedLibrary& library) const {
  return set_.placed.info(library).soname;
}

}  // namespace wheelfix

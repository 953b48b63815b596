#include "doctor/examined_packages.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace wheelfix {
namespace {

/// Loads modules in the way of their imports, and what they don't lead to alone, and keeps for each library
/// what the names that it needs led to.
class NeedResolver {
 public:
  explicit NeedResolver(const WheelSet& set) : set_(set) {
    for (const auto& root : import_roots(set.placed)) resolve_import(root);
    for (const auto& library : set.placed.libraries()) {
      if (needs_.contains(&library)) continue;
      auto process = new_process();
      load(process, library.path);
    }
  }

  ExaminedLibrary examined(const PlacedLibrary& library) const {
    const auto& info = set_.placed.info(library);
    ExaminedLibrary result{.path = library.entry,
                           .soname = info.soname.value_or(""),
                           .is_module = library.is_module,
                           .is_program = info.is_program};
    const auto found = needs_.find(&library);
    result.is_loaded = found != needs_.end();
    for (std::size_t i = 0; i < info.needed.size(); ++i) {
      ExaminedNeed need{.name = info.needed[i]};
      if (result.is_loaded) {
        const auto known = found->second.find(need.name);
        if (known != found->second.end()) need = known->second;
      }
      need.is_optional = i < info.needed_kinds.size() && info.needed_kinds[i] == NeededKind::weak;
      result.needs.push_back(std::move(need));
    }
    return result;
  }

 private:
  using Needs = std::map<std::string, ExaminedNeed, std::less<>>;

  Process new_process() const { return {set_.placed.files(), set_.system, set_.environment}; }

  /// As a module is imported: after what its package's code loads. If it fails, also after what that loads
  /// only because else modules fail, which a failure ends.
  void resolve_import(const ImportRoot& root) {
    auto process = begin_import(root);
    bool is_whole = true;
    for (const auto& own : set_.loads.by_path)
      if (own.wheel == root.wheel && set_.placed.find(own.on_import) != nullptr)
        is_whole = load(process, own.on_import) && is_whole;
    if (load(process, root.path) && is_whole) return;
    std::vector<std::string> preloading;
    for (const auto& code : set_.loads.preloading)
      if (code.wheel == root.wheel) preloading.insert(preloading.end(), code.paths.begin(), code.paths.end());
    if (preloading.empty()) return;
    auto other = begin_import(root);
    if (std::ranges::all_of(preloading, [&](const std::string& path) { return load(other, path); }))
      load(other, root.path);
  }

  Process begin_import(const ImportRoot& root) const {
    auto process = new_process();
    run_preload_modules(set_.loads, root.wheel, root.entry, process);
    return process;
  }

  bool load(Process& process, const std::string& path) {
    const auto loaded = process.load(path, {.caller = {}, .on_failure = LoadOptions::OnFailure::go_on});
    const auto& objects = process.objects();
    for (auto i = loaded.first_object; i < objects.size(); ++i)
      if (const auto* library = set_.placed.find_loaded(objects[i].path)) needs_[library];
    for (const auto& resolution : loaded.resolutions)
      if (resolution.needed_by) note(objects.at(*resolution.needed_by).path, resolution, objects);
    return loaded.ok();
  }

  /// What was found first counts.
  void note(const std::string& needed_by, const Resolution& resolution,
            const std::vector<LoadedObject>& objects) {
    const auto* library = set_.placed.find_loaded(needed_by);
    if (library == nullptr) return;
    const auto [place, is_new] = needs_[library].try_emplace(resolution.name);
    if (!is_new) return;
    auto& need = place->second;
    need.name = resolution.name;
    need.found_by = resolution.found_by;
    if (is_brought(resolution.found_by)) return;
    const auto& object = objects.at(resolution.object);
    if (object.file == nullptr) return;  // it is promised
    need.found = object.path;
    if (const auto* found = set_.placed.find_loaded(object.path)) {
      need.found = found->entry;
      need.package = found->wheel;
    }
  }

  const WheelSet& set_;
  std::unordered_map<const PlacedLibrary*, Needs> needs_;
};

}  // namespace

std::string package_name(const WheelSet& set, std::size_t wheel) {
  const auto& name = set.wheels[wheel].wheel().name();
  return name.distribution() + " " + name.version_text();
}

std::vector<ExaminedPackage> examined_packages(const WheelSet& set) {
  std::vector<ExaminedPackage> packages;
  for (const auto& edit : set.wheels) {
    const auto& wheel = edit.wheel();
    packages.push_back({.name = wheel.name().distribution(),
                        .version = wheel.name().version_text(),
                        .wheel = wheel.path().string()});
  }
  const NeedResolver resolver(set);
  for (const auto& library : set.placed.libraries())
    packages[library.wheel].libraries.push_back(resolver.examined(library));
  return packages;
}

}  // namespace wheelfix

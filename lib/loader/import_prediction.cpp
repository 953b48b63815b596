#include <algorithm>
#include <wheelfix/imports.hpp>

namespace wheelfix {
namespace {

/// Whether the Python file stands in a folder above the module.
bool stands_above(std::string_view file, std::string_view module) {
  return module.starts_with(file.substr(0, file.rfind('/') + 1));
}

class Predictor {
 public:
  Predictor(const ImportScene& scene, const ImportRoot& root) : scene_(scene) { result_.root = root; }

  PredictedImport run() {
    auto process = new_process();
    run_preload_modules(scene_.loads, result_.root.wheel, result_.root.entry, process);
    if (import(result_.root, process, &result_)) return std::move(result_);
    try_behind_others();
    return std::move(result_);
  }

 private:
  Process new_process() const { return {scene_.wheels.files(), scene_.system, scene_.environment}; }

  /// Whether the module can be imported. `told` gets the first failure that there is no way around.
  bool import(const ImportRoot& root, const Process& before, PredictedImport* told) {
    Process alone(before);
    auto loaded = alone.load(root.path);
    if (loaded.ok()) return note_driver(alone, loaded, told);
    if (told != nullptr) told->failure = loaded.failures.front();
    Process process(before);
    bool has_preloading = false;
    for (const auto& preloading : scene_.loads.preloading) {
      if (preloading.wheel != root.wheel || !stands_above(preloading.entry, root.entry)) continue;
      has_preloading = true;
      for (const auto& path : preloading.paths) {
        if (fails(process.load(path), preloading.entry, told)) return false;
      }
    }
    if (!has_preloading) return false;
    loaded = process.load(root.path);
    if (fails(loaded, "", told)) return false;
    if (told != nullptr) told->failure.reset();
    return note_driver(process, loaded, told);
  }

  static bool fails(const LoadResult& loaded, const std::string& entry, PredictedImport* told) {
    if (loaded.ok()) return false;
    if (told != nullptr) {
      told->failure = loaded.failures.front();
      told->failed_in = entry;
    }
    return true;
  }

  static bool note_driver(const Process& process, const LoadResult& loaded, PredictedImport* told) {
    if (told == nullptr) return true;
    for (const auto& resolution : loaded.resolutions) {
      if (resolution.found_by != FoundBy::driver || !resolution.needed_by) continue;
      told->from_driver.emplace_back(resolution.name, process.objects().at(*resolution.needed_by).path);
    }
    return true;
  }

  /// nvfuser's module needs torch's, of the same wheel, which its Python code imports first; torchvision's
  /// needs those of another.
  void try_behind_others() {
    const auto wheel = result_.root.wheel;
    if (works_behind({wheel}) || wheel >= scene_.requires_wheels.size()) return;
    works_behind(scene_.requires_wheels[wheel]);
  }

  bool loads(Process& process, const ImportRoot& root) const {
    run_preload_modules(scene_.loads, root.wheel, root.entry, process);
    return process.load(root.path).ok();
  }

  bool works_behind(const std::vector<std::size_t>& wheels) {
    Process process = new_process();
    std::vector<ImportRoot> loaded;
    for (const auto& root : import_roots(scene_.wheels)) {
      const bool is_other = std::ranges::count(wheels, root.wheel) > 0 && root.path != result_.root.path;
      if (is_other && loads(process, root)) loaded.push_back(root);
    }
    if (loaded.empty() || !loads(process, result_.root)) return false;
    result_.works_after = std::move(loaded);
    return true;
  }

  const ImportScene& scene_;
  PredictedImport result_;
};

}  // namespace

std::vector<ImportRoot> import_roots(const PlacedWheels& wheels) {
  std::vector<ImportRoot> roots;
  for (const auto& library : wheels.libraries()) {
    if (extension_suffix(library.entry)) roots.push_back({library.wheel, library.entry, library.path});
  }
  return roots;
}

void run_preload_modules(const PythonLoads& loads, std::size_t wheel, std::string_view entry,
                         Process& process) {
  for (const auto& module : loads.preload_modules) {
    if (module.wheel != wheel || !stands_above(module.entry, entry)) continue;
    for (const auto& path : module.paths) process.load(path);
  }
}

PredictedImport predict_import(const ImportScene& scene, const ImportRoot& root) {
  return Predictor(scene, root).run();
}

}  // namespace wheelfix

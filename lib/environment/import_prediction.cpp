#include <algorithm>
#include <wheelfix/imports.hpp>

#include "base/text.hpp"
#include "loader/library_names.hpp"

namespace wheelfix {
namespace {

/// Whether the Python file is in a folder above the module.
bool is_above(std::string_view file, std::string_view module) {
  return module.starts_with(folder_part(file));
}

class Predictor {
 public:
  Predictor(const ImportScene& scene, const ImportRoot& root) : scene_(scene) { result_.root = root; }

  PredictedImport run() {
    if (!import()) try_after_others();
    return std::move(result_);
  }

 private:
  Process new_process() const { return {scene_.wheels.files(), scene_.system, scene_.environment}; }

  /// Whether the module can be imported; if not, the result has the first failure that can't be avoided.
  bool import() {
    auto begun = new_process();
    run_preload_modules(scene_.loads, result_.root.wheel, result_.root.entry, begun);
    Process alone(begun);
    if (load_module(alone, result_)) return true;
    Process process(begun);
    bool has_preloading = false;
    for (const auto& preloading : scene_.loads.preloading) {
      if (preloading.wheel != result_.root.wheel || !is_above(preloading.entry, result_.root.entry)) continue;
      has_preloading = true;
      for (const auto& path : preloading.paths) {
        if (!load(process, path, preloading.entry, result_)) return false;
      }
    }
    return has_preloading && load_module(process, result_);
  }

  /// Loads the module of `outcome`, which gets the failure, after what Python files above it load on import.
  bool load_module(Process& process, PredictedImport& outcome) const {
    const auto& root = outcome.root;
    for (const auto& own : scene_.loads.by_path) {
      const bool counts = own.wheel == root.wheel && is_above(own.entry, root.entry);
      if (counts && is_for_loader(own.on_import) && !load(process, own.on_import, own.entry, outcome))
        return false;
    }
    if (!load(process, root.path, "", outcome)) return false;
    outcome.failure.reset();
    outcome.failed_in.clear();
    return true;
  }

  /// Whether there is a file that is neither for another system nor a program.
  bool is_for_loader(const std::string& path) const {
    const auto* node = scene_.wheels.files().find(path);
    if (node == nullptr || node->is_folder()) return false;
    if (node->content()->kind != FileContent::Kind::library) return true;
    const auto& info = node->content()->info;
    return info.format == format_of(scene_.system.kind) && !info.is_program;
  }

  /// `entry`: the Python file that loads it, empty for the module.
  static bool load(Process& process, const std::string& path, const std::string& entry,
                   PredictedImport& outcome) {
    const auto loaded = process.load(path);
    if (!loaded.ok()) {
      outcome.failure = loaded.failures.front();
      outcome.failed_in = entry;
      return false;
    }
    for (const auto& resolution : loaded.resolutions) {
      if (!is_brought(resolution.found_by) || !resolution.needed_by) continue;
      BroughtLibrary library{resolution.name, resolution.found_by,
                             process.objects().at(*resolution.needed_by).path};
      if (std::ranges::find(outcome.brought, library) == outcome.brought.end())
        outcome.brought.push_back(std::move(library));
    }
    return true;
  }

  /// nvfuser's module works only after torch's, of the same wheel; torchvision's after those of another
  /// wheel.
  void try_after_others() {
    const auto wheel = result_.root.wheel;
    if (works_after({wheel}) || wheel >= scene_.requires_wheels.size()) return;
    works_after(scene_.requires_wheels[wheel]);
  }

  bool loads(Process& process, const ImportRoot& root) const {
    run_preload_modules(scene_.loads, root.wheel, root.entry, process);
    PredictedImport outcome;
    outcome.root = root;
    return load_module(process, outcome);
  }

  /// Whether another package of the wheel imports that of the module first, as functorch imports torch.
  bool must_follow(const ImportRoot& other) const {
    const auto package = package_of(result_.root);
    const auto other_package = package_of(other);
    if (other.wheel != result_.root.wheel || other_package == package) return false;
    const auto found = scene_.loads.imported.find({other.wheel, other_package});
    return found != scene_.loads.imported.end() && found->second.contains(package);
  }

  static std::string package_of(const ImportRoot& root) { return root.entry.substr(0, root.entry.find('/')); }

  bool works_after(const std::vector<std::size_t>& wheels) {
    Process process = new_process();
    std::vector<ImportRoot> loaded;
    for (const auto& root : import_roots(scene_.wheels)) {
      const bool is_other = std::ranges::count(wheels, root.wheel) > 0 && root.path != result_.root.path;
      if (is_other && !must_follow(root) && loads(process, root)) loaded.push_back(root);
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
    if (library.is_module) roots.push_back({library.wheel, library.entry, library.path});
  }
  return roots;
}

void run_preload_modules(const PythonLoads& loads, std::size_t wheel, std::string_view entry,
                         Process& process) {
  for (const auto& module : loads.preload_modules) {
    if (module.wheel != wheel || !is_above(module.entry, entry)) continue;
    for (const auto& path : module.paths) process.load(path);
  }
}

PredictedImport predict_import(const ImportScene& scene, const ImportRoot& root) {
  return Predictor(scene, root).run();
}

}  // namespace wheelfix

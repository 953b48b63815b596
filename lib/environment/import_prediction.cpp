#include <algorithm>
#include <wheelfix/imports.hpp>

#include "base/text.hpp"
#include "environment/import_run.hpp"
#include "environment/library_index.hpp"
#include "loader/library_names.hpp"

namespace wheelfix {
namespace {

/// Whether the Python file is in a folder above the module: one of the module's own wheel, or the __init__.py
/// of a package that several wheels have parts of, whichever has it.
bool is_above(std::size_t wheel, std::string_view file, std::size_t wheel_of_module,
              std::string_view module) {
  return module.starts_with(folder_part(file)) &&
         (wheel == wheel_of_module || file.ends_with("/__init__.py"));
}

class Predictor {
 public:
  Predictor(const ImportScene& scene, const ImportRoot& root) : scene_(scene) { result_.root = root; }

  PredictedImport run() {
    if (!import() && scene_.code != nullptr) follow_code();
    return std::move(result_);
  }

 private:
  Process new_process() const { return {scene_.wheels.files(), scene_.system, scene_.environment, scene_.symbols}; }

  /// Whether the module can be imported; if not, the result has the first failure that can't be avoided.
  bool import() {
    auto begun = new_process();
    run_preload_modules(scene_.loads, result_.root.wheel, result_.root.entry, begun);
    Process alone(begun);
    if (load_module(alone, result_)) return true;
    Process process(begun);
    bool has_preloading = false;
    for (const auto& preloading : scene_.loads.preloading) {
      if (!is_above(preloading.wheel, preloading.entry, result_.root.wheel, result_.root.entry)) continue;
      has_preloading = true;
      for (const auto& path : preloading.paths) {
        if (!load(process, path, {preloading.entry, preloading.is_global}, result_)) return false;
      }
    }
    return has_preloading && load_module(process, result_);
  }

  /// Loads the module of `outcome`, which gets the failure, after what Python files above it load on import.
  bool load_module(Process& process, PredictedImport& outcome) const {
    const auto& root = outcome.root;
    for (const auto& own : scene_.loads.by_path) {
      const bool counts = is_above(own.wheel, own.entry, root.wheel, root.entry);
      if (counts && is_for_loader(own.on_import) &&
          !load(process, own.on_import, {own.entry, own.is_global}, outcome))
        return false;
    }
    if (!load(process, root.path, {}, outcome)) return false;
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

  /// What loads a library: a Python file, or with an empty entry the import of the module.
  struct Loader {
    std::string entry = {};
    bool is_global = false;
  };

  bool load(Process& process, const std::string& path, const Loader& by, PredictedImport& outcome) const {
    const auto loaded = process.load(path, {.is_global = by.is_global});
    if (!loaded.ok()) {
      outcome.failure = loaded.failures.front();
      outcome.failed_in = by.entry;
      return false;
    }
    for (const auto& resolution : loaded.resolutions) {
      if (!resolution.needed_by) continue;
      note_brought(process, resolution, outcome);
      if (scene_.names != nullptr) note_outside(process, resolution, outcome);
    }
    return true;
  }

  static void note_brought(const Process& process, const Resolution& resolution, PredictedImport& outcome) {
    if (!is_brought(resolution.found_by)) return;
    BroughtLibrary library{resolution.name, resolution.found_by,
                           process.objects().at(*resolution.needed_by).path};
    if (std::ranges::find(outcome.brought, library) == outcome.brought.end())
      outcome.brought.push_back(std::move(library));
  }

  void note_outside(const Process& process, const Resolution& resolution, PredictedImport& outcome) const {
    const auto& object = process.objects()[resolution.object];
    if (object.file == nullptr || !scene_.names->has(resolution.name) || is_of_set(object)) return;
    const auto& needing = process.objects()[*resolution.needed_by];
    if (!is_of_set(needing)) return;
    outcome.from_outside.push_back(
        {.name = resolution.name,
         .needed_by = scene_.wheels.path_of(*needing.file),
         .path = object.path,
         .loaded_by = object.needed_by ? process.objects()[*object.needed_by].path : ""});
  }

  bool is_of_set(const LoadedObject& object) const {
    return object.file != nullptr && scene_.wheels.find(object.file->path()) != nullptr;
  }

  /// What the set's code imports decides about a module that fails without.
  void follow_code() {
    const auto& root = result_.root;
    const bool is_of_file = result_.failure->kind == LoadFailure::Kind::file;
    // Else no import of the set can bring it.
    if (!is_of_file || LibraryIndex(scene_.wheels).has(result_.failure->name)) {
      auto certain = new_run(ImportRun::Maybes::skip);
      certain.import_target();
      if (certain.can_load()) return forget_failure();
      if (binds_wrongly(certain) || !is_of_file) return note_caught();
      if (works_after(after_maybes())) return;
      result_.is_optional = result_.is_optional || certain.is_caught();
      if (certain.is_refused() && scene_.code->is_namesake(root)) return;
      if (works_after(certain.is_refused() ? after_modules_of({root.wheel}) : after_others())) return;
      if (stops_) set_failure(*stops_);
      if (certain.is_refused()) return;
    }
    note_caught();
  }

  /// Whether code that imports the module catches its failure.
  void note_caught() {
    const auto& root = result_.root;
    result_.is_optional =
        result_.is_optional || scene_.code->has_caught_import(root.wheel, scene_.code->name_of(root));
  }

  /// All files are found by then, and what they define is of another version.
  static bool finds_wrong(const ImportRun& run) {
    return run.failure() && run.failure()->kind != LoadFailure::Kind::file;
  }

  void set_failure(const LoadFailure& failure) {
    result_.failure = failure;
    result_.failed_in.clear();
  }

  bool binds_wrongly(const ImportRun& run) {
    if (!finds_wrong(run)) return false;
    set_failure(*run.failure());
    result_.is_optional = run.is_caught();
    return true;
  }

  ImportRun new_run(ImportRun::Maybes maybes) const {
    const auto goal = result_.failed_in.empty() ? ImportRun::Goal::target : ImportRun::Goal::packages;
    return {scene_, result_.root, maybes, goal};
  }

  void forget_failure() {
    result_.failure.reset();
    result_.failed_in.clear();
  }

  bool works_after(const std::optional<ImportRoot>& other) {
    if (other) result_.works_after = {*other};
    return other.has_value();
  }

  /// The module that the packages around it import before it, if conditions that aren't known hold.
  std::optional<ImportRoot> after_maybes() {
    auto run = new_run(ImportRun::Maybes::run);
    run.import_target();
    if (run.can_load()) return run.bringer().value_or(result_.root);
    result_.is_optional = run.is_caught() && !run.is_refused();
    note_what_stops(run);
    return std::nullopt;
  }

  /// What stops a library that isn't a module after code has loaded what else it needs.
  void note_what_stops(const ImportRun& run) {
    const auto* library = scene_.wheels.find(result_.root.path);
    if (!run.failure() || library == nullptr || library->is_module) return;
    if (finds_wrong(run) || !LibraryIndex(scene_.wheels).has(run.failure()->name)) stops_ = run.failure();
  }

  /// The module of its wheel, or of one that it requires, that would bring what it lacks.
  std::optional<ImportRoot> after_others() {
    const auto wheel = result_.root.wheel;
    if (auto own = after_modules_of({wheel})) return own;
    const auto& required = scene_.requires_wheels;
    if (wheel >= required.size() || !is_in_package() || is_split_off()) return std::nullopt;
    return after_modules_of(required[wheel]);
  }

  std::optional<ImportRoot> after_modules_of(const std::vector<std::size_t>& wheels) {
    auto run = new_run(ImportRun::Maybes::skip);
    for (const auto& root : import_roots(scene_.wheels)) {
      if (std::ranges::count(wheels, root.wheel) == 0 || root.path == result_.root.path) continue;
      run.import(root);
      if (!result_.failed_in.empty()) run.import_target();
      if (run.can_load()) return run.bringer().value_or(root);
    }
    note_what_stops(run);
    return std::nullopt;
  }

  /// A module on its own is what users import: nothing says that they import another before.
  bool is_in_package() const { return scene_.code->name_of(result_.root).find('.') != std::string::npos; }

  /// Whether it loads if all wheels are in one folder.
  bool is_split_off() const {
    const auto& wheels = scene_.wheels;
    if (wheels.layout().is_shared()) return false;
    FileTree together;
    std::string place;
    for (const auto& library : wheels.libraries()) {
      const auto below = wheels.below_sys_path(library);
      if (below.starts_with("../")) continue;
      together.add_library("/site-packages/" + below, wheels.info(library));
      if (library.path == result_.root.path) place = "/site-packages/" + below;
    }
    return !place.empty() && Process(together, scene_.system, scene_.environment).load(place).ok();
  }

  const ImportScene& scene_;
  PredictedImport result_;
  std::optional<LoadFailure> stops_;
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
    if (!is_above(module.wheel, module.entry, wheel, entry)) continue;
    for (const auto& path : module.paths) process.load(path);
  }
}

PredictedImport predict_import(const ImportScene& scene, const ImportRoot& root) {
  return Predictor(scene, root).run();
}

}  // namespace wheelfix

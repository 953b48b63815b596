#include "environment/import_run.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/glob.hpp"
#include "base/text.hpp"

namespace wheelfix {
namespace {

constexpr unsigned deepest_import = 300;  // files that import each other
constexpr unsigned most_renamings = 5;    // files that import a function from each other

/// A glob says enough of a library: its name, or more of its path.
bool says_enough(std::string_view glob) {
  return std::ranges::count_if(glob, [](char c) { return c != '*' && c != '?' && c != '.' && c != '/'; }) > 5;
}

}  // namespace

ImportRun::ImportRun(const ImportScene& scene, const ImportRoot& target, Maybes maybes, Goal goal)
    : scene_(scene),
      target_(target),
      target_name_(scene.code->name_of(target)),
      maybes_(maybes),
      goal_(goal),
      process_(scene.wheels.files(), scene.system, scene.environment, scene.symbols) {}

void ImportRun::import_target() {
  run_preload_modules(scene_.loads, target_.wheel, target_.entry, process_);
  const auto raised = import_name(target_name_);
  if (raised == Raised::nothing && !can_load_) try_target();
  is_refused_ = raised != Raised::nothing && (!fails_by_target_ || depth_of_refusal_ > 1);
}

void ImportRun::import(const ImportRoot& root) {
  if (!can_load_) import_name(scene_.code->name_of(root));
}

/// Sees whether the target can be loaded by now.
void ImportRun::look() {
  if (!can_load_ && goal_ == Goal::target) try_target();
}

void ImportRun::try_target() {
  const auto loaded = Process(process_).load(target_.path);
  can_load_ = loaded.ok();
  if (!can_load_) failure_ = loaded.failures.front();
  if (can_load_) bringer_ = last_;
}

ImportRun::Raised ImportRun::import_name(const std::string& name) {
  for (std::size_t end = 0; end != name.npos && !can_load_;) {
    end = name.find('.', end == 0 ? 0 : end + 1);
    const auto part = name.substr(0, end);
    const auto module = scene_.code->find(part);
    if (!module.exists() && part != target_name_) return Raised::nothing;  // not of the set, or not a module
    const auto raised = import_one(part, module);
    if (raised != Raised::nothing) return raised;
  }
  return Raised::nothing;
}

ImportRun::Raised ImportRun::import_one(const std::string& name, const ImportCode::Module& module) {
  scene_.wheels.files().count_question();
  if (depth_ > deepest_import || !imported_.insert(name).second) return Raised::nothing;
  auto raised = Raised::nothing;
  ++depth_;
  if (name == target_name_) {
    const bool is_inner = goal_ == Goal::packages && depth_ > 1;
    if (!is_inner) try_target();
    if (is_inner ? !load_with_preloading(target_) : !can_load_) {
      raised = Raised::import_error;
      fails_by_target_ = true;
      depth_of_refusal_ = depth_;
    }
  } else if (module.extension != nullptr) {
    raised = import_extension(*module.extension);
  } else if (module.source != nullptr) {
    raised = run(scene_.code->steps(*module.source), *module.source, true);
  }
  --depth_;
  if (raised != Raised::nothing) imported_.erase(name);
  return raised;
}

ImportRun::Raised ImportRun::import_extension(const ImportRoot& root) {
  run_preload_modules(scene_.loads, root.wheel, root.entry, process_);
  if (!load_with_preloading(root)) return Raised::import_error;
  last_ = root;
  look();
  return Raised::nothing;
}

/// Like predict_import: after what its package preloads, if it fails without.
bool ImportRun::load_with_preloading(const ImportRoot& root) {
  if (process_.load(root.path).ok()) return true;
  for (const auto& preloading : scene_.loads.preloading) {
    if (preloading.wheel != root.wheel || !root.entry.starts_with(folder_part(preloading.entry))) continue;
    for (const auto& path : preloading.paths)
      if (!process_.load(path, {.is_global = preloading.is_global}).ok()) return false;
  }
  return process_.load(root.path).ok();
}

ImportRun::Raised ImportRun::run(const python::ImportSteps& steps, const ImportCode::Source& file,
                                 bool with_imports) {
  for (const auto& step : steps) {
    if (can_load_) break;
    scene_.wheels.files().count_question();
    if (const auto raised = run(step, file, with_imports); raised != Raised::nothing) return raised;
  }
  return Raised::nothing;
}

ImportRun::Raised ImportRun::run(const python::ImportStep& step, const ImportCode::Source& file,
                                 bool with_imports) {
  switch (step.kind) {
    case python::ImportStep::Kind::import:
      return with_imports ? run_import(step) : Raised::nothing;
    case python::ImportStep::Kind::load:
      return run_load(step.load, file);
    case python::ImportStep::Kind::attempt:
      return run_attempt(step, file, with_imports);
    case python::ImportStep::Kind::maybe:
      run(step.body, file, with_imports && maybes_ == Maybes::run);
      fails_by_target_ = false;
      return Raised::nothing;
    case python::ImportStep::Kind::call:
      return run_call(step, with_imports);
    case python::ImportStep::Kind::define:
      return Raised::nothing;
  }
  return Raised::nothing;
}

ImportRun::Raised ImportRun::run_call(const python::ImportStep& step, bool with_imports) {
  scene_.wheels.files().count_question();
  const auto function = definition(step.module, step.names.front(), 0);
  if (function.step == nullptr || depth_ > deepest_import) return Raised::nothing;
  ++depth_;
  auto given = given_;
  if (step.names.size() > 1) given_.assign(step.names.begin() + 1, step.names.end());
  const auto raised = run(function.step->body, *function.file, with_imports);
  given_ = std::move(given);
  --depth_;
  return raised;
}

/// What a name in a module means, which the module may import from another.
ImportRun::Definition ImportRun::definition(const std::string& module, const std::string& name,
                                            unsigned renamings) const {
  const auto* file = scene_.code->find(module).source;
  if (file == nullptr || renamings > most_renamings) return {};
  const auto find = [&](auto& self, const python::ImportSteps& steps) -> Definition {
    for (const auto& step : steps) {
      const bool is_named = contains(step.names, name);
      Definition found;
      if (step.kind == python::ImportStep::Kind::define && step.names.front() == name)
        found = {&step, file};
      else if (step.kind == python::ImportStep::Kind::import && is_named)
        found = definition(step.module, name, renamings + 1);
      for (const auto* inner : {&step.body, &step.handler})
        if (found.step == nullptr && step.kind != python::ImportStep::Kind::define)
          found = self(self, *inner);
      if (found.step != nullptr) return found;
    }
    return {};
  };
  return find(find, scene_.code->steps(*file));
}

ImportRun::Raised ImportRun::run_import(const python::ImportStep& step) {
  if (const auto raised = import_name(step.module); raised != Raised::nothing) return raised;
  for (const auto& name : step.names) {
    const auto module = step.module + "." + name;
    if (can_load_ || (module != target_name_ && !scene_.code->find(module).exists())) continue;
    if (const auto raised = import_name(module); raised != Raised::nothing) return raised;
  }
  return Raised::nothing;
}

ImportRun::Raised ImportRun::run_attempt(const python::ImportStep& step, const ImportCode::Source& file,
                                         bool with_imports) {
  const auto raised = run(step.body, file, with_imports);
  const bool catches = (raised == Raised::import_error && step.catches_import_error) ||
                       (raised == Raised::os_error && step.catches_os_error);
  if (!catches) return raised;
  is_caught_ = is_caught_ || fails_by_target_;
  fails_by_target_ = false;
  return run(step.handler, file, with_imports);
}

/// All that a call may load is loaded, for what fails is mostly for other systems. A path that is the only
/// one must load.
ImportRun::Raised ImportRun::run_load(const python::LibraryLoad& load, const ImportCode::Source& file) {
  const auto before = process_.objects().size();
  bool is_loaded = false;
  for (const auto& path : files_of(load, file))
    is_loaded = process_.load(path, {.is_global = load.is_global}).ok();
  if (process_.objects().size() > before) look();
  const bool is_certain = load.is_complete && !load.is_for_file_there && load.names.size() == 1 &&
                          load.names.front().in_wheel && !is_glob(load.names.front().text);
  return is_certain && !is_loaded ? Raised::os_error : Raised::nothing;
}

/// What a call may load: if the function that it is in is given the names of some of these files, only those.
std::vector<std::string> ImportRun::files_of(const python::LibraryLoad& load,
                                             const ImportCode::Source& file) const {
  std::vector<std::string> files;
  for (const auto& name : load.names)
    for (auto& path : files_of(name, file)) files.push_back(std::move(path));
  const auto is_given = [&](const std::string& path) {
    return std::ranges::any_of(given_, [&](const std::string& text) {
      return file_name(path).find(text) != std::string_view::npos;
    });
  };
  if (std::ranges::any_of(files, is_given)) std::erase_if(files, std::not_fn(is_given));
  return files;
}

/// The libraries of the set that a name in a call means, or a name that the system is asked for.
std::vector<std::string> ImportRun::files_of(const python::LoadedName& name,
                                             const ImportCode::Source& file) const {
  std::vector<std::string> files;
  const auto& libraries = scene_.wheels.libraries();
  const bool is_plain = name.text.find('/') == std::string::npos && !is_glob(name.text);
  if (!name.in_wheel && is_plain) return {name.text};
  if (name.in_wheel) {
    for (const auto& library : libraries) {
      if (library.wheel != file.wheel) continue;
      scene_.wheels.files().count_question();
      const auto& entry =
          name.text.starts_with("../") ? scene_.wheels.below_sys_path(library) : library.entry;
      if (entry == name.text || (is_glob(name.text) && glob_matches(name.text, entry)))
        files.push_back(library.path);
    }
  } else if (says_enough(name.text)) {
    for (const auto& library : libraries) {
      scene_.wheels.files().count_question();
      if (glob_matches(name.text, library.path)) files.push_back(library.path);
    }
  }
  return files;
}

}  // namespace wheelfix

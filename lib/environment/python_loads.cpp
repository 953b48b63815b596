#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>
#include <wheelfix/imports.hpp>

#include "base/glob.hpp"
#include "base/text.hpp"
#include "environment/python_loads.hpp"

namespace wheelfix {
namespace {

/// The libraries of a set, without the programs, by their file names, and by their paths below the folders of
/// sys.path.
class FileNames {
 public:
  explicit FileNames(const PlacedWheels& placed) : files_(placed.files()) {
    for (const auto& library : placed.libraries()) {
      if (placed.info(library).is_program) continue;
      paths_[std::string(file_name(library.path))].push_back(library.path);
      below_root_[placed.below_sys_path(library)].push_back(&library);
    }
  }

  /// The library at a path below the root of this wheel, else of the first wheel that has one there, or null.
  const PlacedLibrary* find_below_root(const std::string& path, std::size_t wheel) const {
    const auto found = below_root_.find(path);
    if (found == below_root_.end()) return nullptr;
    const auto own = std::ranges::find(found->second, wheel, &PlacedLibrary::wheel);
    return own == found->second.end() ? found->second.front() : *own;
  }

  std::vector<std::string> matches(const std::string& glob) const {
    std::vector<std::string> found;
    if (!is_specific(glob)) return found;
    if (!is_glob(glob)) {
      if (const auto named = paths_.find(glob); named != paths_.end()) found = named->second;
      return found;
    }
    for (const auto& [name, paths] : paths_) {
      files_.count_question();
      if (glob_matches(glob, name)) found.insert(found.end(), paths.begin(), paths.end());
    }
    std::ranges::sort(found);
    return found;
  }

 private:
  const FileTree& files_;
  std::unordered_map<std::string, std::vector<std::string>> paths_;
  std::unordered_map<std::string, std::vector<const PlacedLibrary*>> below_root_;
};

class LoadsFinder {
 public:
  LoadsFinder(const WheelEdit& edit, std::size_t wheel, const PlacedWheels& placed,
              const std::vector<ImportRoot>& roots, const FileNames& names, PythonLoads& loads)
      : edit_(edit), wheel_(wheel), placed_(placed), names_(names), loads_(loads) {
    for (const auto& root : roots) {
      if (root.wheel != wheel) continue;
      for (auto folder = folder_part(root.entry); !folder.empty();
           folder = folder_part(folder.substr(0, folder.size() - 1)))
        folders_.emplace(folder);
    }
  }

  void add(const FileLoads& file) {
    std::ranges::copy(file.dll_folders, std::back_inserter(loads_.dll_folders[wheel_]));
    if (file_name(file.entry) == preload_module_name) return add_preload_module(file.entry, file.literals);
    if (file.loads.empty()) return;
    add_paths(file.entry, file.loads);
    if (folders_.contains(folder_part(file.entry))) add_preloading(file);
  }

 private:
  void add_paths(const std::string& file, const std::vector<python::LibraryLoad>& calls) {
    for (const auto& call : calls) {
      LoadedByCode load{wheel_, file, {}, call.is_complete, call.is_caught, call.is_for_file_there};
      load.is_global = call.is_global;
      for (const auto& name : call.names) {
        if (name.in_wheel && name.is_listed) add_listed(file, name.text, call);
        if (auto entry = entry_at(name))
          load.paths.push_back(std::move(*entry));
        else
          load.is_complete = false;
      }
      if (call.on_import && load.is_complete && load.paths.size() == 1)
        load.on_import = placed_.path_of(edit_.wheel(), load.paths.front()).value_or("");
      if (!load.paths.empty()) loads_.by_path.push_back(std::move(load));
    }
  }

  /// The entry that a name means, whether the wheel has it or not. Outside of the folder of sys.path, like
  /// `../../libmkl_rt.so.2`, only what the wheel itself puts there is known.
  std::optional<std::string> entry_at(const python::LoadedName& name) const {
    if (!name.in_wheel || is_glob(name.text)) return std::nullopt;
    if (!name.text.starts_with("../")) return name.text;
    const auto* library = names_.find_below_root(name.text, wheel_);
    return library != nullptr && library->wheel == wheel_ ? std::optional(library->entry) : std::nullopt;
  }

  /// What a glob finds in the wheel, in order of name. Windows ignores the case of DLLs' names.
  void add_listed(const std::string& file, const std::string& glob, const python::LibraryLoad& call) {
    const auto folded = [is_dll = ascii_lower(glob).ends_with(".dll")](const std::string& path) {
      return is_dll ? ascii_lower(path) : path;
    };
    for (const auto& entry : edit_.paths()) {
      placed_.files().count_question();
      const bool is_as_deep = std::ranges::count(entry, '/') == std::ranges::count(glob, '/');
      if (!is_as_deep || !glob_matches(folded(glob), folded(entry))) continue;
      const auto path = placed_.path_of(edit_.wheel(), entry);
      const auto* node = path ? placed_.files().find(*path) : nullptr;
      if (node == nullptr || node->is_folder()) continue;
      loads_.by_path.push_back({.wheel = wheel_,
                                .entry = file,
                                .paths = {entry},
                                .is_complete = true,
                                .is_caught = call.is_caught,
                                .on_import = call.on_import ? *path : std::string(),
                                .is_global = call.is_global});
    }
  }

  void add_preloading(const FileLoads& file) {
    OwnPreloading preloading{wheel_, file.entry, {}};
    preloading.is_global = std::ranges::any_of(file.loads, &python::LibraryLoad::is_global);
    std::set<std::string> taken;
    for (const auto& literal : file.literals) {
      for (auto& path : names_.matches(literal)) {
        if (taken.insert(path).second) preloading.paths.push_back(std::move(path));
      }
    }
    if (!preloading.paths.empty()) loads_.preloading.push_back(std::move(preloading));
  }

  void add_preload_module(const std::string& file, const std::vector<std::string>& literals) {
    OwnPreloading module{wheel_, file, {}};
    for (const auto& literal : literals) {
      if (const auto* library = names_.find_below_root(literal, wheel_))
        module.paths.push_back(library->path);
    }
    loads_.preload_modules.push_back(std::move(module));
  }

  const WheelEdit& edit_;
  std::size_t wheel_;
  const PlacedWheels& placed_;
  const FileNames& names_;
  PythonLoads& loads_;
  std::set<std::string, std::less<>> folders_;  ///< above extension modules
};

}  // namespace

bool names_library(std::string_view literal, std::string_view file_name) {
  if (!is_specific(literal)) return false;
  return is_glob(literal) ? glob_matches(std::string(literal), std::string(file_name)) : literal == file_name;
}

PythonLoads find_loads(const std::vector<WheelEdit>& wheels, const std::vector<WheelCode>& codes,
                       const PlacedWheels& placed) {
  const auto roots = import_roots(placed);
  const FileNames names(placed);
  PythonLoads loads;
  loads.dll_folders.resize(wheels.size());
  for (std::size_t i = 0; i < wheels.size(); ++i) {
    LoadsFinder finder(wheels[i], i, placed, roots, names, loads);
    for (const auto& file : *codes[i].loads) finder.add(file);
  }
  return loads;
}

PythonLoads read_python_loads(const std::vector<WheelEdit>& wheels, const PlacedWheels& placed) {
  std::vector<WheelCode> codes(wheels.size());
  read_loads(wheels, codes, 0);
  return find_loads(wheels, codes, placed);
}

}  // namespace wheelfix

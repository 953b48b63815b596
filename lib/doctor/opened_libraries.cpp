#include "doctor/opened_libraries.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace wheelfix {
namespace {

bool is_plugin_of_another(const WheelSet& set, const LibraryIndex& names, const PlacedLibrary& library) {
  const auto& needed = set.placed.info(library).needed;
  return extension_suffix(library.path) && std::ranges::any_of(needed, [&](const std::string& name) {
           const auto* other = names.best(name, set.system);
           return other != nullptr && other->wheel != library.wheel;
         });
}

}  // namespace

std::vector<OpenedLibrary> opened_libraries(const WheelSet& set, const LibraryIndex& names) {
  std::map<std::string, bool> by_path;  // whether a failure is caught
  for (const auto& load : set.loads.by_path)
    for (const auto& entry : load.paths)
      if (const auto path = set.placed.path_of(set.wheels[load.wheel].wheel(), entry))
        by_path.emplace(*path, load.is_caught);
  std::vector<OpenedLibrary> opened;
  for (const auto& library : set.placed.libraries()) {
    const auto load = by_path.find(library.path);
    if (library.is_module || (load == by_path.end() && !is_plugin_of_another(set, names, library))) continue;
    opened.push_back({{library.wheel, library.entry, library.path}, load == by_path.end() || load->second});
  }
  return opened;
}

}  // namespace wheelfix

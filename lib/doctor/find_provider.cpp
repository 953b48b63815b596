#include "doctor/find_provider.hpp"

#include "base/text.hpp"

namespace wheelfix {

const PlacedLibrary* find_provider(const WheelSet& set, const std::string& name) {
  const bool folds_case = set.system.kind == LoaderKind::windows;
  for (const auto& library : set.placed.libraries()) {
    const auto* node = set.placed.files().find(library.path);
    if (node == nullptr || node->content() == nullptr) continue;
    const auto own = file_name(library.path);
    if (node->content()->info.soname == name || own == name) return &library;
    if (folds_case && ascii_lower(own) == ascii_lower(name)) return &library;
  }
  return nullptr;
}

}  // namespace wheelfix

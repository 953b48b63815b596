#include "doctor/find_provider.hpp"

#include "base/text.hpp"

namespace wheelfix {

Provider find_provider(const WheelSet& set, const std::string& name) {
  const bool folds_case = set.system.kind == LoaderKind::windows;
  const auto wanted = file_name(name);
  Provider other;
  for (const auto& library : set.placed.libraries()) {
    const auto* node = set.placed.files().find(library.path);
    if (node == nullptr || node->content() == nullptr) continue;
    const auto& info = node->content()->info;
    const auto own = file_name(library.path);
    const bool has_name =
        info.soname == name || own == wanted || (folds_case && ascii_lower(own) == ascii_lower(wanted));
    if (!has_name || info.is_program) continue;
    if (slice_for(info, set.system.machine) != nullptr) return {&library, {}};
    if (other.library == nullptr) other = {&library, info.machine};
  }
  return other;
}

}  // namespace wheelfix

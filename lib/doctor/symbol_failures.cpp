#include "doctor/symbol_failures.hpp"

#include <algorithm>

#include "environment/python_symbols.hpp"
#include "environment/wheel_code.hpp"

namespace wheelfix {
namespace {

/// Whether code of a wheel says that libraries be loaded for all that come later.
bool has_global_loads(const WheelEdit& edit) {
  return std::ranges::any_of(edit.paths(), [&](const std::string& path) {
    if (!path.ends_with(".py")) return false;
    const auto code = python_code(edit, path);
    return code.find("RTLD_GLOBAL") != code.npos || code.find("setdlopenflags") != code.npos;
  });
}

}  // namespace

FindingCode code_of(const LoadFailure& failure) {
  switch (failure.kind) {
    case LoadFailure::Kind::symbol:
      return FindingCode::undefined_symbol;
    case LoadFailure::Kind::version:
      return FindingCode::missing_version;
    default:
      return FindingCode::import_fails;
  }
}

bool is_looked_for_in_all(const LoadFailure& failure) {
  return failure.message.starts_with("symbol not found in flat namespace") ||
         failure.message.starts_with("weak-def symbol not found");
}

std::string words_of(const WheelSet& set, const LoadFailure& failure) {
  auto words = printable_message(failure);
  if (failure.kind == LoadFailure::Kind::file) return words;
  for (const auto& edit : set.wheels) {
    if (edit.wheel().installation() != nullptr) continue;
    const auto folder = set.placed.folder_of(edit.wheel()) + "/";
    for (auto at = words.find(folder); at != words.npos; at = words.find(folder, at))
      words.erase(at, folder.size());
  }
  return words;
}

std::string SymbolDoubts::about(const ImportRoot& root, const LoadFailure& failure) {
  if (failure.kind != LoadFailure::Kind::symbol || !python_history(failure.name).empty()) return {};
  // Windows looks into one DLL, which the failure names.
  if (set_.system.kind == LoaderKind::windows) return {};
  if (set_.system.kind == LoaderKind::dyld)
    return is_looked_for_in_all(failure) && search_.is_defined(failure.name)
               ? "another library of the set defines it, and what imports it may load that before"
               : "";
  if (!needs_set(root))
    return "it loads no library of a wheel that could define it, so what imports it must load one before";
  const bool is_likely = loads_globally(root.wheel) || (loads_globally() && search_.is_defined(failure.name));
  return is_likely ? "code loads libraries with RTLD_GLOBAL, and one of them may define it" : "";
}

/// Whether a module needs libraries of the set itself.
bool SymbolDoubts::needs_set(const ImportRoot& root) const {
  const auto* node = set_.placed.files().find(root.path);
  return node != nullptr && std::ranges::any_of(node->content()->info.needed,
                                                [&](const std::string& name) { return names_.has(name); });
}

bool SymbolDoubts::loads_globally(std::size_t wheel) {
  const auto [known, is_new] = loads_globally_.try_emplace(wheel);
  if (is_new) known->second = has_global_loads(set_.wheels[wheel]);
  return known->second;
}

bool SymbolDoubts::loads_globally() {
  for (std::size_t wheel = 0; wheel < set_.wheels.size(); ++wheel)
    if (loads_globally(wheel)) return true;
  return false;
}

}  // namespace wheelfix

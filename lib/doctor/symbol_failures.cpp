#include "doctor/symbol_failures.hpp"

#include <algorithm>

#include "environment/wheel_code.hpp"
#include "library/entry_symbols.hpp"

namespace wheelfix {
namespace {

/// Whether a module needs libraries of the set itself.
bool needs_set(const WheelSet& set, const LibraryIndex& names, const ImportRoot& root) {
  const auto* node = set.placed.files().find(root.path);
  return node != nullptr && std::ranges::any_of(node->content()->info.needed,
                                                [&](const std::string& name) { return names.has(name); });
}

/// Whether code of a wheel says that libraries be loaded for all that come later.
bool loads_globally(const WheelEdit& edit) {
  return std::ranges::any_of(edit.paths(), [&](const std::string& path) {
    if (!path.ends_with(".py")) return false;
    const auto code = python_code(edit, path);
    return code.find("RTLD_GLOBAL") != code.npos || code.find("setdlopenflags") != code.npos;
  });
}

bool defines(const elf::DynamicSymbols& symbols, std::string_view name) {
  for (std::size_t i = symbols.first_exported; i < symbols.symbols.size(); ++i)
    if (const auto& symbol = symbols.symbols[i]; !symbol.is_undefined && symbols.name_of(symbol) == name)
      return true;
  return false;
}

bool is_defined_in(const WheelEdit& edit, const WheelLibraries& libraries, const std::string& name) {
  return std::ranges::any_of(libraries.libraries, [&](const WheelLibrary& library) {
    if (library.info.format != BinaryFormat::elf) return false;
    const auto symbols = library.symbols ? library.symbols : read_entry_symbols(edit, library.path);
    return symbols && defines(symbols->dynamic, name);
  });
}

bool is_defined_in(const WheelSet& set, const std::string& name) {
  for (std::size_t i = 0; i < set.wheels.size(); ++i)
    if (is_defined_in(set.wheels[i], set.libraries[i], name)) return true;
  return false;
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

std::string doubt_about(const WheelSet& set, const LibraryIndex& names, const ImportRoot& root,
                        const LoadFailure& failure) {
  if (failure.kind != LoadFailure::Kind::symbol) return {};
  if (!needs_set(set, names, root))
    return "it loads no library of a wheel that could define it, so what imports it must load one before";
  const bool is_likely =
      loads_globally(set.wheels[root.wheel]) ||
      (std::ranges::any_of(set.wheels, loads_globally) && is_defined_in(set, failure.name));
  return is_likely ? "code loads libraries with RTLD_GLOBAL, and one of them may define it" : "";
}

}  // namespace wheelfix

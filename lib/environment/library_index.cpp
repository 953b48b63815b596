#include "environment/library_index.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "loader/library_names.hpp"

namespace wheelfix {
namespace {

const LibraryIndex::Libraries& found_in(
    const std::unordered_map<std::string, LibraryIndex::Libraries>& libraries, const std::string& name) {
  static const LibraryIndex::Libraries none;
  const auto found = libraries.find(name);
  return found == libraries.end() ? none : found->second;
}

}  // namespace

LibraryIndex::LibraryIndex(const PlacedWheels& wheels) : wheels_(wheels) {
  for (const auto& library : wheels.libraries()) {
    const auto& info = wheels.info(library);
    if (info.is_program) continue;
    by_file_name_[key(library.path)].push_back(&library);
    if (info.soname) by_soname_[key(*info.soname)].push_back(&library);
  }
  for (const auto* named : {&by_file_name_, &by_soname_})
    for (const auto& [name, libraries] : *named) names_.insert(name);
}

LibraryIndex::LibraryIndex(const WheelSet& set) : LibraryIndex(set.placed) {
  for (const auto& edit : set.wheels) {
    for (const auto& entry : edit.wheel().entries())
      if (is_named_as_library(entry.path) && edit.contains(entry.path)) names_.insert(key(entry.path));
    for (const auto& [path, edited] : edit.overlay())
      if (edited && is_named_as_library(path)) names_.insert(key(path));
  }
  for (const auto& wheel : set.libraries) {
    for (const auto& library : wheel.libraries)
      if (library.info.soname) names_.insert(key(*library.info.soname));
  }
}

std::string LibraryIndex::key(std::string_view name) const {
  const auto last = file_name(name);
  return wheels_.files().folds_case() ? ascii_lower(last) : std::string(last);
}

const LibraryIndex::Libraries& LibraryIndex::with_file_name(std::string_view name) const {
  return found_in(by_file_name_, key(name));
}

const LibraryIndex::Libraries& LibraryIndex::with_soname(std::string_view name) const {
  return found_in(by_soname_, key(name));
}

const PlacedLibrary* LibraryIndex::best(std::string_view name, const LoaderSystem& system) const {
  const PlacedLibrary* other = nullptr;
  for (const auto* libraries : {&with_file_name(name), &with_soname(name)}) {
    for (const auto* library : *libraries) {
      if (can_load(system, wheels_.info(*library))) return library;
      if (other == nullptr) other = library;
    }
  }
  return other;
}

std::string named_otherwise(const PlacedLibrary& library) {
  return fmt::format(
      "as {}, a file of another name: only its soname is that, and the loader searches by file name",
      printable(library.entry));
}

}  // namespace wheelfix

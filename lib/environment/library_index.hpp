#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>
#include <wheelfix/imports.hpp>

namespace wheelfix {

/// Which libraries of a set have a name, within reach or not. A search leads to a file only by the file's
/// name. With glibc a soname counts once the library is loaded; musl ignores it. Names are compared by the
/// part after the last `/`, and those of Windows without case. The set must outlive the index, and keep its
/// libraries.
class LibraryIndex {
 public:
  using Libraries = std::vector<const PlacedLibrary*>;  ///< in the order of the set

  explicit LibraryIndex(const PlacedWheels& wheels);
  /// Includes what isn't placed: files of any content that are named like libraries, and those that are
  /// installed elsewhere.
  explicit LibraryIndex(const WheelSet& set);

  /// These don't include programs.
  const Libraries& with_file_name(std::string_view name) const;
  const Libraries& with_soname(std::string_view name) const;

  /// Whether anything has it as its file name or soname.
  bool has(std::string_view name) const { return names_.contains(key(name)); }

  /// The library that best fits a name on a system: those that it can load come first, then those with that
  /// file name. Null if there is none.
  const PlacedLibrary* best(std::string_view name, const LoaderSystem& system) const;

 private:
  using ByName = std::unordered_map<std::string, Libraries>;

  std::string key(std::string_view name) const;

  const PlacedWheels& wheels_;
  ByName by_file_name_, by_soname_;
  std::unordered_set<std::string> names_;
};

/// The text for a library that has a name only as its soname: `as dep/libx.so.1.2, a file of another name:
/// ...`.
std::string named_otherwise(const PlacedLibrary& library);

}  // namespace wheelfix

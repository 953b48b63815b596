#pragma once

#include <cstddef>
#include <string>
#include <vector>
#include <wheelfix/imports.hpp>

namespace wheelfix {

/// A library that a wheel should have, and that neither it nor another wheel of the set has.
struct MissingLibrary {
  std::size_t wheel = 0;
  /// Its place: from RECORD or Python code, else next to the first library that needs it.
  std::string entry;
  std::string name;  ///< as a library needs it; empty if none does
  /// The loader's message; empty if only RECORD names it.
  std::string message;
  std::vector<std::string> needed_by;  ///< libraries of the wheel
  std::vector<std::string> loaded_by;  ///< Python files of the wheel
  bool is_recorded = false;            ///< RECORD lists it
  /// Something fails without it: an import, or Python code that loads it by its path and doesn't catch
  /// that. False if only a library needs it that nothing is known to load.
  bool is_certain = false;
};

/// What the wheels of a set lack, by wheel and entry: libraries that RECORD lists, that Python code loads by
/// a path in the wheel, and that libraries need if no wheel has a file or soname of that name and the
/// system doesn't promise it.
std::vector<MissingLibrary> missing_libraries(const WheelSet& set);
/// `names`: those of the set.
std::vector<MissingLibrary> missing_libraries(const WheelSet& set, const LibraryIndex& names);

/// What to do about it.
std::string remedy_for(const WheelSet& set, const MissingLibrary& library);

/// `missing-library`: an error for what RECORD lists and for what is certain to fail, else a warning. Its
/// path is the entry, or the first library that needs it if nothing says which entry it would be.
Finding to_finding(const WheelSet& set, const MissingLibrary& library);
/// The same, in a small part of the time.
Finding without_hint(const WheelSet& set, const MissingLibrary& library);

}  // namespace wheelfix

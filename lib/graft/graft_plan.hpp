#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/library.hpp>
#include <wheelfix/library_rules.hpp>

namespace wheelfix {

/// What the libraries of a wheel are to name otherwise.
struct NewNames {
  std::map<std::string, std::string, std::less<>> entries;  ///< by needed name, the entry of the grafted file
  /// Needed names that are to go, but for those of programs: `libpython3.11.so.1.0`.
  std::set<std::string, std::less<>> dropped;

  bool concern(const BinaryInfo& info) const;
};

/// Whether an entry is installed to bin.
bool is_script(const Wheel& wheel, std::string_view entry);

/// The script of a wheel that starts a program at a place relative to the folder on sys.path.
std::string starting_script(std::string_view program);

/// Where an entry is installed, relative to the folder on sys.path; Error{bad_wheel} for one that is
/// installed elsewhere, from where no search path leads to the grafted libraries on every system.
std::string place_on_sys_path(const Wheel& wheel, const std::string& entry);

/// The search path of an edited library: without entries that are folders of the system that it was built on,
/// or depend on the working directory, and with `added`, if that isn't empty.
std::vector<std::string> new_search_path(const BinaryInfo& info, const std::string& added);

/// The edits of a library of the wheel, and those of a grafted one, whose entry is its new name.
std::vector<LibraryRule> rules_for_own(const Wheel& wheel, const WheelLibrary& library,
                                       const NewNames& names);
std::vector<LibraryRule> rules_for_grafted(const std::string& entry, const BinaryInfo& info,
                                           const NewNames& names);

}  // namespace wheelfix

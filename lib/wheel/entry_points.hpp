#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/finding.hpp>

namespace wheelfix {

/// What is wrong with a line of entry_points.txt.
struct EntryPointFault {
  std::size_t line;  ///< from 1
  Severity severity;
  std::string message;
  std::string hint;
};

/// What installers refuse of an entry_points.txt, or don't read alike. pip takes each line by itself, as
/// importlib.metadata does; uv and installer read the file as Python's configparser does, with `=` alone
/// between name and value, and case kept. Of scripts (console_scripts, gui_scripts) the name becomes a
/// file's, and the value has to name a callable. Source: packaging.python.org, "Entry points specification",
/// and what pip, uv and installer make of each case.
std::vector<EntryPointFault> entry_point_faults(std::string_view text);

}  // namespace wheelfix

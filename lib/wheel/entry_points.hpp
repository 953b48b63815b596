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

/// What installers refuse in an entry_points.txt, or read differently. pip takes each line by itself, like
/// importlib.metadata; uv and installer read the file like Python's configparser, with only `=` between name
/// and value, and keep case. The name of a script (console_scripts, gui_scripts) becomes a file's, and its
/// value must name a callable. Source: packaging.python.org, "Entry points specification", and what pip, uv
/// and installer make of each case.
std::vector<EntryPointFault> entry_point_faults(std::string_view text);

}  // namespace wheelfix

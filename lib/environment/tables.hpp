#pragma once

#include <string_view>

namespace wheelfix {

// The tables of this folder, each in a text file with the source of its lines.
extern const std::string_view c_symbols_table;
extern const std::string_view libstdcxx_symbols_table;
extern const std::string_view linux_policies_table;
extern const std::string_view python_symbols_table;
extern const std::string_view windows_libraries_table;

}  // namespace wheelfix

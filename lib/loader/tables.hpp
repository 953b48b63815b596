#pragma once

#include <string_view>

namespace wheelfix {

extern const std::string_view macos_symbols_table;  ///< macos_symbols.txt, next to this file

}  // namespace wheelfix

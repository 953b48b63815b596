#pragma once

#include <string_view>

namespace wheelfix {

extern const std::string_view nvidia_names_table;  ///< nvidia_names.txt, next to this file

}  // namespace wheelfix

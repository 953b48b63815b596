#pragma once

#include <string_view>

namespace wheelfix {

// The files of this folder that a page is made of: its parts as page_parts.hpp takes them, style and script.
extern const std::string_view page_parts;
extern const std::string_view page_style;
extern const std::string_view page_script;

}  // namespace wheelfix

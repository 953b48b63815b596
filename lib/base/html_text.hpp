#pragma once

#include <string>
#include <string_view>

namespace wheelfix {

/// Text in HTML, between tags or in a quoted attribute.
std::string html_escape(std::string_view text);

}  // namespace wheelfix

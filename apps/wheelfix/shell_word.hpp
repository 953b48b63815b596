#pragma once

#include <string>
#include <string_view>

namespace cli {

/// A text as one word of a shell's command line, in single quotes if it needs them.
std::string shell_word(std::string_view text);

}  // namespace cli

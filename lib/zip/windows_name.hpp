#pragma once

#include <string_view>

namespace wheelfix::zip {

/// Why Windows can't hold a file at this path, with a component to blame; null if it can. Python's
/// os.path.isreserved has the same rules, but for control characters, which hidden_character() finds.
const char* windows_name_reason(std::string_view path);

}  // namespace wheelfix::zip

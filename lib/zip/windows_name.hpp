#pragma once

#include <string_view>

namespace wheelfix::zip {

/// Why Windows can't have a file at this path, because of one of its components; null if it can. Python's
/// os.path.isreserved has the same rules, except for control characters, which hidden_character() finds.
const char* windows_name_reason(std::string_view path);

}  // namespace wheelfix::zip

#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace wheelfix {

/// The 1-based line of the first key of over `max_parts` parts (`a.b.c` has three) in a TOML text, or
/// nothing. toml++ 3.3 makes nested tables of them without a limit, and then recurses over these until the
/// stack is full: 100,000 parts end the process. A text that isn't TOML is only read up to where the
/// parser gives up.
std::optional<std::size_t> line_of_deep_key(std::string_view text, std::size_t max_parts);

}  // namespace wheelfix

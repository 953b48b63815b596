#pragma once

#include <cstdint>
#include <string>

namespace wheelfix {

/// Throws Error{limit_exceeded}, of `where`, for so many globs that are held against so many entries
/// (`looked_at`: the products' sum) that it takes more than two seconds.
void require_few_globs(std::uint64_t looked_at, const std::string& where);

}  // namespace wheelfix

#pragma once

#include <cstdint>
#include <string>

namespace wheelfix {

/// Throws Error{limit_exceeded}, with subject `where`, if matching takes more than two seconds. `looked_at`
/// is how often a glob is compared with an entry.
void require_few_globs(std::uint64_t looked_at, const std::string& where);

}  // namespace wheelfix

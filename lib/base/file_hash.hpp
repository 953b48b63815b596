#pragma once

#include <cstdint>
#include <functional>

#include "base/file.hpp"
#include "base/hash.hpp"

namespace wheelfix {

/// The SHA-256 of a whole file, to be finished as the caller writes it. `advance` gets the size of each piece
/// that is done. Throws Error{io}.
Hasher hash_file(const File& file, const std::function<void(std::uint64_t)>& advance = {});

}  // namespace wheelfix

#pragma once

#include <cstddef>

#include "python/source.hpp"

namespace wheelfix::python {

/// Whether an OSError of the statement at this offset goes no further than the function or module that it
/// stands in: it is in a `try` with an `except` clause for it, none of which raises again, or below a
/// `with suppress(...)`. Blocks are told by their indentation.
bool failure_is_caught(const Source& source, std::size_t offset);

}  // namespace wheelfix::python

#pragma once

#include "binary/macho_link_edit.hpp"
#include "binary/macho_symbols.hpp"

namespace wheelfix::macho {

/// Adds what a thin file binds, and the names of that. Throws Error{bad_binary}, OutOfBytes.
void read_bound(const CheckedBytes& file, const LinkEdit& tables, Symbols& symbols);

}  // namespace wheelfix::macho

#pragma once

#include <string>

#include "binary/elf_draft.hpp"
#include "binary/elf_edit.hpp"
#include "binary/elf_strings.hpp"

namespace wheelfix::elf {

/// Puts the planned strings into the draft, and makes room for a dynamic section of `slots` entries, DT_NULL
/// included, if it has fewer. `table` is the current string table. Throws Error{cannot_edit} if there is no
/// room.
Room make_room(Draft& draft, const StringPlan& strings, const std::string& table, std::uint64_t slots);

}  // namespace wheelfix::elf

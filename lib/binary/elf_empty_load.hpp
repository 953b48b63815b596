#pragma once

#include <vector>

#include "binary/elf_draft.hpp"
#include "binary/elf_space.hpp"

namespace wheelfix::elf {

/// Makes the PT_LOAD that holds only sections which are about to move a PT_NULL, unless they move within it:
/// to `target`, if that isn't null. Returns whether there was one. patchelf gives strings that it moves a
/// segment of their own; GNU strip places a segment by its sections, and one without sections where no loader
/// takes it.
bool void_emptied_load(Draft& draft, const FreeSpace& space, const std::vector<const Section*>& moved,
                       const Segment* target);

/// Removes the PT_NULL that void_emptied_load made, so that the table of program headers is shorter.
void drop_voided_load(Draft& draft);

}  // namespace wheelfix::elf

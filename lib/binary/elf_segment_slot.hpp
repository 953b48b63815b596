#pragma once

#include <vector>

#include "binary/elf_draft.hpp"
#include "binary/elf_space.hpp"

namespace wheelfix::elf {

/// Makes room for one more program header and puts `load`, which has the highest address, after the other
/// PT_LOADs. The table stays where it is, for tools that strip move what follows it; room comes from, in this
/// order: a PT_NULL; free bytes after the table; PT_PHDR if there is no PT_INTERP, for then nothing reads
/// it; notes, the interpreter, hash tables or symbols after the table, which move to the end of the file and
/// into `load`, which grows by them. Returns false if there is none of these.
///
/// `load` must begin at the end of the draft. The bytes of the `vacated` sections of the draft, which are to
/// move as well, count as free.
bool add_load(Draft& draft, const FreeSpace& space, Segment load, const std::vector<const Section*>& vacated);

}  // namespace wheelfix::elf

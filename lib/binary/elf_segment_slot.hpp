#pragma once

#include <vector>

#include "binary/elf_draft.hpp"
#include "binary/elf_space.hpp"

namespace wheelfix::elf {

/// Makes room for one more program header and puts `load`, which has the highest address, after the other
/// PT_LOADs. The table stays where it is, because strip moves what follows it. Room comes from, in this
/// order: a PT_NULL; free bytes after the table; PT_PHDR if there is no PT_INTERP, because then nothing reads
/// it; notes, the interpreter, hash tables or symbols after the table, which move to the end of the file and
/// into `load`, which grows by them. Returns false if the file has nothing of these.
///
/// `load` must begin at the end of the draft. The bytes of the `vacated` sections of the draft, which will
/// move too, count as free.
bool add_load(Draft& draft, const FreeSpace& space, Segment load, const std::vector<const Section*>& vacated);

}  // namespace wheelfix::elf

#pragma once

#include <string>
#include <vector>
#include <wheelfix/binary.hpp>

#include "base/byte_edit.hpp"
#include "base/byte_source.hpp"

namespace wheelfix::macho {

/// Plans an edit of a Mach-O file's load commands: LC_RPATHs, install names that it needs, and its own.
/// `edits` has one for each slice of a fat file, else one; SearchPathKind and versions have no meaning here.
/// Names may be added to what is needed, and replaced; none may be removed, because symbols name libraries by
/// their number. Only load commands, unused bytes after them and the code signature change; a signature is
/// ad hoc then. The plan has been read back. Throws Error{bad_binary}, and Error{cannot_edit}, with the
/// number of bytes that are missing if the commands don't fit.
ContentEdits plan_edit(ByteSource& source, const std::vector<LibraryEdit>& edits, const std::string& subject);

}  // namespace wheelfix::macho

#pragma once

#include <string>
#include <wheelfix/binary.hpp>

#include "base/byte_edit.hpp"
#include "base/byte_source.hpp"

namespace wheelfix::elf {

/// Where new strings, and a dynamic section that grew, found room; the least invasive first.
enum class Room {
  none,         ///< nothing new was needed: numbers changed, or existing strings were used
  overwritten,  ///< in place of a string that nothing else uses
  padding,      ///< in zero bytes after the string table
  extended,     ///< after the string table, which ends the last PT_LOAD and the file
  tail,         ///< a copy of the table in zero bytes after a read-only PT_LOAD
  last_load,    ///< a copy in the last PT_LOAD, which ends the file and was extended
  new_load,     ///< a copy in a new PT_LOAD at the end of the file
};

struct EditPlan {
  ContentEdits edits;
  Room room = Room::none;
};

/// Plans the edit of an ELF library, and reads only what that takes: headers, dynamic section and strings,
/// section headers, and the dynamic symbols' names if a string is to be overwritten. The plan has been read
/// back: it makes the change and nothing else. Throws Error{bad_binary | cannot_edit}.
EditPlan plan_edit(ByteSource& source, const LibraryEdit& edit, const std::string& subject);

}  // namespace wheelfix::elf

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_edit.hpp"
#include "binary/elf_image.hpp"
#include "binary/elf_wanted.hpp"

namespace wheelfix::elf {

/// What is to be done to the dynamic string table so that it has the wanted strings.
struct StringPlan {
  std::vector<ByteEdit> overwrites;  ///< places in the table, not in the file
  std::string appended;              ///< after its end
};

/// Finds a place for each string that `wanted` lacks, and sets the entry's value to it: a string that is in
/// the table already or ends one; else that of the string it replaces, if it is no longer than that and
/// nothing else uses any of it; else one after the table's end.
StringPlan plan_strings(const Image& image, const std::vector<Section>& sections, ByteSource& source,
                        const std::string& table, std::vector<WantedEntry>& wanted);

}  // namespace wheelfix::elf

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

/// The changes by which the dynamic string table gets the wanted strings.
struct StringPlan {
  std::vector<ByteEdit> overwrites;  ///< places in the table, not in the file
  std::string appended;              ///< after its end
};

/// Finds a place for each string that `wanted` lacks, and sets the entry's value to it: that of the same
/// string, or of one that ends in it, if the table has one; else that of the string it replaces, if it isn't
/// longer and nothing else uses any of it; else a place after the table's end.
StringPlan plan_strings(const Image& image, const std::vector<Section>& sections, ByteSource& source,
                        const std::string& table, std::vector<WantedEntry>& wanted);

}  // namespace wheelfix::elf

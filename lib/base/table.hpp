#pragma once

#include <string_view>
#include <vector>

namespace wheelfix {

using TableRow = std::vector<std::string_view>;

/// The rows of a section `[name]` of a table: a text file beside the code that uses it, which CMake makes into
/// a constant. A row is the words of a line; `#` begins a comment, where a table names its sources.
std::vector<TableRow> table_rows(std::string_view table, std::string_view section);

}  // namespace wheelfix

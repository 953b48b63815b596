#include "base/table.hpp"

#include "base/text.hpp"

namespace wheelfix {

std::vector<TableRow> table_rows(std::string_view table, std::string_view section) {
  std::vector<TableRow> rows;
  bool is_wanted = false;
  for (const auto line : split(table, '\n')) {
    TableRow row;
    for (const auto word : split(trim(line.substr(0, line.find('#'))), ' '))
      if (!word.empty()) row.push_back(word);
    if (row.empty()) continue;
    if (const auto first = row.front(); first.starts_with('['))
      is_wanted = first.substr(1, first.size() - 2) == section;
    else if (is_wanted)
      rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace wheelfix

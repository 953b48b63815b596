// A RECORD that is read is written the same; its rows, made again, are read as the same fields; other rows
// leave the rest in place.
#include <wheelfix/record.hpp>

#include <wheelfix/error.hpp>

#include "fuzz/check.hpp"

namespace {

using wheelfix::Record;
using wheelfix::RecordRow;

bool same_fields(const RecordRow& a, const RecordRow& b) {
  return a.path == b.path && a.hash == b.hash && a.size == b.size;
}

void check_find(const Record& record) {
  for (const auto& row : record.rows()) {
    const auto* found = record.find(row.path);
    CHECK_PROPERTY(found != nullptr && found <= &row && found->path == row.path);
  }
}

void check_made_rows(const Record& record) {
  std::vector<RecordRow> rows;
  for (const auto& row : record.rows()) rows.push_back({row.path, row.hash, row.size, {}});
  const auto again = Record::parse(record.with_rows(rows).to_string(), "made");
  CHECK_PROPERTY(again.rows().size() == rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) CHECK_PROPERTY(same_fields(again.rows()[i], rows[i]));
}

void check_added_row(const Record& record) {
  auto rows = record.rows();
  rows.insert(rows.begin(), {"added, first", "", "1", "\"added, first\",,1"});
  const auto again = Record::parse(record.with_rows(rows).to_string(), "added");
  CHECK_PROPERTY(again.rows() == rows);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(data, size);
  try {
    const auto record = Record::parse(std::string(text), "RECORD");
    CHECK_PROPERTY(record.to_string() == text);
    check_find(record);
    check_made_rows(record);
    check_added_row(record);
  } catch (const wheelfix::Error& e) {
    CHECK_PROPERTY(e.subject().starts_with("RECORD:"));
  }
  return 0;
}

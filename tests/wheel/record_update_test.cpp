#include "wheel/record_update.hpp"

#include <doctest/doctest.h>

using namespace wheelfix;

namespace {

const std::string old_text =
    "\"a,b.py\",sha256=AAA,1\r\n"
    "pkg/c.py,sha256=CCC,3\r\n"
    "demo-1.dist-info/METADATA,sha256=MMM,5\r\n"
    "demo-1.dist-info/RECORD,,\r\n";

RecordUpdate update(const std::vector<RecordedEntry>& entries, const std::string& removed = {}) {
  return update_record(Record::parse(old_text, "RECORD"), "demo-1.dist-info/RECORD",
                       "demo-1+x.dist-info/RECORD", entries,
                       [&](std::string_view path) { return path == removed; });
}

/// The texts of its rows.
std::vector<std::string> rows(const RecordUpdate& update) {
  const auto record = Record::parse(update.record, "RECORD");
  std::vector<std::string> texts;
  for (const auto& row : record.rows()) texts.emplace_back(row.text);
  return texts;
}

const RecordedEntry same_ab{.path = "a,b.py", .row_path = "a,b.py", .new_hash = {}, .size = 1};
const RecordedEntry same_c{.path = "pkg/c.py", .row_path = "pkg/c.py", .new_hash = {}, .size = 3};
const RecordedEntry new_metadata{.path = "demo-1+x.dist-info/METADATA",
                                 .row_path = "demo-1.dist-info/METADATA",
                                 .new_hash = "sha256=NNN",
                                 .size = 7};

}  // namespace

TEST_CASE("rows of unchanged entries keep their text, changed ones their place, and the line ending stays") {
  CHECK(update({same_ab, same_c, new_metadata}).record ==
        "\"a,b.py\",sha256=AAA,1\r\n"
        "pkg/c.py,sha256=CCC,3\r\n"
        "demo-1+x.dist-info/METADATA,sha256=NNN,7\r\n"
        "demo-1+x.dist-info/RECORD,,\r\n");
}

TEST_CASE("a renamed entry's row changes its path only") {
  const RecordedEntry renamed{.path = "x,\"y\".py", .row_path = "pkg/c.py", .new_hash = {}, .size = 3};
  CHECK(rows(update({same_ab, renamed, new_metadata}))[1] == "\"x,\"\"y\"\".py\",sha256=CCC,3");
}

TEST_CASE("new rows come before RECORD's own") {
  const RecordedEntry added{.path = "pkg/d.py", .row_path = "pkg/d.py", .new_hash = "sha256=DDD", .size = 4};
  const auto all = rows(update({same_ab, same_c, new_metadata, added}));
  REQUIRE(all.size() == 5);
  CHECK(all[3] == "pkg/d.py,sha256=DDD,4");
  CHECK(all[4] == "demo-1+x.dist-info/RECORD,,");
}

TEST_CASE("rows of removed entries go; rows without an entry are reported") {
  const auto result = update({same_ab, new_metadata}, "pkg/c.py");
  CHECK(result.stale.empty());
  CHECK(result.record.find("pkg/c.py") == std::string::npos);
  CHECK(update({same_ab, new_metadata}).stale == std::vector<std::string>{"pkg/c.py"});
}

TEST_CASE("an entry that this run adds takes over a row that had no entry") {
  const RecordedEntry added{.path = "pkg/c.py", .row_path = "pkg/c.py", .new_hash = "sha256=DDD", .size = 4};
  const auto result = update({same_ab, added, new_metadata});
  CHECK(result.stale.empty());
  CHECK(rows(result)[1] == "pkg/c.py,sha256=DDD,4");
}

TEST_CASE("a RECORD that forgot itself gets its row") {
  const auto result = update_record(Record::parse("a,sha256=AAA,1\n", "RECORD"), "d/RECORD", "d/RECORD",
                                    {{.path = "a", .row_path = "a", .new_hash = {}, .size = 1}},
                                    [](std::string_view) { return false; });
  CHECK(result.record == "a,sha256=AAA,1\nd/RECORD,,\n");
}

TEST_CASE("a row of a folder, which should not be there, stays as it is") {
  const auto result = update_record(Record::parse("pkg/,,\nd/RECORD,,\n", "RECORD"), "d/RECORD", "d/RECORD",
                                    {}, [](std::string_view) { return false; });
  CHECK(result.stale.empty());
  CHECK(result.record == "pkg/,,\nd/RECORD,,\n");
}

#include <wheelfix/record.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "wheel/thrown.hpp"

using wheelfix::Record;
using wheelfix::RecordRow;

namespace {

Record parse(std::string text) {
  return Record::parse(std::move(text), "RECORD");
}

/// A row to be made.
RecordRow row(std::string_view path, std::string_view hash = {}, std::string_view size = {}) {
  return {path, hash, size, {}};
}

std::vector<std::string> paths(const Record& record) {
  std::vector<std::string> all;
  for (const auto& row : record.rows()) all.emplace_back(row.path);
  return all;
}

std::string refusal(const std::string& text) {
  return thrown([&] { parse(text); });
}

}  // namespace

TEST_CASE("a row has a path, a hash and a size") {
  const auto record = parse("foo/__init__.py,sha256=AbC_-,12\nfoo-1.dist-info/RECORD,,\n");
  REQUIRE(record.rows().size() == 2);
  CHECK(record.rows()[0] ==
        RecordRow{"foo/__init__.py", "sha256=AbC_-", "12", "foo/__init__.py,sha256=AbC_-,12"});
  CHECK(record.rows()[1] == RecordRow{"foo-1.dist-info/RECORD", "", "", "foo-1.dist-info/RECORD,,"});
}

TEST_CASE("quoted fields hold commas, quotes and line breaks") {
  const auto record =
      parse("\"a,b\",,\n\"say \"\"hi\"\"\",\"sha256=x\",\"3\"\r\n\"two\nlines\r\n\",,\nlast,,");
  CHECK(paths(record) == std::vector<std::string>{"a,b", "say \"hi\"", "two\nlines\r\n", "last"});
  CHECK(record.rows()[1].hash == "sha256=x");
  CHECK(record.rows()[1].size == "3");
  CHECK(record.rows()[1].text == "\"say \"\"hi\"\"\",\"sha256=x\",\"3\"");
}

TEST_CASE("a quote that doesn't begin a field is a character, as for Python's csv") {
  CHECK(paths(parse("a\"b\",,\n\"a\"b\"c,,\n\"\",,\n")) == std::vector<std::string>{"a\"b\"", "ab\"c", ""});
}

TEST_CASE("a byte order mark belongs to the first path, as for Python's csv") {
  CHECK(paths(parse("\xef\xbb\xbf"
                    "a,,\n")) == std::vector<std::string>{"\xef\xbb\xbf"
                                                          "a"});
}

TEST_CASE("every byte comes back") {
  for (const char* text :
       {"", "\n", "\r\n\r\n", "a,,", "a,,\n", "a,,\r\n", "\n\na,,\n\n\nb,,\r\n\r\nc,,\r\n\n", "a,,\rb,,\r",
        "a,,\r\r\nb,,\r\r\n", "\"a\",\"\",\"\"\n\"a,\"\"b\nc\",,\n", "a,,\nb,,\r\nc,,"}) {
    CAPTURE(text);
    CHECK(parse(text).to_string() == text);
  }
}

TEST_CASE("a row is found by its path, the first of two") {
  const auto record = parse("b,x,1\na,y,2\nb,z,3\n\"c,d\",,\n");
  REQUIRE(record.find("b") != nullptr);
  CHECK(record.find("b")->hash == "x");
  CHECK(record.find("c,d") == &record.rows()[3]);
  CHECK(record.find("c") == nullptr);
  CHECK(record.find("") == nullptr);
  const auto none = parse("");
  CHECK(none.find("a") == nullptr);
}

TEST_CASE("a copy has the rows of what is gone") {
  auto record = std::make_unique<Record>(parse("a,x,1\n\"b,c\",,\n"));
  const auto copy = *record;
  record.reset();
  CHECK(copy.find("b,c") == &copy.rows()[1]);
  CHECK(copy.find("b,c")->path == "b,c");
  CHECK(copy.with_rows({copy.rows()[1]}).to_string() == "\"b,c\",,\n");
}

TEST_CASE("what a record was moved from can still be read") {
  auto record = parse("a,x,1\n");
  const auto moved = std::move(record);
  CHECK(paths(moved) == std::vector<std::string>{"a"});
  CHECK(paths(record) == std::vector<std::string>{"a"});
}

TEST_CASE("a row that is made with a size that is no number is refused") {
  CHECK(thrown([] { Record().with_rows({row("a", "", "x")}); }).starts_with("3 RECORD:1: the size 'x'"));
}

TEST_CASE("a row is quoted only if it must be") {
  const Record empty;
  CHECK(empty.to_string_with({row("a b/'c'.py", "sha256=x", "1")}) == "a b/'c'.py,sha256=x,1\n");
  CHECK(empty.to_string_with({row("a,b")}) == "\"a,b\",,\n");
  CHECK(empty.to_string_with({row("a\"b\n\r")}) == "\"a\"\"b\n\r\",,\n");
}

TEST_CASE("other rows take the prevailing line ending, kept ones stay as they are") {
  const auto record = parse("a,x,1\r\n\"b\",y,2\r\nc,z,3\nRECORD,,\r\n");
  auto rows = record.rows();
  rows[0] = row("a", "new", "9");
  rows.insert(rows.begin() + 1, row("added,1", "", "0"));
  CHECK(record.with_rows(rows).to_string() ==
        "a,new,9\r\n\"added,1\",,0\r\n\"b\",y,2\r\nc,z,3\nRECORD,,\r\n");
}

TEST_CASE("a last row without a line ending stays so") {
  const auto record = parse("a,,\nb,,");
  auto rows = record.rows();
  rows.push_back(row("c"));
  CHECK(record.with_rows(rows).to_string() == "a,,\nb,,\nc,,");
  rows.erase(rows.begin() + 1, rows.end());
  CHECK(record.with_rows(rows).to_string() == "a,,");
  CHECK(record.with_rows({}).to_string().empty());
}

TEST_CASE("a last row with a line ending stays so") {
  const auto record = parse("a,,\r\nb,,\r\n");
  CHECK(record.with_rows({row("c")}).to_string() == "c,,\r\n");
  CHECK(parse("").with_rows({row("c")}).to_string() == "c,,\n");
  CHECK(record.with_rows(record.rows()).to_string() == record.to_string());
}

TEST_CASE("blank lines are counted, and gone once rows are set") {
  const auto blank_lines = [](const char* text) { return parse(text).blank_lines(); };
  CHECK(blank_lines("a,,\nb,,\n") == 0);
  CHECK(blank_lines("a,,\r\nb,,") == 0);
  CHECK(blank_lines("\na,,\n") == 1);
  CHECK(blank_lines("a,,\n\nb,,\n\n\n") == 3);
  CHECK(blank_lines("a,,\r\r\nb,,\r\r\n") == 2);
  const auto reset = [](const char* text) {
    const auto record = parse(text);
    return record.with_rows(record.rows()).to_string();
  };
  CHECK(reset("\na,,\n\nb,,\n\n") == "a,,\nb,,\n");
  CHECK(reset("a,,\r\r\nb,,\r\r\n") == "a,,\r\nb,,\r\n");
}

TEST_CASE("a path that begins with ./ is the same path, its row's text stays") {
  const auto record = parse("./a,x,1\n././b,,\n");
  REQUIRE(record.find("a") == &record.rows()[0]);
  CHECK(record.find("b") == &record.rows()[1]);
  CHECK(record.rows()[0].text == "./a,x,1");
}

TEST_CASE("rows that are replaced are found by their new paths") {
  const auto record = parse("a,,\nb,,\n").with_rows({row("z"), row("c")});
  CHECK(record.find("a") == nullptr);
  CHECK(record.find("c") == &record.rows()[1]);
}

TEST_CASE("a row without three fields is refused with its line") {
  CHECK(refusal("a,,\r\n\r\n\"b\nc\",,\nfoo,bar.py,sha256=x,1\n") ==
        "3 RECORD:5: a row has 3 fields, path, hash and size, and this one has 4\n"
        "hint: a path with a comma must be in double quotes");
  CHECK(refusal("a\n").starts_with(
      "3 RECORD:1: a row has 3 fields, path, hash and size, and this one has 1\n"));
  CHECK(refusal("a,,\r ,b\r")
            .starts_with("3 RECORD:2: a row has 3 fields, path, hash and size, and this one has 2\n"));
}

TEST_CASE("a quote that is never closed is refused with the row's line") {
  CHECK(refusal("a,,\n\"b,,\nc,,\n") ==
        "3 RECORD:2: a quoted field has no closing quote\nhint: a quote inside a quoted field is doubled");
  CHECK(refusal("\"").starts_with("3 RECORD:1: "));
}

TEST_CASE("a size that is no number is refused") {
  CHECK(refusal("a,,12k\n") ==
        "3 RECORD:1: the size '12k' is not a number\nhint: a size is decimal digits, or nothing");
  CHECK(refusal("a,,-1\n").starts_with("3 RECORD:1: the size '-1'"));
  CHECK(refusal("a,, 1\n").starts_with("3 RECORD:1: the size ' 1'"));
}

TEST_CASE("more rows than the caller wants are refused") {
  const auto two = Record::parse("a,,\nb,,\n\n", "RECORD", 2);
  CHECK(two.rows().size() == 2);
  CHECK(thrown([] { Record::parse("a,,\nb,,\nc,,\n", "RECORD", 2); }) ==
        "3 RECORD: has more than 2 rows\n"
        "hint: it lists far more files than the wheel has: ask the publisher for another wheel");
}

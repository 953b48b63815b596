#include "recipes/edit_record.hpp"

#include <doctest/doctest.h>

#include <wheelfix/error.hpp>

#include "support/wheel_builder.hpp"

using namespace wheelfix;
using test::TempFolder;
using test::WheelText;

TEST_CASE("what a folder was made from is read as it was written") {
  const EditRecord record{.kind = EditRecord::Kind::installed,
                          .source = "/a \"folder\"\\with\n odd/é",
                          .project = "demo",
                          .version = "1.0+x",
                          .digest = "abc",
                          .modes = FolderTree::Modes::lost};
  CHECK(EditRecord::parse(record.to_string(), "r.toml") == record);
}

TEST_CASE("a damaged record is an error with its line") {
  CHECK_THROWS_WITH_AS(EditRecord::parse("wheel = \"a\"\nproject = \"b\"\nversion = \"1\"\ndigest = \"d\"\n"
                                         "modes = \"some\"\n",
                                         "r.toml"),
                       "r.toml:5: modes is neither kept nor lost", Error);
  CHECK_THROWS_AS(EditRecord::parse("", "r.toml"), Error);
}

TEST_CASE("the digest is of the files' names and hashes, and not of what installers add") {
  const TempFolder folder;
  const auto digest = digest_of_files(Wheel::open(WheelText{}.write(folder)));
  const WheelText same{.record_tail = "demo-1.0.dist-info/INSTALLER,sha256=x,3\ndemo/__pycache__/a.pyc,,\n"};
  std::string rows;
  for (const auto& item : same.items())
    if (item.name.ends_with("RECORD")) rows = item.content;
  CHECK(digest_of_files(Wheel::installed({.folder = "/site",
                                          .place = "/site",
                                          .name = WheelName::parse(same.file_name()),
                                          .dist_info = same.dist_info(),
                                          .record = Record::parse(rows, "RECORD")})) == digest);
  const WheelText other{.files = {{.name = "demo/__init__.py", .content = "other\n"}}};
  CHECK(digest_of_files(Wheel::open(other.write(folder))) != digest);
}

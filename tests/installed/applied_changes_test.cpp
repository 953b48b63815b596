#include <wheelfix/applied_changes.hpp>

#include <doctest/doctest.h>

#include <wheelfix/error.hpp>

#include "support/temp_folder.hpp"

using namespace wheelfix;
using test::TempFolder;

namespace {

AppliedChanges example() {
  return {
      .runs =
          {{.time = 1764489600, .version = "0.1.0", .command = "patch", .sources = {{"a \"b\"", "sha256=x"}}},
           {.time = -1, .version = "", .command = "repair", .sources = {}}},
      .files = {
          {.path = "demo/\xC3\xA9.py",
           .before =
               AppliedState{.hash = "sha256=a", .size = 1, .mode = 0644, .mtime_ns = -2, .link = "../b"},
           .after =
               AppliedState{.hash = "sha256=b", .size = 18446744073709551615U, .mode = 0755, .mtime_ns = 3},
           .kept = KeptContent{.how = KeptContent::How::ranges, .file = "d/0", .ranges = {{1, 2}, {5, 6}}}},
          {.path = "gone",
           .before = AppliedState{.hash = "sha256=c"},
           .after = {},
           .kept = KeptContent{.how = KeptContent::How::stored, .file = "d/1"}},
          {.path = "new", .before = {}, .after = AppliedState{}, .kept = {}}}};
}

Wheel installed(const TempFolder& site, const std::string& dist_info) {
  return Wheel::installed({.folder = site.path(),
                           .place = site.path().string(),
                           .name = WheelName::parse("de.mo-1.0-py3-none-any.whl"),
                           .dist_info = dist_info});
}

}  // namespace

TEST_CASE("what was changed is read as it was written") {
  CHECK(parse_applied_changes(to_text(example())) == example());
  CHECK(parse_applied_changes(to_text(AppliedChanges{})) == AppliedChanges{});
}

TEST_CASE("another document is nothing") {
  CHECK(!parse_applied_changes(""));
  CHECK(!parse_applied_changes("[]"));
  CHECK(!parse_applied_changes("{\"format\": 2, \"runs\": [], \"files\": []}"));
  auto text = to_text(example());
  text.replace(text.find("\"ranges\""), 8, "\"anyhow\"");
  CHECK(!parse_applied_changes(text));
}

TEST_CASE("it is in dist-info, or in a folder that isn't one") {
  const TempFolder site;
  CHECK(applied_folder(installed(site, "de_mo-1.0.dist-info")) == "de_mo-1.0.dist-info");
  CHECK(applied_folder(installed(site, "de_mo-1.0.egg-info")) == "de_mo.wheelfix");
  const auto wheel = installed(site, "");
  CHECK(!applied_changes(wheel));
  site.write("de_mo.wheelfix/wheelfix.json", to_text(example()));
  CHECK(applied_changes(wheel) == example());
  site.write("de_mo.wheelfix/wheelfix.json", "{");
  CHECK_THROWS_AS(applied_changes(wheel), Error);
}

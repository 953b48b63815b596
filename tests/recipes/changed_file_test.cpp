#include "recipes/changed_file.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "support/wheel_builder.hpp"

using namespace wheelfix;
using test::TempFolder;

namespace {

constexpr std::int64_t left_at = 1'000'000'000'123'456'789;

void set_time(const std::filesystem::path& path, std::int64_t nanoseconds) {
  const timespec at = {nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
  const timespec times[2] = {at, at};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
}

AppliedFile changed(const std::string& path, const std::string& content) {
  return {
      .path = path,
      .before = {},
      .after =
          AppliedState{.hash = test::sha256_row_hash(content), .size = content.size(), .mtime_ns = left_at},
      .kept = {}};
}

}  // namespace

TEST_CASE("a file that was changed is found by its content, and one with its old time isn't read") {
  const TempFolder site;
  const AppliedChanges changes{
      .runs = {},
      .files = {changed("a.py", "a\n"),
                {.path = "gone.py", .before = AppliedState{}, .after = {}, .kept = {}},
                changed("__pycache__/a.pyc", "compiled"),
                changed("demo-1.0.dist-info/RECORD", "rows")}};
  site.write("a.py", "a\n");
  CHECK_FALSE(changed_file(site.path(), changes));  // by its content
  site.write("a.py", "b\n");
  CHECK(changed_file(site.path(), changes) == "a.py");
  set_time(site / "a.py", left_at);
  CHECK_FALSE(changed_file(site.path(), changes));
  site.write("a.py", "longer\n");
  set_time(site / "a.py", left_at);
  CHECK(changed_file(site.path(), changes) == "a.py");
  std::filesystem::remove(site / "a.py");
  CHECK(changed_file(site.path(), changes) == "a.py");
  site.write("a.py", "a\n");
  site.write("gone.py", "");
  CHECK(changed_file(site.path(), changes) == "gone.py");
}

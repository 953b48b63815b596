#include "installed/files_digest.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace wheelfix;

namespace {

constexpr std::int64_t second = 1'000'000'000;

}  // namespace

TEST_CASE("files that differ in path, mode or stamp have another digest") {
  const WheelEntry entry{.path = "demo/a.py", .mode = 0100644};
  const FullStamp stamp{.device = 1, .inode = 2, .size = 3, .modified = 4, .changed = 5};
  const auto first = digest_of({entry}, {stamp}, 10 * second);
  std::set<std::string> digests = {first};
  const auto add = [&](const std::vector<WheelEntry>& files, const std::vector<FullStamp>& stamps) {
    CHECK(digests.insert(digest_of(files, stamps, 10 * second)).second);
  };
  add({{.path = "demo/b.py", .mode = 0100644}}, {stamp});
  add({{.path = "demo/a.py", .mode = 0100755}}, {stamp});
  for (auto member : {&FullStamp::device, &FullStamp::inode, &FullStamp::size}) {
    auto other = stamp;
    other.*member += 1;
    add({entry}, {other});
  }
  for (auto member : {&FullStamp::modified, &FullStamp::changed}) {
    auto other = stamp;
    other.*member += 1;
    add({entry}, {other});
  }
  add({entry, entry}, {stamp, stamp});
  CHECK(digest_of({entry}, {stamp}, 11 * second) == first);
}

TEST_CASE("files of which one was changed less than two seconds before have no digest") {
  const WheelEntry entry{.path = "a"};
  const FullStamp old{.modified = second, .changed = second};
  CHECK(digest_of({}, {}, 10 * second).empty());
  CHECK_FALSE(digest_of({entry, entry}, {old, old}, 3 * second).empty());
  CHECK(digest_of({entry, entry}, {old, old}, 3 * second - 1).empty());
  CHECK(digest_of({entry, entry}, {old, {.modified = second, .changed = 9 * second}}, 10 * second).empty());
  CHECK(digest_of({entry, entry}, {old, {.modified = 20 * second, .changed = second}}, 10 * second).empty());
}

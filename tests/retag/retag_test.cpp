#include <doctest/doctest.h>

#include <wheelfix/retag.hpp>

#include "support/stub_wheel.hpp"

using namespace wheelfix;
using Texts = std::vector<std::string>;

namespace {

/// The warnings of a new platform tag for a wheel with one library.
Texts warnings(const std::string& content, const std::string& platform) {
  const test::TempFolder folder;
  const test::WheelText text{.name = "demo",
                             .tag = "py3-none-linux_x86_64",
                             .files = {{.name = "demo/lib/libdemo.so", .content = content}}};
  WheelEdit edit(Wheel::open(text.write(folder)));
  return retag(edit, {.platform = platform});
}

}  // namespace

TEST_CASE("a library that keeps what the new tag promises, and one that can't be read") {
  const auto library = test::library("libdemo.so", {"libc.so.6"});
  CHECK(warnings(library, "manylinux_2_17_x86_64").empty());
  const auto found = warnings(library.substr(0, 100), "manylinux_2_17_x86_64");
  REQUIRE(found.size() == 1);
  CHECK(found[0].starts_with("demo/lib/libdemo.so: "));
  CHECK(found[0].ends_with(", so whether the tags are true of it isn't known"));
  CHECK(warnings(library.substr(0, 100), "linux_x86_64").empty());
}

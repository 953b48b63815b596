#include <doctest/doctest.h>

#include <wheelfix/library.hpp>

#include "support/stub_wheel.hpp"

using namespace wheelfix;

TEST_CASE("all libraries of a wheel are read, in order of path, as edited") {
  const test::TempFolder folder;
  WheelEdit edit(Wheel::open(test::wheel_of_libraries().write(folder)));
  edit.write("demo/added", test::library("libadded.so"), How::added);
  edit.remove("demo/lib/liba.so");
  const auto result = read_libraries(edit);
  CHECK(result.findings.empty());
  REQUIRE(result.libraries.size() == 3);
  CHECK(result.libraries[0].path == "demo/_C.cpython-311-x86_64-linux-gnu.so");
  CHECK(result.libraries[0].info.needed == std::vector<std::string>{"liba.so", "libc.so.6"});
  CHECK(result.libraries[1].path == "demo/added");
  CHECK(result.libraries[1].info.soname == "libadded.so");
  CHECK(result.libraries[2].path == "demo/lib/libb.so.1");
  CHECK(result.libraries[2].info.runpath == std::vector<std::string>{"$ORIGIN", "/opt/b"});
}

TEST_CASE("a damaged library is a finding, and the others are still read") {
  const test::TempFolder folder;
  auto text = test::wheel_of_libraries();
  text.files[2].content.resize(100);
  const auto path = text.write(folder);
  for (const unsigned jobs : {1U, 4U}) {
    const auto result = read_libraries(Wheel::open(path), {.jobs = jobs});
    CHECK(result.libraries.size() == 2);
    REQUIRE(result.findings.size() == 1);
    CHECK(result.findings[0].code == "bad-library");
    CHECK(result.findings[0].wheel == path.string());
    CHECK(result.findings[0].path == "demo/lib/liba.so");
    CHECK(result.findings[0].message.starts_with("the program header table ("));
    CHECK(result.findings[0].message.ends_with("is cut short: the file has 100 bytes"));
  }
}

#include <doctest/doctest.h>

#include "doctor/wheel_set.hpp"

using namespace test;
using namespace wheelfix;

namespace {

const std::string module = "/_C.cpython-311-x86_64-linux-gnu.so";

MadeSet::Made with_module(const std::string& name, std::vector<std::string> needed, const std::string& tag) {
  return {.name = name, .files = {{name + module, library("", needed)}}, .tag = tag};
}

}  // namespace

TEST_CASE("the verdict of a set that loads says what was examined, and for what") {
  MadeSet set;
  set.add({.name = "dep",
           .files = {{"dep/libdep.so.1", library("libdep.so.1")}},
           .tag = "py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64"});
  set.add({.name = "demo",
           .files = {{"demo" + module, library("", {"libdep.so.1"}, {"$ORIGIN/../dep"})}},
           .tag = "cp311-cp311-manylinux_2_17_x86_64"});
  const auto examination = examine(set.paths(), {});
  CHECK(verdict(examination) == "2 wheels, 1 library, 1 module for cp311 on manylinux_2_17_x86_64: all load");
  CHECK(examination.causes.empty());
}

TEST_CASE("modules that fail for one reason are one cause, and each cause counts") {
  MadeSet set;
  set.add(with_module("one", {"libgone.so.1"}, "cp311-cp311-manylinux_2_17_x86_64"));
  set.add(with_module("two", {"libgone.so.1"}, "cp311-cp311-manylinux_2_17_x86_64"));
  set.add(with_module("three", {"libaway.so.2"}, "cp311-cp311-manylinux_2_17_x86_64"));
  const auto examination = examine(set.paths(), {});
  CHECK(verdict(examination) ==
        "3 wheels, 3 modules for cp311 on manylinux_2_17_x86_64: 3 modules fail, for 2 causes");
  CHECK(examination.failing == 3);
  REQUIRE(examination.causes.size() == 2);
  CHECK(examination.causes[0].message.starts_with("libaway.so.2: "));
  CHECK(examination.causes[1].message.starts_with("libgone.so.1: "));
  std::size_t findings = 0;
  for (const auto& cause : examination.causes) {
    CHECK(cause.severity == Severity::error);
    CHECK(cause.kind == FindingKind::breaks);
    findings += cause.findings.size();
  }
  CHECK(findings == examination.findings.size());
}

TEST_CASE("the Python is the one that all modules are for") {
  const auto python = [](const std::vector<std::string>& tags) {
    MadeSet set;
    for (std::size_t i = 0; i < tags.size(); ++i)
      set.add({.name = "m" + std::to_string(i),
               .files = {{"m" + std::to_string(i) + "/_C.abi3.so", library("")}},
               .tag = tags[i] + "-manylinux_2_17_x86_64"});
    return examine(set.paths(), {}).python;
  };
  CHECK(python({"cp38-abi3", "cp310-abi3"}) == "cp310 and later");
  CHECK(python({"cp38-abi3", "cp311-cp311"}) == "cp311");
  CHECK(python({"cp310.cp311-cp310.cp311", "cp311-cp311"}) == "cp311");
  CHECK(python({"cp313-cp313t"}) == "cp313t");
  CHECK(python({"cp310-cp310", "cp311-cp311"}) == "cp310, cp311");
  CHECK(python({"pp310-pypy310_pp73"}) == "pp310");
  CHECK(python({"py3-none"}) == "");
}

TEST_CASE("a wheel that can't be read is no wheel of the verdict") {
  const TempFolder folder;
  const auto broken = folder.write("broken-1.0-py3-none-any.whl", "broken");
  CHECK(verdict(examine({broken}, {})) == "0 wheels: 1 error");
}

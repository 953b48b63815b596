#include <doctest/doctest.h>

#include <wheelfix/error.hpp>

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

TEST_CASE("what a glob doesn't cover is counted whole, however many are covered") {
  std::map<std::string, std::string> files;
  for (int i = 10; i < 90; ++i) files["demo/lib" + std::to_string(i) + ".so"] = library("", {}, {"/opt/x"});
  MadeSet set;
  set.add({.name = "demo", .files = files});
  const auto examination =
      examine(set.paths(), {.ignore = {IgnoreRule::parse("rpath-outside=*/lib[1-4]?.so", "")}});
  CHECK(examination.ignored == 40);
  CHECK(hygiene(examination) == 40);
  CHECK(
      verdict(examination) ==
      "1 wheel, 80 libraries on manylinux_2_17_x86_64: no errors; 40 findings ignored; 40 points of hygiene");
}

TEST_CASE("a module whose failure is ignored isn't said to load") {
  MadeSet set;
  set.add(with_module("one", {"libgone.so.1"}, "cp311-cp311-manylinux_2_17_x86_64"));
  set.add(with_module("two", {}, "cp311-cp311-manylinux_2_17_x86_64"));
  const auto examination = examine(set.paths(), {.ignore = {IgnoreRule::parse("import-fails=one-*", "")}});
  CHECK(verdict(examination) ==
        "2 wheels, 2 modules for cp311 on manylinux_2_17_x86_64: no other module fails; 1 finding ignored");
  CHECK(!has_error(examination.findings));
  CHECK(examination.failing == 0);
}

TEST_CASE("what is needed by nothing that is loaded is hygiene") {
  MadeSet set;
  set.add({.name = "demo", .files = {{"demo/plugins/libsql.so", library("", {"libpq.so.5"})}}});
  const auto examination = examine(set.paths(), {});
  CHECK(only(examination.findings, "missing-library").severity == Severity::warning);
  REQUIRE(examination.causes.size() == 1);
  CHECK(examination.causes.front().kind == FindingKind::hygiene);
  CHECK(hygiene(examination) == 1);
}

TEST_CASE("a wheelfix.toml says what to ignore, and is refused with its line") {
  const TempFolder folder;
  const auto file =
      folder.write("wheelfix.toml",
                   "wheel = \"demo\"\n[doctor]\nignore = [\"rpath-outside\", \"import-fails=torch-*\"]\n");
  CHECK(read_ignore_rules(file) ==
        std::vector<IgnoreRule>{{FindingCode::rpath_outside, ""}, {FindingCode::import_fails, "torch-*"}});
  CHECK(read_ignore_rules(folder.write("recipe.toml", "wheel = \"demo\"\n")).empty());
  const auto refusal = [&](const std::string& text) {
    try {
      read_ignore_rules(folder.write("wheelfix.toml", text));
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::bad_recipe);
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  CHECK(refusal("[doctor]\nignore = [\n\"rpath-outsid\"]\n") ==
        "wheelfix.toml:3: no finding has the code 'rpath-outsid'");
  CHECK(refusal("[doctor]\nignores = []\n").starts_with("wheelfix.toml:2: "));
  CHECK(refusal("doctor = 1\n").starts_with("wheelfix.toml:1: "));
}

#include <doctest/doctest.h>

#include <wheelfix/compatibility.hpp>
#include <wheelfix/error.hpp>

#include "doctor/wheel_set.hpp"

using namespace test;
using namespace wheelfix;

namespace {

const std::string module = "ext/_C.cpython-311-x86_64-linux-gnu.so";

MadeSet::Made extension() {
  return {.name = "ext", .files = {{module, library("", {"libbase.so"}, {"$ORIGIN/../base"})}}};
}

/// A base whose library needs one of another wheel.
MadeSet::Made base(const std::string& version, const std::string& soname, const std::string& required) {
  return {.name = "base",
          .version = version,
          .files = {{"base/libbase.so", library("libbase.so", {soname}, {"$ORIGIN/../dep"})}},
          .required = {required}};
}

MadeSet::Made dep(const std::string& version, const std::string& soname) {
  return {.name = "dep", .version = version, .files = {{"dep/" + soname, library(soname)}}};
}

std::vector<std::string> outcomes(const Compatibility& compatibility) {
  std::vector<std::string> texts;
  for (const auto& version : compatibility.versions)
    texts.push_back(version.label + " " + std::string(to_string(version.outcome)));
  return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("each version is examined with those wheels of the set that it requires, the newest version last") {
  MadeSet versions, given;
  versions.add(base("1.10", "libdep.so.2", "dep==2.0")).add(base("1.9", "libdep.so.1", "dep==1.0"));
  given.add(extension()).add(dep("1.0", "libdep.so.1")).add(dep("2.0", "libdep.so.2"));
  given.add(base("2.0", "libdep.so.3", "dep==3.0"));  // a version too, although it isn't among them
  const auto result = compare_versions(given.paths(), versions.paths(), {});
  CHECK(outcomes(result) == Texts{"1.9 loads", "1.10 loads", "2.0 fails"});
  const auto& failure = result.versions.back().failures.at(0);
  CHECK(failure.path == module);
  CHECK(failure.name == "libdep.so.3");
  CHECK(failure.message == "libdep.so.3: cannot open shared object file: No such file or directory");
  CHECK(verdict(result) == "ext 1.0 (cp311-cp311-manylinux_2_17_x86_64): loads with base 1.9, 1.10");
}

TEST_CASE("what stops a library is what is missing after its package's code has loaded the rest") {
  const std::string suffix = ".cpython-311-x86_64-linux-gnu.so";
  MadeSet versions, given;
  versions.add({.name = "base",
                .files = {{"base/__init__.py", "from base import _B\n"},
                          {"base/_B" + suffix, library("", {"libbase.so"}, {"$ORIGIN"})},
                          {"base/libbase.so", library("libbase.so")}}});
  given.add({.name = "ext",
             .files = {{"ext/__init__.py", "import base\n"},
                       {"ext/libopen.so", library("libopen.so", {"libbase.so", "libgone.so.1"})}}});
  const auto result = compare_versions(given.paths(), versions.paths(), {});
  REQUIRE(outcomes(result) == Texts{"1.0 fails"});
  CHECK(result.versions[0].failures.at(0).name == "libgone.so.1");
}

TEST_CASE("a file counts once, and wheels of one version are told apart by their tags") {
  MadeSet versions, given;
  auto other = base("1.0", "libdep.so.1", "dep");
  other.tag = "cp38-abi3-manylinux_2_17_x86_64";
  versions.add(base("1.0", "libdep.so.1", "dep")).add(other);
  given.add(extension()).add(dep("1.0", "libdep.so.1"));
  auto paths = versions.paths();
  paths.push_back(paths.front());
  CHECK(outcomes(compare_versions(given.paths(), paths, {})) ==
        Texts{"1.0-cp311-cp311-manylinux_2_17_x86_64 loads", "1.0-cp38-abi3-manylinux_2_17_x86_64 loads"});
}

TEST_CASE("a wheel for another Python, C library or machine is left out") {
  for (const std::string tag : {"cp310-cp310-manylinux_2_17_x86_64", "cp311-cp311-musllinux_1_2_x86_64",
                                "cp311-cp311-manylinux_2_17_aarch64", "cp311-cp311-win_amd64"}) {
    MadeSet versions, given;
    auto other = base("1.1", "libc.so.6", "dep");
    other.tag = tag;
    versions.add(base("1.0", "libc.so.6", "dep")).add(other);
    given.add(extension());
    const auto result = compare_versions(given.paths(), versions.paths(), {});
    CHECK(outcomes(result) == Texts{"1.0 loads"});
    CHECK(result.left_out == Texts{versions.paths().back().string()});
  }
}

TEST_CASE("wheels that can't be compared are refused") {
  MadeSet versions, given;
  versions.add(base("1.0", "libc.so.6", "dep"));
  given.add(extension());
  CHECK_THROWS_AS(compare_versions({}, versions.paths(), {}), Error);
  CHECK_THROWS_AS(compare_versions(given.paths(), {versions.paths()[0], given.paths()[0]}, {}), Error);
  auto newer = extension();
  newer.version = "2.0";
  given.add(newer);
  CHECK_THROWS_AS(compare_versions(given.paths(), versions.paths(), {}), Error);
  MadeSet pure;
  pure.add({.name = "pure", .files = {{"pure.py", ""}}});
  CHECK_THROWS_AS(compare_versions(pure.paths(), versions.paths(), {}), Error);
}

#include <doctest/doctest.h>

#include <tuple>

#include "doctor/wheel_set.hpp"

using namespace test;
using namespace wheelfix;

namespace {

const std::string module = "demo/_C.cpython-311-x86_64-linux-gnu.so";

/// As `needs demo/liba.so.1 of demo 1.0`.
std::string text(const LoadStep& step) {
  return std::string(to_string(step.link)) + " " + step.name +
         (step.package.empty() ? "" : " of " + step.package);
}

std::vector<std::string> steps(const LoadPath& path) {
  std::vector<std::string> texts;
  for (const auto& step : path.steps) texts.push_back(text(step));
  return texts;
}

/// The path of the only finding of a code.
LoadPath path_of(const Examination& examination, FindingCode code) {
  std::vector<LoadPath> found;
  for (const auto& path : examination.load_paths)
    if (examination.findings.at(path.finding).code == code) found.push_back(path);
  REQUIRE(found.size() == 1);
  return found.front();
}

std::string for_arm(std::string library) {
  library[18] = static_cast<char>(183);  // e_machine: EM_AARCH64
  return library;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("the way to a library that nothing has leads through the libraries that need it") {
  MadeSet set;
  set.add({.name = "demo", .files = {{module, library("", {"liba.so.1"}, {"$ORIGIN/../dep"})}}});
  set.add({.name = "dep", .files = {{"dep/liba.so.1", library("liba.so.1", {"libgone.so.1", "libc.so.6"})}}});
  const auto path = path_of(examine(set.paths(), {}), FindingCode::import_fails);
  CHECK(steps(path) ==
        Texts{"start " + module + " of demo 1.0", "needs dep/liba.so.1 of dep 1.0", "needs libgone.so.1"});
  CHECK(!path.out_of_reach);
}

TEST_CASE("a library that the loader doesn't look for where it is is out of reach") {
  MadeSet set;
  set.add({.name = "demo", .files = {{module, library("", {"liba.so.1"})}}});
  set.add({.name = "dep", .files = {{"dep/liba.so.1", library("liba.so.1")}}});
  const auto path = path_of(examine(set.paths(), {}), FindingCode::import_fails);
  CHECK(steps(path) == Texts{"start " + module + " of demo 1.0", "needs liba.so.1"});
  REQUIRE(path.out_of_reach);
  CHECK(text(*path.out_of_reach) == "needs dep/liba.so.1 of dep 1.0");
}

TEST_CASE("a library for another machine isn't what is meant") {
  MadeSet set;
  set.add({.name = "demo", .files = {{module, library("", {"liba.so.1"})}}});
  set.add({.name = "dep", .files = {{"dep/liba.so.1", for_arm(library("liba.so.1"))}}});
  CHECK(!path_of(examine(set.paths(), {}), FindingCode::import_fails).out_of_reach);
}

TEST_CASE("a Python file that loads what fails is part of the way") {
  const std::string code =
      "import ctypes, os\nctypes.CDLL(os.path.join(os.path.dirname(__file__), 'libown.so'))\n";
  MadeSet set;
  set.add({.name = "demo",
           .files = {{"demo/__init__.py", code},
                     {module, library("")},
                     {"demo/libown.so", library("libown.so", {"libgone.so.1"})}}});
  CHECK(steps(path_of(examine(set.paths(), {}), FindingCode::import_fails)) ==
        Texts{"start " + module + " of demo 1.0", "runs demo/__init__.py of demo 1.0",
              "loads demo/libown.so of demo 1.0", "needs libgone.so.1"});
  MadeSet lost;
  lost.add({.name = "demo", .files = {{"demo/__init__.py", code}}});
  CHECK(steps(path_of(examine(lost.paths(), {}), FindingCode::missing_library)) ==
        Texts{"start demo/__init__.py of demo 1.0", "loads demo/libown.so of demo 1.0"});
}

TEST_CASE("programs have a way too, and what loads has none") {
  auto program = library("", {"libgone.so.1"});
  program[16] = 2;  // e_type: ET_EXEC
  MadeSet set;
  set.add({.name = "demo", .files = {{"demo-1.0.data/scripts/tool", program}, {module, library("")}}});
  const auto examination = examine(set.paths(), {});
  CHECK(steps(path_of(examination, FindingCode::program_fails)) ==
        Texts{"start demo-1.0.data/scripts/tool of demo 1.0", "needs libgone.so.1"});
  CHECK(examination.packages.empty());
}

TEST_CASE("what each library needs is listed with what that leads to, if asked for") {
  MadeSet set;
  set.add({.name = "demo",
           .files = {{"demo/liba.so.1", library("liba.so.1", {"libb.so.1", "libc.so.6"})},
                     {"demo/libarm.so", for_arm(library("libarm.so", {"libb.so.1"}))},
                     {module, library("", {"liba.so.1", "libcuda.so.1", "libgone.so.1"}, {"$ORIGIN"})}}});
  set.add({.name = "dep", .files = {{"dep/libb.so.1", library("libb.so.1")}}});
  const auto packages = examine(set.paths(), {.lists_packages = true}).packages;
  REQUIRE(packages.size() == 2);
  CHECK(packages[1].name == "dep");
  CHECK(packages[1].version == "1.0");
  CHECK(packages[1].wheel == set.paths()[1].string());
  CHECK(packages[1].libraries ==
        std::vector<ExaminedLibrary>{{.path = "dep/libb.so.1", .soname = "libb.so.1", .is_loaded = true}});
  const std::vector<ExaminedNeed> needs = {
      {.name = "liba.so.1", .found_by = FoundBy::runpath, .found = "demo/liba.so.1", .package = 0},
      {.name = "libcuda.so.1", .found_by = FoundBy::driver},
      {.name = "libgone.so.1"}};
  REQUIRE(packages[0].libraries.size() == 3);
  const auto& [c, a, arm] =
      std::tie(packages[0].libraries[0], packages[0].libraries[1], packages[0].libraries[2]);
  CHECK(c == ExaminedLibrary{.path = module, .is_module = true, .is_loaded = true, .needs = needs});
  CHECK(a.needs == std::vector<ExaminedNeed>{{.name = "libb.so.1"},
                                             {.name = "libc.so.6", .found_by = FoundBy::promised}});
  CHECK(arm.path == "demo/libarm.so");
  CHECK(!arm.is_loaded);
}

TEST_CASE("a library that is loaded before is found, wherever it is") {
  const std::string code =
      "import ctypes, os, dep\nctypes.CDLL(os.path.join(os.path.dirname(__file__), 'own/liba.so.1'))\n";
  MadeSet set;
  set.add({.name = "demo",
           .files = {{"demo/__init__.py", code},
                     {"demo/own/liba.so.1", library("liba.so.1")},
                     {module, library("", {"liba.so.1"})}}});
  const auto examination = examine(set.paths(), {.lists_packages = true});
  CHECK(examination.load_paths.empty());
  CHECK(examination.packages.at(0).libraries.at(0).needs ==
        std::vector<ExaminedNeed>{{.name = "liba.so.1",
                                   .found_by = FoundBy::loaded_name,
                                   .found = "demo/own/liba.so.1",
                                   .package = 0}});
}

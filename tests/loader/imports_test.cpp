#include "binary/pe_builder.hpp"
#include "loader/loader_testing.hpp"
#include "loader/made_wheels.hpp"

using namespace wheelfix;
using test::library;
using test::Names;
using Set = test::MadeWheels;

namespace {

const std::string missing = ": cannot open shared object file: No such file or directory";

/// As torch 2.1.0: the package tries a library that pulls all in, then each by its path.
const std::string preloading = R"(
import ctypes, glob, os, sys

def _preload(folder, name):
    for path in sys.path:
        found = glob.glob(os.path.join(path, "nvidia", folder, "lib", name))
        if found:
            ctypes.CDLL(found[0])

try:
    ctypes.CDLL(os.path.join(os.path.dirname(__file__), "lib", "libdemo_global_deps.so"))
except OSError:
    for folder, name in {"blas": "libdemoblas.so.*[0-9]", "solver": "libdemosolver.so.*[0-9]"}.items():
        _preload(folder, name)
from demo._C import *
)";

}  // namespace

TEST_CASE("an extension module fails for want of a library that is there, but out of reach") {
  Set set;
  set.add("demo", {{"demo/_C.so", library("_C.so", {"libdemo.so", "libc.so.6"})}});
  set.add("deps", {{"deps/libdemo.so", library("libdemo.so")}});
  for (const auto* layout : {"shared", "split"}) {
    const auto predicted = set.predict(layout);
    REQUIRE(predicted.size() == 1);
    CHECK(predicted[0].root.entry == "demo/_C.so");
    REQUIRE(predicted[0].failure);
    CHECK(predicted[0].failure->message == "libdemo.so" + missing);
    CHECK(predicted[0].failed_in.empty());
  }
}

TEST_CASE(
    "the package's own preloading is followed once the module fails alone, and its first failure ends it") {
  Set set;
  set.add("demo", {{"demo/__init__.py", preloading},
                   {"demo/_C.so", library("_C.so", {"libdemoblas.so.1", "libdemosolver.so.1"})}});
  set.add("blas", {{"nvidia/blas/lib/libdemoblas.so.1", library("libdemoblas.so.1")}});
  set.add("solver", {{"nvidia/solver/lib/libdemosolver.so.1", library("libdemosolver.so.1")}});
  const auto works = set.predict("split");
  REQUIRE(works.size() == 1);
  CHECK_FALSE(works[0].failure);
  const auto read = set.read("split");
  REQUIRE(read->loads.preloading.size() == 1);
  CHECK(read->loads.preloading[0].paths == Names{"/layout/blas/nvidia/blas/lib/libdemoblas.so.1",
                                                 "/layout/solver/nvidia/solver/lib/libdemosolver.so.1"});
  REQUIRE(read->loads.by_path.size() == 1);
  CHECK(read->loads.by_path[0].paths == Names{"demo/lib/libdemo_global_deps.so"});
  CHECK(read->loads.by_path[0].is_complete);
  CHECK(read->loads.by_path[0].is_caught);
  CHECK(read->loads.by_path[0].entry == "demo/__init__.py");
}

TEST_CASE("what preloading fails in is what the import fails in") {
  Set set;
  set.add("demo", {{"demo/__init__.py", preloading},
                   {"demo/_C.so", library("_C.so", {"libdemoblas.so.1", "libdemosolver.so.1"})}});
  set.add("blas", {{"nvidia/blas/lib/libdemoblas.so.1", library("libdemoblas.so.1")}});
  set.add("solver",
          {{"nvidia/solver/lib/libdemosolver.so.1", library("libdemosolver.so.1", {"libjit.so.12"})}});
  const auto predicted = set.predict("split");
  REQUIRE(predicted.size() == 1);
  REQUIRE(predicted[0].failure);
  CHECK(predicted[0].failure->message == "libjit.so.12" + missing);
  CHECK(predicted[0].failed_in == "demo/__init__.py");
  CHECK(predicted[0].failure->chain == Names{"/layout/solver/nvidia/solver/lib/libdemosolver.so.1"});
}

TEST_CASE("preloading of another package, and of code that loads nothing, doesn't count") {
  Set set;
  set.add("demo", {{"demo/__init__.py", "names = ['libdemoblas.so.1']\n"},
                   {"other/__init__.py", preloading},
                   {"other/_X.so", library("_X.so")},
                   {"demo/_C.so", library("_C.so", {"libdemoblas.so.1"})}});
  set.add("blas", {{"nvidia/blas/lib/libdemoblas.so.1", library("libdemoblas.so.1")}});
  const auto predicted = set.predict("split");
  REQUIRE(predicted.size() == 2);
  REQUIRE(predicted[0].failure);
  CHECK(predicted[0].failure->message == "libdemoblas.so.1" + missing);
  CHECK_FALSE(predicted[1].failure);
}

TEST_CASE("a preload module loads first, in its order, and passes over what fails") {
  Set set;
  const std::string module =
      "# not a library: nvidia/blas\nimport ctypes\n"
      "for name in ['nvidia/gone/lib/libgone.so.1', 'nvidia/broken/lib/libbroken.so.1',\n"
      "             'nvidia/blas/lib/libdemoblas.so.1', 'nvidia/solver/lib/libdemosolver.so.1']:\n"
      "    ctypes.CDLL(name)\n";
  set.add("demo", {{"demo/__init__.py", "from . import _wheelfix_preload\n"},
                   {"demo/_wheelfix_preload.py", module},
                   {"demo/inner/_C.so", library("_C.so", {"libdemosolver.so.1"})},
                   {"demo/inner/_D.so", library("_D.so", {"libbroken.so.1"})},
                   {"other/_E.so", library("_E.so", {"libdemosolver.so.1"})},
                   {"other/_F.so", library("_F.so", {"libbroken.so.1"})}});
  set.add("broken", {{"nvidia/broken/lib/libbroken.so.1", library("libbroken.so.1", {"libgone.so.1"})}});
  set.add("solver",
          {{"nvidia/solver/lib/libdemosolver.so.1", library("libdemosolver.so.1", {"libdemoblas.so.1"})}});
  set.add("blas", {{"nvidia/blas/lib/libdemoblas.so.1", library("libdemoblas.so.1")}});
  const auto read = set.read("split");
  CHECK(read->loads.preloading.empty());
  REQUIRE(read->loads.preload_modules.size() == 1);
  CHECK(read->loads.preload_modules[0].paths == Names{"/layout/broken/nvidia/broken/lib/libbroken.so.1",
                                                      "/layout/blas/nvidia/blas/lib/libdemoblas.so.1",
                                                      "/layout/solver/nvidia/solver/lib/libdemosolver.so.1"});
  const auto predicted = set.predict("split");
  REQUIRE(predicted.size() == 4);
  CHECK_FALSE(predicted[0].failure);
  REQUIRE(predicted[1].failure);
  CHECK(predicted[1].failure->message == "libbroken.so.1" + missing);
  CHECK(predicted[2].failure);  // unless demo was imported
  REQUIRE(predicted[2].works_after.size() == 1);
  CHECK(predicted[2].works_after[0].entry == "demo/inner/_C.so");
  CHECK(predicted[3].works_after.empty());
}

TEST_CASE("of two libraries at one path a preload module takes its own wheel's") {
  Set set;
  set.add("other", {{"demo/lib/libx.so", library("libx.so")}});
  set.add("demo", {{"demo/_wheelfix_preload.py", "import ctypes\nctypes.CDLL('demo/lib/libx.so')\n"},
                   {"demo/lib/libx.so", library("libx.so")},
                   {"demo/_C.so", library("_C.so", {"libx.so"})}});
  const auto read = set.read("split");
  REQUIRE(read->loads.preload_modules.size() == 1);
  CHECK(read->loads.preload_modules[0].paths == Names{"/layout/demo/demo/lib/libx.so"});
  CHECK_FALSE(set.predict("split")[0].failure);
}

TEST_CASE("a module may need those of a wheel that it requires to be imported first") {
  Set set;
  set.add("vision", {{"vision/_C.so", library("_C.so", {"libbase.so"})}},
          "Base_Project >=1; python_version > '3'");
  set.add("base_project", {{"base/_C.so", library("_C.so", {"libc.so.6"})}});
  auto predicted = set.predict("shared");
  REQUIRE(predicted.size() == 2);
  CHECK(predicted[0].failure);
  CHECK(predicted[0].works_after.empty());
  Set better;
  better.add("vision", {{"vision/_C.so", library("_C.so", {"_base.so"})}},
             "Base_Project >=1; python_version > '3'");
  better.add("base_project", {{"base/_base.so", library("_base.so", {"libc.so.6"})}});
  predicted = better.predict("shared");
  REQUIRE(predicted.size() == 2);
  CHECK(predicted[0].failure);
  REQUIRE(predicted[0].works_after.size() == 1);
  CHECK(predicted[0].works_after[0].entry == "base/_base.so");
}

TEST_CASE("a module may need another of its own wheel to be imported first") {
  Set set;
  set.add("demo",
          {{"demo/_C.so", library("_C.so", {"libc.so.6"})}, {"extra/_X.so", library("_X.so", {"_C.so"})}});
  const auto predicted = set.predict("split");
  REQUIRE(predicted.size() == 2);
  CHECK_FALSE(predicted[0].failure);
  CHECK(predicted[1].failure);
  REQUIRE(predicted[1].works_after.size() == 1);
  CHECK(predicted[1].works_after[0].entry == "demo/_C.so");
}

TEST_CASE("what the driver brings is told with who needs it") {
  Set set;
  set.add("demo", {{"demo/_C.so", library("_C.so", {"libcuda.so.1", "libc.so.6"})}});
  const auto predicted = set.predict("shared");
  REQUIRE(predicted.size() == 1);
  CHECK_FALSE(predicted[0].failure);
  REQUIRE(predicted[0].from_driver.size() == 1);
  CHECK(predicted[0].from_driver[0].first == "libcuda.so.1");
  CHECK(predicted[0].from_driver[0].second == "/layout/site-packages/demo/_C.so");
}

TEST_CASE(
    "on Windows the folders count that a wheel's code gives to os.add_dll_directory, whatever the names' "
    "case") {
  for (const bool is_told : {true, false}) {
    Set set;
    set.add("demo",
            {{"demo/__init__.py", is_told ? "import os\nos.add_dll_directory(libs)\n" : "import os\n"},
             {"demo/_C.cp311-win_amd64.pyd", test::pe_image({.needed = {"DEMO-1.dll", "KERNEL32.dll"}})},
             {"demo.libs/demo-1.dll", test::pe_image({.needed = {"KERNEL32.dll"}})}},
            "", "win_amd64");
    const auto predicted = set.predict("shared");
    REQUIRE(predicted.size() == 1);
    CHECK(predicted[0].failure.has_value() == !is_told);
    if (predicted[0].failure)
      CHECK(predicted[0].failure->message == "DEMO-1.dll: The specified module could not be found.");
  }
}

#include "environment/missing_libraries.hpp"

#include <doctest/doctest.h>

#include "binary/pe_builder.hpp"
#include "environment/made_wheels.hpp"
#include "environment/required_wheels.hpp"
#include "loader/loader_testing.hpp"

using namespace wheelfix;
using test::library;
using test::MadeWheels;
using test::Names;

namespace {

const std::string unfound = ": cannot open shared object file: No such file or directory";
const std::string module = "demo/_C.cpython-311-x86_64-linux-gnu.so";

std::vector<MissingLibrary> missing(const MadeWheels& wheels, const std::string& layout = "shared") {
  return missing_libraries(*wheels.read(layout));
}

}  // namespace

TEST_CASE("a library that an import needs and no wheel has is missing, with all that need it") {
  MadeWheels wheels;
  wheels.add("demo", {{module, library("_C.so", {"libdemo.so", "libgone.so.1", "libc.so.6"})},
                      {"demo/lib/libdemo.so", library("libdemo.so", {"libgone.so.1"})}});
  const auto found = missing(wheels);
  REQUIRE(found.size() == 1);
  CHECK(found[0].entry == "demo/libgone.so.1");
  CHECK(found[0].message == "libgone.so.1" + unfound);
  CHECK(found[0].needed_by == Names{module, "demo/lib/libdemo.so"});
  CHECK(found[0].is_certain);
  const auto finding = to_finding(*wheels.read("shared"), found[0]);
  CHECK(finding.code == FindingCode::missing_library);
  CHECK(finding.severity == Severity::error);
  CHECK(finding.path == module);
  CHECK(finding.hint.starts_with("needed by " + module + ", demo/lib/libdemo.so; no given wheel has it"));
}

TEST_CASE("if wheels that one requires are not given, the hint says how to fetch them") {
  const auto hint = [](const std::string& required) {
    MadeWheels wheels;
    wheels.add("demo", {{module, library("_C.so", {"libgone.so.1"})}}, required);
    wheels.add("given", {{"given/liba.so", library("liba.so")}});
    const auto found = missing(wheels);
    REQUIRE(found.size() == 1);
    return to_finding(*wheels.read("shared"), found[0]).hint;
  };
  const std::string fetches =
      " not given: `pip download demo-1.0-cp311-cp311-manylinux_2_17_x86_64.whl` fetches all";
  CHECK(hint("Gone_Project (==1.0) ; platform_system == 'Linux' and (platform_machine == \"x86_64\")") ==
        "needed by " + module + "; no given wheel has it, and of what demo requires gone-project is" +
            fetches);
  CHECK(hint("gone\nRequires-Dist: given\nRequires-Dist: more>1\nRequires-Dist: gone[x]")
            .ends_with("of what demo requires 2 projects are" + fetches));
  for (const auto* required : {"given", "gone; extra == 'x'", "gone; sys_platform == 'win32'",
                               "gone; sys_platform == 'linux' and python_version < '3.8'"})
    CHECK(hint(required).find("no given wheel has it: also give the wheel that has it, or a folder") !=
          std::string::npos);
}

TEST_CASE("a wheel is named that has it where the layout has no place for it") {
  MadeWheels wheels;
  wheels.add("demo", {{module, library("_C.so", {"libx.so.1"})}});
  wheels.add("x", {{"x-1.0.data/data/lib/libx.so.1", library("libx.so.1")}});
  CHECK(advice_for_absent(*wheels.read("split"), 0, "libx.so.1")
            .starts_with("x has it as x-1.0.data/data/lib/libx.so.1, which goes to the prefix"));
  CHECK(advice_for_absent(*wheels.read("shared"), 0, "libx.so.1").starts_with("no given wheel has it"));
}

TEST_CASE("what is only out of reach, or comes with the system or the driver, isn't missing") {
  MadeWheels wheels;
  wheels.add("demo", {{module, library("_C.so", {"liba.so", "libm.so.6", "libcuda.so.1", "libb.so.2"})}});
  wheels.add("deps", {{"deps/liba.so", library("liba.so")}, {"deps/other.so", library("libb.so.2")}});
  CHECK(missing(wheels, "split").empty());
}

TEST_CASE("what code loads out of the prefix must be complete") {
  const std::string code = "lib = ctypes.CDLL(os.path.join(os.path.dirname(__file__), '../../libx.so.1'))\n";
  MadeWheels wheels;
  wheels.add("demo", {{"demo.py", code},
                      {"demo-1.0.data/data/lib/libx.so.1", library("libx.so.1", {"libgone.so.1"})}});
  const auto found = missing(wheels);
  REQUIRE(found.size() == 1);
  CHECK(found[0].message == "libgone.so.1" + unfound);
  CHECK(found[0].is_certain);
  CHECK(missing(wheels, "split").empty());
}

TEST_CASE("what only a library needs that nothing loads may be missing, and isn't certain") {
  MadeWheels wheels;
  wheels.add("demo",
             {{module, library("_C.so")}, {"demo/plugins/libsql.so", library("libsql.so", {"libpq.so.5"})}});
  const auto found = missing(wheels);
  REQUIRE(found.size() == 1);
  CHECK(found[0].entry == "demo/plugins/libpq.so.5");
  CHECK_FALSE(found[0].is_certain);
  CHECK(to_finding(*wheels.read("shared"), found[0]).severity == Severity::warning);
}

TEST_CASE("what a package's own preloading loads is as certain as the import that fails without it") {
  const std::string load = "import ctypes\nctypes.CDLL(found('libsolver.so.1'))\n";
  for (const bool is_needed : {true, false}) {
    MadeWheels wheels;
    wheels.add("demo", {{module, library("_C.so", is_needed ? Names{"libsolver.so.1"} : Names{})},
                        {"demo/__init__.py", load}});
    wheels.add("solver", {{"solver/libsolver.so.1", library("libsolver.so.1", {"libgone.so"})}});
    const auto found = missing(wheels);
    REQUIRE(found.size() == 1);
    CHECK(found[0].is_certain == is_needed);
  }
}

TEST_CASE("a library that RECORD lists is missing, at the place that RECORD gives for what needs it") {
  MadeWheels wheels;
  wheels.add("demo", {{module, library("_C.so", {"libdemo.so"})}}, "", "manylinux_2_17_x86_64",
             "demo/lib/libdemo.so,,\ndemo/lib/libmore.so.1,,\ndemo/notes.txt,,\n");
  const auto found = missing(wheels);
  REQUIRE(found.size() == 2);
  CHECK(found[0].entry == "demo/lib/libdemo.so");
  CHECK(found[0].is_recorded);
  CHECK(found[0].is_certain);
  CHECK(found[0].needed_by == Names{module});
  CHECK(found[1].entry == "demo/lib/libmore.so.1");
  CHECK_FALSE(found[1].is_certain);
  const auto finding = to_finding(*wheels.read("shared"), found[1]);
  CHECK(finding.severity == Severity::error);
  CHECK(finding.path == "demo/lib/libmore.so.1");
  CHECK(finding.message == "is in RECORD, but not in the wheel");
}

TEST_CASE("what RECORD lists at a place that no wheel can have isn't missing") {
  MadeWheels wheels;
  wheels.add("demo", {{module, library("_C.so")}}, "", "manylinux_2_17_x86_64",
             "../../bin/liba.so,,\n/abs/libb.so,,\ndemo/../libc.so,,\ndemo/libd.so,,\n");
  const auto found = missing(wheels);
  REQUIRE(found.size() == 1);
  CHECK(found[0].entry == "demo/libd.so");
}

TEST_CASE("a library that Python code loads by its path is missing under the name that the system uses") {
  const std::string load =
      "import ctypes, os\n"
      "ctypes.CDLL(os.path.join(os.path.dirname(__file__), 'lib', 'libdeps' + ('.dylib' if mac "
      "else '.so')))\n";
  MadeWheels wheels;
  wheels.add("demo", {{module, library("_C.so")}, {"demo/__init__.py", load}});
  for (const auto* layout : {"shared", "split"}) {
    const auto found = missing(wheels, layout);
    REQUIRE(found.size() == 1);
    CHECK(found[0].entry == "demo/lib/libdeps.so");
    CHECK(found[0].message == "libdeps.so" + unfound);
    CHECK(found[0].loaded_by == Names{"demo/__init__.py"});
    CHECK(found[0].is_certain);
  }
  MadeWheels whole;
  whole.add("demo", {{module, library("_C.so")},
                     {"demo/__init__.py", load},
                     {"demo/lib/libdeps.so", library("libdeps.so", {"libgone.so"})}});
  const auto found = missing(whole);
  REQUIRE(found.size() == 1);
  CHECK(found[0].entry == "demo/lib/libgone.so");
  CHECK(found[0].is_certain);
}

TEST_CASE("what Python code loads by its path is missing in a wheel without extension modules too") {
  MadeWheels wheels;
  wheels.add("demo", {{"demo/inner/load.py",
                       "import ctypes, pathlib\n"
                       "ctypes.CDLL(str(pathlib.Path(__file__).parents[1] / 'lib' / 'libdemo.so'))\n"}});
  const auto found = missing(wheels);
  REQUIRE(found.size() == 1);
  CHECK(found[0].entry == "demo/lib/libdemo.so");
  CHECK(found[0].loaded_by == Names{"demo/inner/load.py"});
  CHECK(found[0].is_certain);
}

TEST_CASE(
    "code that may load something else, loads for another system or catches the failure isn't an error") {
  const auto loaded = [](const std::string& code) {
    MadeWheels wheels;
    wheels.add("demo",
               {{module, library("_C.so")},
                {"demo/lib/liba.so", library("liba.so")},
                {"demo/__init__.py", "import ctypes, os\nhere = os.path.dirname(__file__)\n" + code}});
    return missing(wheels);
  };
  CHECK(loaded("ctypes.CDLL(os.path.join(here, 'x.dll'))\n").empty());
  CHECK(loaded("ctypes.CDLL(os.path.join(here, 'lib', x, 'libx.so'))\n").empty());
  CHECK(loaded("ctypes.CDLL(os.path.join(here, 'libx.so') if x else 'libx.so.1')\n").empty());
  CHECK(loaded("for x in ['liba.so', 'libx.so']:\n  ctypes.CDLL(os.path.join(here, 'lib', x))\n").empty());
  const auto caught = loaded("try:\n  ctypes.CDLL(os.path.join(here, 'libx.so'))\nexcept OSError:\n  pass\n");
  REQUIRE(caught.size() == 1);
  CHECK_FALSE(caught[0].is_certain);
  const auto checked = loaded("p = os.path.join(here, 'libx.so')\nif os.path.exists(p):\n  ctypes.CDLL(p)\n");
  REQUIRE(checked.size() == 1);
  CHECK_FALSE(checked[0].is_certain);
}

TEST_CASE("on Windows the case of names is ignored") {
  const auto dll = [](const std::string& needed) { return test::pe_image({.needed = {needed}}); };
  MadeWheels wheels;
  wheels.add("demo", {{"demo/_C.pyd", dll("Other.DLL")}, {"demo/other.dll", dll("gone.dll")}}, "",
             "win_amd64");
  const auto found = missing(wheels);
  REQUIRE(found.size() == 1);
  CHECK(found[0].entry == "demo/gone.dll");
  CHECK(found[0].needed_by == Names{"demo/other.dll"});
}

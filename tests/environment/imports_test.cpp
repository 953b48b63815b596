#include "binary/pe_builder.hpp"
#include "environment/made_wheels.hpp"
#include "loader/loader_testing.hpp"

using namespace wheelfix;
using test::library;
using test::Names;
using Set = test::MadeWheels;

namespace {

const std::string missing = ": cannot open shared object file: No such file or directory";

/// Like torch 2.1.0: the package tries a library that pulls all in, then each by its path.
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

TEST_CASE("an extension module fails without a library that is out of reach") {
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
    "the package's own preloading is followed if the module fails alone, and its first failure ends it") {
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

TEST_CASE("a failure of preloading is the failure of the import") {
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
  CHECK(predicted[0].failure->chain.paths() == Names{"/layout/solver/nvidia/solver/lib/libdemosolver.so.1"});
}

TEST_CASE("preloading of another package, or in code that loads nothing, doesn't count") {
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

TEST_CASE("a preload module loads first, in its order, and skips what fails") {
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

TEST_CASE("of two libraries at one path a preload module loads its own wheel's") {
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

TEST_CASE(
    "a file that is named like a module and doesn't export its PyInit function is a plugin, and none of the "
    "imports") {
  Set set;
  const Names needed = {"gone.dll"};
  set.add("demo",
          {{"demo/_m.pyd", test::pe_image({.needed = needed, .exports = {"PyInit__m"}})},
           {"demo/plugin.pyd", test::pe_image({.needed = needed, .exports = {"PyInit_other", "entry"}})}},
          "", "win_amd64");
  const auto predicted = set.predict("shared");
  REQUIRE(predicted.size() == 1);
  CHECK(predicted[0].root.entry == "demo/_m.pyd");
}

TEST_CASE("what the __init__.py of a package loads counts for modules in it of all wheels") {
  Set set;
  const std::string load =
      "import ctypes, os\nctypes.CDLL(os.path.join(os.path.dirname(__file__), 'lib', 'libx.so'))\n";
  set.add("parent", {{"ns/__init__.py", load}, {"ns/lib/libx.so", library("libx.so")}});
  set.add("child", {{"ns/child/_C.so", library("_C.so", {"libx.so"})},
                    {"other/_D.so", library("_D.so", {"libx.so"})}});
  for (const auto* layout : {"shared", "symlinks"}) {
    const auto predicted = set.predict(layout);
    REQUIRE(predicted.size() == 2);
    CHECK_FALSE(predicted[0].failure);
    CHECK(predicted[1].failure);
  }
}

TEST_CASE("a module may work only after the modules of a wheel that it requires") {
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

TEST_CASE("a module may work only after another of its own wheel") {
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

TEST_CASE("a module that imports the failing module's package itself can't come first") {
  const auto is_told = [](const std::string& code) {
    Set set;
    set.add("demo", {{"demo/_C.so", library("_C.so", {"libdemo.so"})},
                     {"demo/lib/libdemo.so", library("libdemo.so")},
                     {"func/__init__.py", code},
                     {"func/_F.so", library("_F.so", {"libdemo.so"}, {"$ORIGIN/../demo/lib"})}});
    const auto predicted = set.predict("shared");
    REQUIRE(predicted.size() == 2);
    REQUIRE(predicted[0].failure);
    return predicted[0].works_after.empty();
  };
  CHECK(is_told("import demo._C\n"));
  CHECK(is_told("import os, demo._C as d\n"));
  CHECK(is_told("\"\"\"Text.\"\"\"\nfrom demo import (\n    _C,\n)\n"));
  CHECK_FALSE(is_told(""));
  CHECK_FALSE(is_told("def later():\n    import demo._C\n"));
  CHECK_FALSE(is_told("from .demo import one\nimport demos, os as demo\n"));
  CHECK_FALSE(is_told("if x: import demo._C\n"));
  CHECK_FALSE(is_told("import 'demo"));
}

TEST_CASE("a library of the driver is reported with the library that needs it") {
  Set set;
  set.add("demo", {{"demo/_C.so", library("_C.so", {"libcuda.so.1", "libc.so.6"})}});
  const auto predicted = set.predict("shared");
  REQUIRE(predicted.size() == 1);
  CHECK_FALSE(predicted[0].failure);
  CHECK(predicted[0].brought ==
        std::vector<BroughtLibrary>{
            {"libcuda.so.1", FoundBy::driver, "/layout/lib/python3/site-packages/demo/_C.so"}});
}

TEST_CASE(
    "on Windows the folders that a wheel's code gives to os.add_dll_directory are searched, and names ignore "
    "case") {
  const std::map<std::string, bool> codes = {
      {"import os\nos.add_dll_directory(os.path.join(os.path.dirname(__file__), '..', 'demo.libs'))\n", true},
      {"import os\nos.add_dll_directory(unknown)\n", true},
      {"import os\nos.add_dll_directory(os.path.join(os.path.dirname(__file__), 'bin'))\n", false},
      {"import os\n", false}};
  for (const auto& [code, is_told] : codes) {
    Set set;
    set.add("demo",
            {{"demo/__init__.py", code},
             {"demo/_C.cp311-win_amd64.pyd", test::pe_image({.needed = {"DEMO-1.dll", "KERNEL32.dll"}})},
             {"demo.libs/demo-1.dll", test::pe_image({.needed = {"KERNEL32.dll"}})},
             {"demo/bin/other.dll", test::pe_image({.needed = {"KERNEL32.dll"}})}},
            "", "win_amd64");
    const auto predicted = set.predict("shared");
    REQUIRE(predicted.size() == 1);
    CHECK(predicted[0].failure.has_value() == !is_told);
    if (predicted[0].failure)
      CHECK(predicted[0].failure->message == "DEMO-1.dll: The specified module could not be found.");
  }
}

TEST_CASE("os.add_dll_directory counts for a folder that another wheel fills, and for one below sys.prefix") {
  const std::string given = "import os, sys\nos.add_dll_directory(os.path.join(";
  const std::map<std::string, std::string> places = {
      {"os.path.dirname(__file__), 'Q', 'bin'))\n", "demo/Q/bin/z.dll"},
      {"sys.prefix, 'share', 'q', 'bin'))\n", "dep-1.0.data/data/share/q/bin/z.dll"}};
  for (const auto& [code, place] : places) {
    for (const bool is_there : {true, false}) {
      Set set;
      set.add("demo",
              {{"demo/__init__.py", given + code}, {"demo/_C.pyd", test::pe_image({.needed = {"z.dll"}})}},
              "dep", "win_amd64");
      set.add("dep",
              {{is_there ? place : "demo/Q/other/z.dll", test::pe_image({.needed = {"KERNEL32.dll"}})}}, "",
              "win_amd64");
      CHECK(set.predict("shared").at(0).failure.has_value() == !is_there);
    }
  }
}

namespace {

/// Like torch on Windows: each DLL of a folder, first with flags and then by PATH.
const std::string glob_loading = R"(
import ctypes, glob, os, sys

if sys.platform == 'win32':
    libs = os.path.join(os.path.dirname(__file__), 'lib')
    kernel32 = ctypes.WinDLL('kernel32.dll', use_last_error=True)
    os.add_dll_directory(libs)
    dlls = glob.glob(os.path.join(libs, '*.dll'))
    for dll in dlls:
        if kernel32.LoadLibraryExW(dll, None, 0x00001100) is None:
            raise ctypes.WinError(ctypes.get_last_error())
from demo._C import *
)";

}  // namespace

TEST_CASE("each DLL that the package loads by a glob on import must load, even if no module needs it") {
  const std::string unfound = ": The specified module could not be found.";
  for (const bool is_whole : {true, false}) {
    Set set;
    set.add("demo",
            {{"demo/__init__.py", glob_loading},
             {"demo/_C.cp311-win_amd64.pyd", test::pe_image({.needed = {"c10.dll"}})},
             {"demo/lib/c10.dll", test::pe_image({.needed = {"KERNEL32.dll"}})},
             {"demo/lib/Cuda.DLL", test::pe_image({.needed = {is_whole ? "c10.dll" : "cudart64_12.dll"}})},
             {"demo/lib/deep/odd.dll", test::pe_image({.needed = {"odd64.dll"}})},
             {"demo/lib/tool.exe", test::pe_image({.needed = {"odd64.dll"}, .is_dll = false})},
             {"other/_X.cp311-win_amd64.pyd", test::pe_image({.needed = {"KERNEL32.dll"}})}},
            "", "win_amd64");
    const auto predicted = set.predict("shared");
    REQUIRE(predicted.size() == 2);
    CHECK_FALSE(predicted[1].failure);
    CHECK(predicted[0].failure.has_value() == !is_whole);
    if (is_whole) continue;
    CHECK(predicted[0].failure->message == "cudart64_12.dll" + unfound);
    CHECK(predicted[0].failure->chain.paths() == Names{"/layout/Lib/site-packages/demo/lib/Cuda.DLL"});
    CHECK(predicted[0].failed_in == "demo/__init__.py");
    CHECK(predicted[0].works_after.empty());
  }
}

TEST_CASE("a DLL that is cut short fails a glob's loads, and one for another system is skipped") {
  const auto predict = [](const std::string& name, const std::string& content) {
    Set set;
    set.add("demo",
            {{"demo/__init__.py", glob_loading},
             {"demo/_C.cp311-win_amd64.pyd", test::pe_image({.needed = {"KERNEL32.dll"}})},
             {name, content}},
            "", "win_amd64");
    const auto predicted = set.predict("shared");
    return predicted.at(0).failure ? predicted.at(0).failure->message : "";
  };
  CHECK(predict("demo/lib/cut.dll", "MZ") ==
        "/layout/Lib/site-packages/demo/lib/cut.dll: %1 is not a valid Win32 application.");
  CHECK(predict("demo/lib/linux.dll", library("linux.so", {"libgone.so"})) == "");
}

TEST_CASE(
    "what an import loads by a plain path must load, unless there is a try or a condition in the name") {
  const std::string load = "ctypes.CDLL(os.path.join(os.path.dirname(__file__), 'lib', NAME))\n";
  const auto predict = [&](const std::string& code) {
    Set set;
    set.add("demo", {{"demo/__init__.py", "import ctypes, os\n" + code},
                     {"demo/_C.so", library("_C.so")},
                     {"demo/lib/libx.so", library("libx.so", {"libgone.so"})}});
    const auto predicted = set.predict("shared");
    return predicted.at(0).failure ? predicted.at(0).failure->message : "";
  };
  const auto named = [&](const std::string& name) {
    return load.substr(0, load.find("NAME")) + name + load.substr(load.find("NAME") + 4);
  };
  CHECK(predict(named("'libx.so'")) == "libgone.so" + missing);
  CHECK(predict(named("'libx.dylib' if mac else 'libx.so'")) == "");
  CHECK(predict("try:\n    " + named("'libx.so'") + "except OSError:\n    pass\n") == "");
  CHECK(predict(named("'libnone.so'")) == "");  // what the wheel lacks
}

TEST_CASE("own preloading helps what an import loads by a path, and a program isn't part of it") {
  const std::string path = "ctypes.CDLL(os.path.join(os.path.dirname(__file__), 'lib', 'libown.so'))\n";
  const std::string code =
      "import ctypes, glob, os, sys\nfor p in sys.path:\n  for f in glob.glob(os.path.join(p, 'blas', "
      "'libdemoblas.so.1')):\n    ctypes.CDLL(f)\n" +
      path;
  Set set;
  set.add("demo", {{"demo/__init__.py", code},
                   {"demo/_C.so", library("_C.so")},
                   {"demo/lib/libown.so", library("libown.so", {"libdemoblas.so.1"})}});
  set.add("blas", {{"blas/libdemoblas.so.1", library("libdemoblas.so.1")}});
  const auto predicted = set.predict("split");
  REQUIRE(predicted.size() == 1);
  CHECK_FALSE(predicted[0].failure);
  Set tools;
  tools.add("demo",
            {{"demo/__init__.py", "import ctypes\nctypes.WinDLL('kernel32.dll')\nrun('demo-manager.exe')\n"},
             {"demo/_C.cp311-win_amd64.pyd", test::pe_image({.needed = {"gone64.dll"}})},
             {"demo/demo-manager.exe", test::pe_image({.needed = {"KERNEL32.dll"}, .is_dll = false})}},
            "", "win_amd64");
  CHECK(tools.read("shared")->loads.preloading.empty());
}

TEST_CASE("a loader's message is safe to print, whatever names are in it") {
  const std::string odd = "l\x1b[7m\n.so";
  CHECK(printable_message({odd + missing, odd, {}}) == "l\\x1b[7m\\x0a.so" + missing);
  const std::string words =
      "Library not loaded: @rpath/x\n  Referenced from: /w/y\n  Reason: no LC_RPATH's found";
  CHECK(printable_message({words, "@rpath/x", {}}) == words);
}

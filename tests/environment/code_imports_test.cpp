// What the code of packages imports decides whether their modules can be imported.
#include "environment/made_wheels.hpp"
#include "loader/loader_testing.hpp"

using namespace wheelfix;
using test::library;
using Set = test::MadeWheels;

namespace {

/// `works`, `after ENTRY`, `optional` or `fails`, of the first module.
std::string outcome(const Set& set, const std::string& layout = "shared") {
  const auto predicted = set.predict(layout).at(0);
  if (!predicted.failure) return "works";
  if (!predicted.works_after.empty()) return "after " + predicted.works_after.front().entry;
  return predicted.is_optional ? "optional" : "fails";
}

/// aa.core needs a library that it finds only once bb.other was imported.
std::string with_other(const std::string& code, const std::string& required = "bb",
                       const std::map<std::string, std::string>& more = {}) {
  Set set;
  std::map<std::string, std::string> files = {{"aa/__init__.py", code},
                                              {"aa/core.abi3.so", library("core.so", {"libv.so.1"})}};
  files.insert(more.begin(), more.end());
  set.add("aa", files, required);
  set.add("bb", {{"bb/__init__.py", ""},
                 {"bb/lib/libv.so.1", library("libv.so.1")},
                 {"bb/other.abi3.so", library("other.so", {"libv.so.1"}, {"$ORIGIN/lib"})}});
  return outcome(set);
}

}  // namespace

TEST_CASE(
    "a module works if the packages around it import what brings its library, with Requires-Dist or "
    "without") {
  for (const auto* required : {"bb", ""}) {
    CHECK(with_other("import bb.other\nfrom aa.core import *\n", required) == "works");
    CHECK(with_other("from bb import other\nfrom . import core\n", required) == "works");
    CHECK(with_other("import importlib\nimportlib.import_module('bb.other')\n", required) == "works");
    CHECK(with_other("def f():\n  import bb.other\nf()\n", required) == "works");
    CHECK(with_other("try:\n  import bb.other\nexcept ImportError: pass\nimport aa.core\n", required) ==
          "works");
    CHECK(with_other("from . import sub\n", required, {{"aa/sub.py", "import bb.other\n"}}) == "works");
  }
}

TEST_CASE("a module fails if the packages around it import it before what brings its library") {
  CHECK(with_other("from aa.core import *\n") == "fails");
  CHECK(with_other("from . import core\nimport bb.other\n") == "fails");
  CHECK(with_other("import bb\nfrom . import core\n") == "fails");
  CHECK(with_other("from .sub import x\n", "bb", {{"aa/sub.py", "from .core import x\n"}}) == "fails");
  CHECK(
      with_other("from typing import TYPE_CHECKING\nif TYPE_CHECKING: import bb.other\nfrom . import core") ==
      "fails");
}

TEST_CASE("a package beside the project's own may rely on that to be imported first") {  // torch's nvfuser
  for (const auto* project : {"torch", "nvfuser"}) {
    Set set;
    set.add(project, {{"nvfuser/__init__.py", "from . import _C\n"},
                      {"nvfuser/_C.abi3.so", library("_C.so", {"libv.so.1"})},
                      {"torch/__init__.py", "from ._C import *\n"},
                      {"torch/_C.abi3.so", library("_C.so", {"libv.so.1"}, {"$ORIGIN/lib"})},
                      {"torch/lib/libv.so.1", library("libv.so.1")}});
    CHECK(outcome(set) == (project == std::string("torch") ? "after torch/_C.abi3.so" : "fails"));
  }
}

TEST_CASE("a module that its users import may need another one first") {
  CHECK(with_other("") == "after bb/other.abi3.so");
  CHECK(with_other("if x: import bb.other\nfrom . import core\n") == "after bb/other.abi3.so");
  CHECK(with_other("", "bb; sys_platform == 'win32'") == "fails");
}

TEST_CASE("a failure that the code catches makes a module optional") {
  const auto one = [](const std::string& code, const std::map<std::string, std::string>& more = {}) {
    Set set;
    std::map<std::string, std::string> files = {{"nb/__init__.py", code},
                                                {"nb/pool.abi3.so", library("pool.so", {"libtbb.so.12"})}};
    files.insert(more.begin(), more.end());
    set.add("nb", files);
    return outcome(set);
  };
  CHECK(one("try:\n  from nb import pool\nexcept ImportError:\n  pool = None\n") == "optional");
  CHECK(one("def f():\n  try:\n    from . import pool\n  except (ImportError, OSError): pass\n") ==
        "optional");
  CHECK(one("import contextlib\nwith contextlib.suppress(ImportError):\n  import nb.pool\n") == "optional");
  CHECK(one("try:\n  from nb import pool\nexcept KeyError: pass\n") == "fails");
  CHECK(one("try:\n  from nb import pool\nexcept ImportError:\n  raise RuntimeError\n") == "fails");
  CHECK(one("from nb import pool\n") == "fails");
  CHECK(one("") == "fails");
}

TEST_CASE("a package fails with what its own code loads, before the module or after it") {
  const std::string load =
      "import ctypes, os\nctypes.CDLL(os.path.join(os.path.dirname(__file__), 'lib', 'libpre.so'))\n";
  for (const auto& code : {load, "from . import _C\n" + load, load + "import bb.other\n"}) {
    Set set;
    set.add("aa", {{"aa/__init__.py", code},
                   {"aa/_C.abi3.so", library("_C.so")},
                   {"aa/lib/libpre.so", library("libpre.so", {"libv.so.1"})}});
    set.add("bb", {{"bb/lib/libv.so.1", library("libv.so.1")},
                   {"bb/other.abi3.so", library("other.so", {"libv.so.1"}, {"$ORIGIN/lib"})}});
    CHECK(outcome(set) == "fails");
  }
  Set set;
  set.add("aa", {{"aa/__init__.py", "import bb.other\n" + load},
                 {"aa/_C.abi3.so", library("_C.so")},
                 {"aa/lib/libpre.so", library("libpre.so", {"libv.so.1"})}});
  set.add("bb", {{"bb/lib/libv.so.1", library("libv.so.1")},
                 {"bb/other.abi3.so", library("other.so", {"libv.so.1"}, {"$ORIGIN/lib"})}});
  CHECK(outcome(set) == "works");
}

TEST_CASE("a module on its own, or one that only the layout keeps from its library, fails") {
  Set alone;
  alone.add("ocp", {{"OCP.abi3.so", library("OCP.so", {"libv.so.1"}, {"$ORIGIN/bb/lib"})}}, "bb");
  alone.add("bb", {{"bb/lib/libv.so.1", library("libv.so.1")},
                   {"bb/other.abi3.so", library("other.so", {"libv.so.1"}, {"$ORIGIN/lib"})}});
  CHECK(outcome(alone, "shared") == "works");
  CHECK(outcome(alone, "split") == "fails");
  Set packaged;
  packaged.add("aa", {{"aa/core.abi3.so", library("core.so", {"libv.so.1"}, {"$ORIGIN/../bb/lib"})}}, "bb");
  packaged.add("bb", {{"bb/lib/libv.so.1", library("libv.so.1")},
                      {"bb/other.abi3.so", library("other.so", {"libv.so.1"}, {"$ORIGIN/lib"})}});
  CHECK(outcome(packaged, "split") == "fails");
}

TEST_CASE(
    "what a package loads in a loop, in a function or by a glob counts for other packages of its wheel") {
  const std::string begin =
      "import ctypes, glob, os\nfrom pathlib import Path\nbase = os.path.join(os.path.dirname(__file__), "
      "'lib')\n";
  for (const auto* code :
       {"ctypes.CDLL(os.path.join(base, 'liba.so'))\n",
        "for n in ('libb.so', 'liba.so'):\n  ctypes.CDLL(os.path.join(base, n))\n",
        "for n in {'b': 'libb.so', 'a': 'liba.so'}.values():\n  ctypes.CDLL(os.path.join(base, n))\n",
        "def load():\n  for n in ['libb.so', 'liba.so']:\n    p = os.path.join(base, n)\n"
        "    if os.path.exists(p): ctypes.CDLL(p)\nload()\n",
        "def load(name):\n  path = Path(__file__).parent / 'lib' / f'{name}.so'\n  if not path.exists(): "
        "return False\n"
        "  ctypes.CDLL(path)\nload('liba')\n",
        "for p in glob.glob(os.path.join(base, '*.so')): ctypes.CDLL(p)\n",
        "for n in os.listdir(base):\n  ctypes.CDLL(os.path.join(base, n))\n"}) {
    Set set;
    set.add("pk", {{"pb/__init__.py", ""},
                   {"pb/_st.abi3.so", library("_st.so", {"liba.so"})},
                   {"pk/__init__.py", begin + code},
                   {"pk/_ext.abi3.so", library("_ext.so", {"liba.so"})},
                   {"pk/lib/liba.so", library("liba.so")},
                   {"pk/lib/libb.so", library("libb.so")}});
    CHECK(outcome(set) == "after pk/_ext.abi3.so");
  }
}

#include <wheelfix/lost_loads.hpp>

#include "binary/pe_builder.hpp"
#include "loader/loader_testing.hpp"
#include "support/stub_wheel.hpp"

using namespace wheelfix;
using test::library;
using test::Names;
using Files = std::map<std::string, std::string>;

namespace {

const std::string missing = ": cannot open shared object file: No such file or directory";

constexpr auto loading_code =
    "import ctypes, os\n"
    "ctypes.CDLL(os.path.join(os.path.dirname(__file__), 'lib', 'libone.so'))\n";

std::string with_rpath(const std::string& soname, const Names& needed, const Names& rpath) {
  return library(soname, needed, rpath, SearchPathKind::rpath);
}

/// A wheel, and an edit of it.
struct Edited {
  explicit Edited(const Files& files, const std::string& required = {},
                  const std::string& platform = "manylinux_2_17_x86_64")
      : edit(open(files, required, platform)) {}

  Wheel open(const Files& files, const std::string& required, const std::string& platform) const {
    test::WheelText text{.name = "demo", .tag = "cp311-cp311-" + platform, .files = {}};
    for (const auto& [path, content] : files) text.files.push_back({.name = path, .content = content});
    if (!required.empty())
      text.metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nRequires-Dist: " + required + "\n";
    return Wheel::open(text.write(folder));
  }

  void write(const std::string& path, const std::string& content) { edit.set_content(path, content); }

  /// Each as `severity path: message | hint`.
  Names lost() const {
    Names texts;
    for (const auto& finding : lost_loads(edit)) {
      CHECK(finding.code == FindingCode::no_longer_loads);
      CHECK(finding.wheel == edit.wheel().path().string());
      texts.push_back(std::string(to_string(finding.severity)) + " " + *finding.path + ": " +
                      finding.message + " | " + finding.hint);
    }
    return texts;
  }

  test::TempFolder folder;
  WheelEdit edit;
};

/// A module whose RPATH is inherited by a library without a path, which needs another one.
Files inheriting() {
  return {{"demo/_C.so", with_rpath("_C.so", {"libone.so"}, {"$ORIGIN/../demo.libs"})},
          {"demo.libs/libone.so", library("libone.so", {"libtwo.so"})},
          {"demo.libs/libtwo.so", library("libtwo.so")}};
}

}  // namespace

TEST_CASE("a RUNPATH ends what a library inherits, and the module no longer loads") {
  Edited scene(inheriting());
  scene.write("demo.libs/libone.so", library("libone.so", {"libtwo.so"}, {"$ORIGIN/../elsewhere"}));
  CHECK(scene.lost() ==
        Names{"error demo/_C.so: libtwo.so" + missing +
              " | needed by demo.libs/libone.so, by demo/_C.so; demo.libs/libone.so has a RUNPATH now, so it "
              "inherits no RPATH: `--rpath-kind rpath` keeps that, or `--add-rpath "
              "'demo.libs/libone.so=$ORIGIN'` makes it search there itself"});
  scene.write("demo.libs/libone.so",
              library("libone.so", {"libtwo.so"}, {"$ORIGIN/../elsewhere", "$ORIGIN"}));
  CHECK(scene.lost().empty());
  scene.write("demo.libs/libone.so", with_rpath("libone.so", {"libtwo.so"}, {"$ORIGIN/../elsewhere"}));
  CHECK(scene.lost().empty());
}

TEST_CASE("with musl both kinds of path are inherited") {
  Edited scene(inheriting(), "", "musllinux_1_1_x86_64");
  scene.write("demo.libs/libone.so", library("libone.so", {"libtwo.so"}, {"$ORIGIN/../elsewhere"}));
  scene.write("demo/_C.so", library("_C.so", {"libone.so"}, {"$ORIGIN/../demo.libs"}));
  CHECK(scene.lost().empty());
  scene.write("demo/_C.so", library("_C.so", {"libone.so"}));
  CHECK(
      scene.lost() ==
      Names{"error demo/_C.so: Error loading shared library libone.so: No such file or directory (needed by "
            "demo/_C.so) | needed by demo/_C.so; the wheel has it as demo.libs/libone.so, but no search path "
            "that applies leads there any more: `--add-rpath 'demo/_C.so=$ORIGIN/../demo.libs'`"});
}

TEST_CASE("what needs a removed library no longer loads; the removed library itself isn't reported") {
  Edited scene(inheriting());
  scene.edit.remove("demo.libs/libtwo.so");
  CHECK(scene.lost() == Names{"error demo/_C.so: libtwo.so" + missing +
                              " | needed by demo.libs/libone.so, by demo/_C.so; demo.libs/libtwo.so is no "
                              "longer in the wheel: leave it there, or remove what needs it too"});
  scene.edit.remove("demo/_C.so");
  scene.edit.remove("demo.libs/libone.so");
  CHECK(scene.lost().empty());
}

TEST_CASE("a name that nothing has is reported if it replaces one that led somewhere") {
  Edited scene(inheriting());
  const auto needing = [&](const std::string& name) {
    scene.write("demo/_C.so", with_rpath("_C.so", {name}, {"$ORIGIN/../demo.libs"}));
    return scene.lost();
  };
  CHECK(needing("libtwo.so").empty());
  CHECK(needing("libm.so.6").empty());
  CHECK(needing("libnew.so") ==
        Names{"error demo/_C.so: libnew.so" + missing +
              " | needed by demo/_C.so; neither the wheel nor what its tags promise has a library of that "
              "name: is it spelled correctly?"});
}

TEST_CASE("a new name that may be in a wheel that this one requires isn't reported") {
  const auto needing = [](Edited&& scene, const std::string& entry) {
    scene.write("demo/_C.so", with_rpath("_C.so", {"libnew.so"}, {"$ORIGIN/../demo.libs", entry}));
    return scene.lost().size();
  };
  CHECK(needing(Edited(inheriting(), "other"), "$ORIGIN/../other/lib") == 0);
  CHECK(needing(Edited(inheriting()), "/opt/other/lib") == 0);
  CHECK(needing(Edited(inheriting(), "other"), "$ORIGIN/../demo") == 1);
  CHECK(needing(Edited(inheriting()), "$ORIGIN/../other/lib") == 1);
}

TEST_CASE("of a module that failed before only what it had is reported as lost") {
  auto files = inheriting();
  files["demo/_C.so"] = with_rpath("_C.so", {"libother.so", "libone.so"}, {"$ORIGIN/../demo.libs"});
  Edited scene(files);
  const auto needing = [&](const Names& names) {
    scene.write("demo/_C.so", with_rpath("_C.so", names, {"$ORIGIN/../demo.libs"}));
    return scene.lost().size();
  };
  CHECK(needing({"libother.so", "libone.so", "libm.so.6"}) == 0);
  CHECK(needing({"libother2.so", "libone.so"}) == 0);
  CHECK(needing({"libother.so", "libone.so", "libmore.so"}) == 0);
  scene.edit.remove("demo.libs/libtwo.so");
  CHECK(needing({"libother.so", "libone.so"}) == 1);
  CHECK(scene.lost().front().starts_with("error demo/_C.so: libtwo.so: cannot open"));
}

TEST_CASE("a library that Python code loads no longer loads, or is gone") {
  const Files files{{"demo/__init__.py", loading_code},
                    {"demo/lib/libone.so", library("libone.so", {"libtwo.so"}, {"$ORIGIN"})},
                    {"demo/lib/libtwo.so", library("libtwo.so")}};
  Edited scene(files);
  scene.write("demo/lib/libone.so", library("libone.so", {"libtwo.so"}));
  CHECK(scene.lost() ==
        Names{"error demo/lib/libone.so: libtwo.so" + missing +
              " | needed by demo/lib/libone.so, loaded by demo/__init__.py; the wheel has it as "
              "demo/lib/libtwo.so, but no search path that applies leads there any more: `--add-rpath "
              "'demo/lib/libone.so=$ORIGIN'`"});
  Edited removed(files);
  removed.edit.remove("demo/lib/libone.so");
  CHECK(removed.lost() == Names{"error demo/lib/libone.so" + missing +
                                " | loaded by demo/__init__.py; demo/lib/libone.so is no longer in the "
                                "wheel: leave it there, or remove what needs it too"});
  removed.write("demo/__init__.py", "");
  CHECK(removed.lost().empty());
}

TEST_CASE("of several names for a library the one that exists counts") {
  Edited scene({{"demo/__init__.py",
                 "import ctypes, os, sys\n"
                 "name = 'libone' + ('.dylib' if sys.platform == 'darwin' else '.so')\n"
                 "ctypes.CDLL(os.path.join(os.path.dirname(__file__), name))\n"},
                {"demo/libone.so", library("libone.so", {"libother.so"})}});
  CHECK(scene.lost().empty());
  scene.edit.remove("demo/libone.so");
  REQUIRE(scene.lost().size() == 1);
  CHECK(scene.lost().front().starts_with("error demo/libone.so: cannot open"));
}

TEST_CASE("a library that Python code can go on without is a warning") {
  const std::string caught =
      "import ctypes, os\ntry:\n    ctypes.CDLL(os.path.join(os.path.dirname(__file__), 'libone.so'))\n"
      "except OSError:\n    pass\n";
  Edited scene({{"demo/__init__.py", caught}, {"demo/libone.so", library("libone.so")}});
  scene.write("demo/libone.so", library("libone.so", {"libgone.so"}));
  REQUIRE(scene.lost().size() == 1);
  CHECK(scene.lost().front().starts_with("warning demo/libone.so: libgone.so: cannot open"));
}

TEST_CASE("a library that nothing is known to load is a warning, but an error in a wheel of only libraries") {
  Files files{{"demo/lib/libone.so", library("libone.so", {"libtwo.so"}, {"$ORIGIN"})},
              {"demo/lib/libtwo.so", library("libtwo.so")}};
  const auto severity = [](Edited&& scene) {
    scene.edit.remove("demo/lib/libtwo.so");
    const auto lost = scene.lost();
    REQUIRE(lost.size() == 1);
    return lost.front().substr(0, lost.front().find(' '));
  };
  CHECK(severity(Edited(files)) == "error");
  files["demo/_C.so"] = library("_C.so");
  CHECK(severity(Edited(files)) == "warning");
}

TEST_CASE(
    "a module that now needs another one first is an error, or a warning if its package may import that") {
  const auto lost = [](const std::string& init) {
    auto files = inheriting();
    files["demo/__init__.py"] = init;
    files["demo/_D.so"] = with_rpath("_D.so", {"libtwo.so"}, {"$ORIGIN/../demo.libs"});
    Edited scene(files);
    scene.write("demo/_D.so", library("_D.so", {"libtwo.so"}));
    const auto texts = scene.lost();
    return texts.empty() ? "" : texts.front().substr(0, texts.front().find(':'));
  };
  CHECK(lost("") == "error demo/_D.so");
  CHECK(lost("if x: from ._C import *\n") == "warning demo/_D.so");
  CHECK(lost("from ._C import *\n") == "");
}

TEST_CASE("a module that needs a removed DLL no longer loads") {
  Edited scene({{"demo/_C.pyd", test::pe_image({.needed = {"One.dll", "KERNEL32.dll"}})},
                {"demo/one.dll", test::pe_image({.needed = {}})}},
               "", "win_amd64");
  scene.edit.remove("demo/one.dll");
  REQUIRE(scene.lost().size() == 1);
  CHECK(scene.lost().front().starts_with("error demo/_C.pyd: "));
  CHECK(scene.lost().front().find("demo/one.dll is no longer in the wheel") != std::string::npos);
}

TEST_CASE("libraries are read only if one changes, or what Python code says about them") {
  auto files = inheriting();
  files["demo/__init__.py"] = "import ctypes\nctypes.CDLL('libone.so')\nnames = ['libtwo.so', 'libz.so.1']\n";
  Edited scene(files);
  const auto changes = [&](const std::string& path, const std::string& content) {
    scene.write(path, content);
    const bool may = may_change_loads(scene.edit);
    scene.write(path, files.contains(path) ? files[path] : "");
    return may;
  };
  CHECK_FALSE(changes("demo/__init__.py",
                      "import ctypes\nctypes.CDLL('libone.so')\n"
                      "names = ['libz.so.1', 'libtwo.so', 'else']\n"));
  CHECK(changes("demo/__init__.py", "import ctypes\nctypes.CDLL('libone.so')\nnames = []\n"));
  CHECK(changes("demo/__init__.py", ""));
  CHECK_FALSE(changes("demo/other.py", "names = ['libtwo.so']\n"));
  CHECK_FALSE(changes("demo/data.bin", "data"));
  CHECK(changes("demo/_C.so", library("_C.so")));
  scene.edit.remove("demo/data.bin");
  CHECK_FALSE(may_change_loads(WheelEdit(scene.edit.wheel())));
}

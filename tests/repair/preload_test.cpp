#include <wheelfix/error.hpp>

#include "repair/preload_module.hpp"
#include "repair/repair_scene.hpp"

using namespace wheelfix;
using test::library;
using Names = std::vector<std::string>;
using Given = std::map<std::string, std::string>;

namespace {

class Scene : public test::RepairScene {
 public:
  explicit Scene(const std::string& layout = "split", std::string tag = "py3-none-manylinux2014_x86_64")
      : test::RepairScene(layout, std::move(tag)) {
    options.way = RepairWay::preload;
  }
};

constexpr auto loads_libpre =
    "import ctypes, os\n"
    "ctypes.CDLL(os.path.join(os.path.dirname(__file__), 'lib', 'libpre.so'))\n";
constexpr auto import_line = "from . import _wheelfix_preload\n";

}  // namespace

TEST_CASE("a package loads all that is out of reach, each after what it needs, and no other wheel changes") {
  Scene scene;
  scene.add("app", {{"app/__init__.py", ""}, {"app/_C.so", library("_C.so", {"libone.so", "libc.so.6"})}});
  scene.add("one", {{"one/libone.so", library("libone.so", {"libtwo.so"})}});
  scene.add("two", {{"two/lib/libtwo.so", library("libtwo.so")}, {"two/libmore.so", library("libmore.so")}});
  CHECK(scene.run() == Given{{"app/_wheelfix_preload.py", "preload two/lib/libtwo.so one/libone.so"}});
  CHECK(scene.wheels[0].read("app/__init__.py") == import_line);
  CHECK(scene.wheels[0].read("app/_wheelfix_preload.py") ==
        preload_module({"two/lib/libtwo.so", "one/libone.so"}));
  CHECK(scene.wheels[0].overlay().size() == 2);
  CHECK(scene.wheels[1].overlay().empty());
  CHECK(scene.wheels[2].overlay().empty());
  CHECK(scene.report.findings.empty());
}

TEST_CASE("a package that already imports isn't changed") {
  for (const auto* layout : {"shared", "split"}) {
    Scene scene(layout);
    scene.add("app", {{"app/__init__.py", ""},
                      {"app/_C.so", library("_C.so", {"libown.so"}, {"$ORIGIN"})},
                      {"app/libown.so", library("libown.so")}});
    scene.add("one", {{"one/_C.so", library("_C.so", {"libdep.so"}, {"$ORIGIN/../dep/lib"})},
                      {"one/__init__.py", "import ctypes\nctypes.CDLL(find('libdep.so'))\n"}});
    scene.add("dep", {{"dep/lib/libdep.so", library("libdep.so")}});
    CHECK(scene.run().empty());
    for (const auto& wheel : scene.wheels) CHECK(wheel.overlay().empty());
  }
}

TEST_CASE("a package's own preloading in a wrong order is fixed") {
  Scene scene;
  scene.add("app",
            {{"app/__init__.py",
              "import ctypes\nfor name in ('libsolver.so.1', 'libsparse.so.1'): ctypes.CDLL(find(name))\n"},
             {"app/_C.so", library("_C.so", {"libsolver.so.1", "libsparse.so.1"})}});
  scene.add("solver", {{"nvidia/solver/lib/libsolver.so.1", library("libsolver.so.1", {"libsparse.so.1"})}});
  scene.add("sparse", {{"nvidia/sparse/lib/libsparse.so.1", library("libsparse.so.1")}});
  CHECK(scene.run() == Given{{"app/_wheelfix_preload.py",
                              "preload nvidia/sparse/lib/libsparse.so.1 nvidia/solver/lib/libsolver.so.1"}});
}

TEST_CASE("each package that fails gets a module, unless the import of a required wheel fixes it") {
  Scene scene;
  scene.add("vision", {{"vision/__init__.py", ""}, {"vision/_C.so", library("_C.so", {"libdep.so"})}}, "app");
  scene.add("app", {{"app/__init__.py", ""},
                    {"app/_C.so", library("_C.so", {"libdep.so"})},
                    {"extra/__init__.py", ""},
                    {"extra/_E.so", library("_E.so", {"libdep.so"})}});
  scene.add("dep", {{"dep/libdep.so", library("libdep.so")}});
  CHECK(scene.run() == Given{{"app/_wheelfix_preload.py", "preload dep/libdep.so"},
                             {"extra/_wheelfix_preload.py", "preload dep/libdep.so"}});
  CHECK(scene.report.findings.empty());
}

TEST_CASE("the outermost package that no other wheel shares preloads") {
  Scene scene;
  const auto module = library("_C.so", {"libdep.so"});
  scene.add("one", {{"space/one/__init__.py", ""},
                    {"space/one/inner/__init__.py", ""},
                    {"space/one/inner/_C.so", module}});
  scene.add("two",
            {{"legacy/__init__.py", ""}, {"legacy/two/__init__.py", ""}, {"legacy/two/_C.so", module}});
  scene.add("three", {{"legacy/__init__.py", ""}});
  scene.add("four", {{"four-1.0.data/platlib/four/__init__.py", ""},
                     {"four-1.0.data/platlib/four/_C.so", library("_C.so", {"libown.so"})},
                     {"four-1.0.data/platlib/four/lib/libown.so", library("libown.so")}});
  scene.add("dep", {{"dep/libdep.so", library("libdep.so")}});
  CHECK(scene.run() ==
        Given{{"space/one/_wheelfix_preload.py", "preload dep/libdep.so"},
              {"legacy/two/_wheelfix_preload.py", "preload dep/libdep.so"},
              {"four-1.0.data/platlib/four/_wheelfix_preload.py", "preload four/lib/libown.so"}});
}

// Python imports __init__.cpython-311-….so, and never looks at __init__.py.
TEST_CASE("a package whose __init__ is compiled doesn't preload, but one inside it does") {
  const auto init = "app/__init__.cpython-311-x86_64-linux-gnu.so";
  for (const std::string folder : {"app/", "app/inner/"}) {
    Scene scene;
    scene.add("app", {{"app/__init__.py", ""},
                      {init, library("__init__.so")},
                      {"app/inner/__init__.py", ""},
                      {folder + "_C.so", library("_C.so", {"libone.so"})}});
    scene.add("one", {{"one/libone.so", library("libone.so")}});
    const bool is_inner = folder == "app/inner/";
    CHECK(scene.run() ==
          (is_inner ? Given{{folder + "_wheelfix_preload.py", "preload one/libone.so"}} : Given{}));
    CHECK(scene.report.findings.size() == (is_inner ? 0 : 1));
  }
}

TEST_CASE("a library that code loads by path, or may open later, finds what it needs loaded") {
  Scene scene;
  scene.add("app", {{"app/__init__.py", loads_libpre},
                    {"app/_C.so", library("_C.so", {})},
                    {"app/lib/libpre.so", library("libpre.so", {"libdep.so"}, {"$ORIGIN/../../dep"})},
                    {"app/lib/liblater.so", library("liblater.so", {"libother.so"}, {"$ORIGIN/../../dep"})},
                    {"app/lib/libodd.so",
                     library("libodd.so", {"libthird.so", "libalias.so"}, {"$ORIGIN/../../dep"})},
                    {"app/lib/libbroken.so",
                     library("libbroken.so", {"libthird.so", "libnowhere.so"}, {"$ORIGIN/../../dep"})}});
  scene.add("dep", {{"dep/libdep.so", library("libdep.so")},
                    {"dep/libother.so", library("libother.so")},
                    {"dep/libthird.so", library("libthird.so")},
                    {"dep/libalias.so", library("libnamed-otherwise.so")}});
  CHECK(scene.run() == Given{{"app/_wheelfix_preload.py", "preload dep/libdep.so dep/libother.so"}});
  CHECK(scene.report.findings.empty());
}

TEST_CASE("if a library of its own or of another wheel would do, the other wheel's is loaded") {
  Scene scene;
  scene.add("app", {{"app/__init__.py", ""},
                    {"app/_C.so", library("_C.so", {"libone.so", "libown.so"}, {"$ORIGIN"})},
                    {"app/libown.so", library("libown.so", {"libone.so"}, {"$ORIGIN/../../one/one"})}});
  scene.add("one", {{"one/libone.so", library("libone.so")}});
  CHECK(scene.run() == Given{{"app/_wheelfix_preload.py", "preload one/libone.so"}});
}

TEST_CASE("a failure of what the package's code loads is reported with its chain") {
  Scene scene;
  scene.add("app", {{"app/__init__.py", loads_libpre},
                    {"app/_C.so", library("_C.so", {})},
                    {"app/lib/libpre.so", library("libpre.so", {"libone.so"})}});
  scene.add("one", {{"one/libone.so", library("libone.so", {"libgone.so"})}});
  scene.run();
  REQUIRE(scene.codes() == Names{"import-fails"});
  const auto& finding = scene.report.findings.front();
  CHECK(finding.message == "libone.so: cannot open shared object file: No such file or directory");
  CHECK(finding.hint.starts_with("libone.so needs libgone.so: no given wheel has it"));
}

TEST_CASE("a path at which a later wheel has a file that isn't a library is not preloaded") {
  Scene scene("shared");
  scene.add("app", {{"app/__init__.py", ""}, {"app/_C.so", library("_C.so", {"libone.so"})}});
  scene.add("one", {{"one/libone.so", library("libone.so")}});
  scene.add("two", {{"one/libone.so", std::string(100, 'x')}});
  CHECK(scene.run().empty());
  CHECK(scene.codes() == Names{"import-fails"});
}

TEST_CASE("what works by preloading needs no search path") {
  Scene scene;
  scene.add("app", {{"app/__init__.py", loads_libpre},
                    {"app/_C.so", library("_C.so", {"libdep.so"})},
                    {"app/lib/libpre.so", library("libpre.so", {"libdep.so"}, {"$ORIGIN/../../dep"})}});
  scene.add("dep", {{"dep/libdep.so", library("libdep.so")}});
  CHECK(scene.run() == Given{{"app/_wheelfix_preload.py", "preload dep/libdep.so"}});
  scene.options.way = RepairWay::search_paths;
  CHECK(scene.run().empty());
}

TEST_CASE("an existing module is written again with what it loaded before, and imported once") {
  Scene scene;
  scene.add("app", {{"app/__init__.py", import_line},
                    {"app/_wheelfix_preload.py", preload_module({"one/libone.so", "gone/libgone.so"})},
                    {"app/_C.so", library("_C.so", {"libone.so"})},
                    {"app/_D.so", library("_D.so", {"libtwo.so"})}});
  scene.add("one", {{"one/libone.so", library("libone.so")}});
  scene.add("two", {{"two/libtwo.so", library("libtwo.so")}});
  CHECK(scene.run() == Given{{"app/_wheelfix_preload.py", "preload one/libone.so two/libtwo.so"}});
  CHECK(scene.wheels[0].overlay().size() == 1);
}

TEST_CASE("an existing module to which nothing can be added stays unchanged") {
  Scene scene;
  scene.add("app", {{"app/__init__.py", import_line},
                    {"app/_wheelfix_preload.py", preload_module({"one/libone.so"})},
                    {"app/_C.so", library("_C.so", {"libone.so"})},
                    {"app/_D.so", library("_D.so", {"libgone.so"})}});
  scene.add("one", {{"one/libone.so", library("libone.so")}});
  CHECK(scene.run().empty());
  CHECK(scene.codes() == Names{"import-fails"});
  CHECK(scene.wheels[0].overlay().empty());
}

TEST_CASE("a package whose code can't be read, or that has its own file of the module's name, is refused") {
  for (const Given& files : {Given{{"app/__init__.py", "'"}},
                             Given{{"app/__init__.py", ""}, {"app/_wheelfix_preload.py", "mine = 1\n"}}}) {
    Scene scene;
    auto all = files;
    all["app/_C.so"] = library("_C.so", {"libdep.so"});
    scene.add("able", {{"able/__init__.py", ""}, {"able/_C.so", library("_C.so", {"libdep.so"})}});
    scene.add("app", all);
    scene.add("dep", {{"dep/libdep.so", library("libdep.so")}});
    CHECK_THROWS_AS(scene.run(), Error);
    for (const auto& wheel : scene.wheels) CHECK(wheel.overlay().empty());
  }
}

TEST_CASE("wheels for macOS are refused like without preloading, and those for musl even if nothing fails") {
  for (const auto way : {RepairWay::search_paths, RepairWay::preload}) {
    Scene mac("split", "py3-none-macosx_11_0_arm64");
    mac.options.way = way;
    mac.add("app", {{"app/__init__.py", ""}, {"app/_C.so", library("_C.so", {"libdep.so"})}});
    try {
      mac.run();
      FAIL("runs");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::bad_wheel);
      CHECK(error.message().starts_with("won't import, and only libraries of Linux"));
    }
  }
  Scene musl("split", "py3-none-musllinux_1_1_x86_64");
  musl.add("app", {{"app/__init__.py", ""}, {"app/_C.so", library("_C.so")}});
  try {
    musl.run();
    FAIL("runs");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::bad_wheel);
    CHECK(error.subject() == musl.wheels[0].wheel().path().string());
    CHECK(error.message().starts_with("is for musl, whose loader never uses a library"));
  }
}

TEST_CASE("a name is written so that Python reads the same") {
  const auto text = preload_module({"a/lib\"x\xC3\xA9\x01.so"});
  CHECK(text.find("\n    \"a/lib\\\"x\xC3\xA9\\x01.so\",\n") != std::string::npos);
}

#include "repair/repair_scene.hpp"

using namespace wheelfix;
using test::library;
using Kind = SearchPathKind;
using Scene = test::RepairScene;
using Names = std::vector<std::string>;
using Given = std::map<std::string, std::string>;

TEST_CASE("a module gets the folder of another wheel's library, and that wheel stays unchanged") {
  Scene scene;
  scene.add("app", {{"app/_C.so", library("_C.so", {"libdep.so", "libc.so.6"}, {"$ORIGIN/../dep/lib"})}});
  scene.add("My.Dep", {{"dep/lib/libdep.so", library("libdep.so")}});
  CHECK(scene.run() == Given{{"app/_C.so", "runpath $ORIGIN/../../my_dep/dep/lib"}});
  CHECK(scene.path_of("app/_C.so") == "runpath $ORIGIN/../dep/lib $ORIGIN/../../my_dep/dep/lib");
  CHECK(scene.wheels[1].overlay().empty());
  CHECK(scene.report.findings.empty());
}

TEST_CASE("what imports already is left alone") {
  Scene shared("shared");
  Scene split("split");
  for (auto* scene : {&shared, &split}) {
    scene->add("app", {{"app/_C.so", library("_C.so", {"libown.so", "libcuda.so.1"}, {"$ORIGIN/lib"})},
                       {"app/lib/libown.so", library("libown.so")}});
    scene->add("one", {{"one/_C.so", library("_C.so", {"libdep.so"}, {"$ORIGIN/../dep/lib"})},
                       {"one/__init__.py", "import ctypes\nctypes.CDLL(find('libdep.so'))\n"}});
    scene->add("dep", {{"dep/lib/libdep.so", library("libdep.so")}});
    CHECK(scene->run().empty());
    CHECK(scene->report.findings.empty());
    for (const auto& wheel : scene->wheels) CHECK(wheel.overlay().empty());
  }
}

TEST_CASE("a chain over three wheels inherits the path of the module, which becomes RPATH") {
  Scene scene;
  scene.add("app", {{"app/_C.so", library("_C.so", {"libone.so"}, {"$ORIGIN"})}});
  scene.add("one", {{"one/libone.so", library("libone.so", {"libtwo.so"})}});
  scene.add("two", {{"two/libtwo.so", library("libtwo.so")}});
  CHECK(scene.run() == Given{{"app/_C.so", "rpath $ORIGIN/../../one/one $ORIGIN/../../two/two"}});
  CHECK(scene.path_of("app/_C.so") == "rpath $ORIGIN $ORIGIN/../../one/one $ORIGIN/../../two/two");
}

TEST_CASE("a library with RUNPATH inherits nothing, and gets the folder itself") {
  Scene scene;
  scene.add("app", {{"app/_C.so", library("_C.so", {"libone.so"})}});
  scene.add("one", {{"one/libone.so", library("libone.so", {"libtwo.so"}, {"$ORIGIN/../two"})}});
  scene.add("two", {{"two/libtwo.so", library("libtwo.so")}});
  CHECK(scene.run() == Given{{"app/_C.so", "rpath $ORIGIN/../../one/one"},
                             {"one/libone.so", "runpath $ORIGIN/../../two/two"}});
  CHECK(scene.path_of("one/libone.so") == "runpath $ORIGIN/../two $ORIGIN/../../two/two");
}

TEST_CASE("with only RUNPATH each library has the folders that it needs") {
  Scene scene;
  scene.options.rpath_kind = Kind::runpath;
  scene.add("app", {{"app/_C.so", library("_C.so", {"libone.so"}, {"$ORIGIN"}, Kind::rpath)}});
  scene.add("one", {{"one/libone.so", library("libone.so", {"libtwo.so"})}});
  scene.add("two", {{"two/libtwo.so", library("libtwo.so")}});
  CHECK(scene.run() == Given{{"app/_C.so", "runpath $ORIGIN/../../one/one"},
                             {"one/libone.so", "runpath $ORIGIN/../../two/two"}});
  CHECK(scene.path_of("app/_C.so") == "runpath $ORIGIN $ORIGIN/../../one/one");
}

TEST_CASE("with only RPATH a library's RUNPATH is turned into RPATH") {
  Scene scene;
  scene.options.rpath_kind = Kind::rpath;
  scene.add("app", {{"app/_C.so", library("_C.so", {"libone.so"})}});
  scene.add("one", {{"one/libone.so", library("libone.so", {"libtwo.so"}, {"$ORIGIN/../two"})}});
  scene.add("two", {{"two/libtwo.so", library("libtwo.so")}});
  CHECK(scene.run() == Given{{"app/_C.so", "rpath $ORIGIN/../../one/one"},
                             {"one/libone.so", "rpath $ORIGIN/../../two/two"}});
}

TEST_CASE("a RUNPATH that has all folders only becomes RPATH") {
  Scene scene;
  scene.add("app", {{"app/_C.so",
                     library("_C.so", {"libone.so"}, {"$ORIGIN/../../one/one", "$ORIGIN/../../two/two"})}});
  scene.add("one", {{"one/libone.so", library("libone.so", {"libtwo.so"})}});
  scene.add("two", {{"two/libtwo.so", library("libtwo.so")}});
  CHECK(scene.run() == Given{{"app/_C.so", "rpath"}});
  CHECK(scene.path_of("app/_C.so") == "rpath $ORIGIN/../../one/one $ORIGIN/../../two/two");
}

TEST_CASE("a folder that is inherited anyway isn't added again") {
  Scene scene;
  scene.add("app", {{"app/_C.so", library("_C.so", {"libown.so", "libq.so"}, {"$ORIGIN/lib"}, Kind::rpath)},
                    {"app/lib/libown.so", library("libown.so", {"libx.so"})}});
  scene.add("q", {{"q/libq.so", library("libq.so", {"liby.so"})}});
  scene.add("dep", {{"dep/libx.so", library("libx.so")}, {"dep/liby.so", library("liby.so")}});
  CHECK(scene.run() == Given{{"app/_C.so", "rpath $ORIGIN/../../q/q $ORIGIN/../../dep/dep"}});
  CHECK(scene.path_of("app/lib/libown.so") == "rpath");
}

TEST_CASE("libraries that need each other are repaired") {
  Scene scene;
  scene.add("app", {{"app/_C.so", library("_C.so", {"liba.so"}, {"$ORIGIN"}, Kind::rpath)}});
  scene.add("a", {{"a/liba.so", library("liba.so", {"libb.so"})}});
  scene.add("b", {{"b/libb.so", library("libb.so", {"liba.so"})}});
  CHECK(scene.run() == Given{{"app/_C.so", "rpath $ORIGIN/../../a/a $ORIGIN/../../b/b"}});
}

TEST_CASE("each module is repaired by itself, and those of a required wheel first") {
  Scene scene;
  scene.add("vision", {{"vision/_C.so", library("_C.so", {"libcore.so"})}}, "app>=1");
  scene.add("app",
            {{"app/_C.so", library("_C.so", {"libcore.so", "libone.so"}, {"$ORIGIN/lib"}, Kind::rpath)},
             {"app/_D.so", library("_D.so", {"libtwo.so"})},
             {"app/lib/libcore.so", library("libcore.so")}});
  scene.add("dep", {{"dep/libone.so", library("libone.so")}, {"dep/libtwo.so", library("libtwo.so")}});
  CHECK(scene.run() ==
        Given{{"app/_C.so", "rpath $ORIGIN/../../dep/dep"}, {"app/_D.so", "rpath $ORIGIN/../../dep/dep"}});
  CHECK(scene.report.findings.empty());
  CHECK(scene.wheels[0].overlay().empty());
}

TEST_CASE(
    "libraries that Python code loads by path are repaired, and those of a changed wheel that may be opened "
    "later") {
  Scene scene;
  const Names paths = {"$ORIGIN", "$ORIGIN/../../dep"};
  scene.add(
      "app",
      {{"app/__init__.py",
        "import ctypes, os\nctypes.CDLL(os.path.join(os.path.dirname(__file__), 'lib', 'libpre.so'))\n"},
       {"app/_C.so", library("_C.so", {})},
       {"app/lib/libpre.so", library("libpre.so", {"libdep.so"}, paths, Kind::rpath)},
       {"app/lib/liblater.so", library("liblater.so", {"libother.so"}, paths)},
       {"app/lib/libbroken.so", library("libbroken.so", {"libother.so", "libnowhere.so"}, paths)}});
  scene.add("dep", {{"dep/libdep.so", library("libdep.so")}, {"dep/libother.so", library("libother.so")}});
  scene.add("quiet", {{"quiet/libquiet.so", library("libquiet.so", {"libdep.so"}, {"$ORIGIN/../dep"})}});
  CHECK(scene.run() == Given{{"app/lib/libpre.so", "rpath $ORIGIN/../../../dep/dep"},
                             {"app/lib/liblater.so", "runpath $ORIGIN/../../../dep/dep"}});
  CHECK(scene.report.findings.empty());
}

TEST_CASE("libraries that Python code loads by path are repaired in a wheel without extension modules") {
  Scene scene;
  scene.add("app", {{"app/__init__.py",
                     "import ctypes, os\nctypes.CDLL(os.path.dirname(__file__) + '/libapp.so')\n"},
                    {"app/libapp.so", library("libapp.so", {"libdep.so"}, {"$ORIGIN/../dep"})}});
  scene.add("dep", {{"dep/libdep.so", library("libdep.so")}});
  CHECK(scene.run() == Given{{"app/libapp.so", "runpath $ORIGIN/../../dep/dep"}});
}

TEST_CASE("a wheel that must not change doesn't, and what then fails is reported with its chain") {
  Scene scene;
  scene.add("app", {{"app/_C.so", library("_C.so", {"libone.so"})}});
  scene.add_other("one", {{"one/libone.so", library("libone.so", {"libtwo.so"}, {"$ORIGIN/../two"})}});
  scene.add_other("two",
                  {{"two/libtwo.so", library("libtwo.so")}, {"two/_C.so", library("_C.so", {"libgone.so"})}});
  CHECK(scene.run() == Given{{"app/_C.so", "rpath $ORIGIN/../../one/one"}});
  REQUIRE(scene.codes() == Names{"import-fails"});
  const auto& finding = scene.report.findings.front();
  CHECK(finding.path == "app/_C.so");
  CHECK(finding.severity == Severity::error);
  CHECK(finding.message == "libtwo.so: cannot open shared object file: No such file or directory");
  CHECK(finding.hint.starts_with("_C.so needs libone.so needs libtwo.so: "));
  CHECK(finding.hint.find("two-1.0-py3-none-manylinux2014_x86_64.whl has it, but") != std::string::npos);
}

TEST_CASE("what no wheel has, or has for another machine or under another file name, is reported") {
  Scene scene;
  StubTemplate foreign;
  foreign.file = "stub.toml";
  foreign.soname = "libarm.so";
  foreign.machine = "aarch64";
  scene.add("app", {{"app/_A.so", library("_A.so", {"libgone.so"})},
                    {"app/_B.so", library("_B.so", {"libarm.so"})},
                    {"app/_C.so", library("_C.so", {"libnamed.so.1"})}});
  scene.add("dep", {{"dep/libarm.so", make_stub(foreign, {})},
                    {"dep/libnamed-0123.so.1", library("libnamed.so.1")}});
  CHECK(scene.run().empty());
  CHECK(scene.codes() == Names{"import-fails", "import-fails", "import-fails"});
  const auto& findings = scene.report.findings;
  CHECK(findings[0].hint.ends_with(
      "no given wheel has it: also give the wheel that has it, or a folder that has it with --lib-dir"));
  CHECK(findings[1].hint.starts_with("_B.so needs libarm.so: no given wheel has it"));
  CHECK(findings[2].hint.ends_with(
      " has it as dep/libnamed-0123.so.1, a file of another name: only its soname is that, and "
      "the loader searches by file name; repair with --preload"));
}

TEST_CASE("of two libraries of a name the same wheel's is preferred, then a required wheel's") {
  Scene scene;
  scene.add("aaa", {{"aaa/libx.so", library("libx.so")}, {"aaa/liby.so", library("liby.so")}});
  scene.add("dep", {{"dep/libx.so", library("libx.so")}});
  scene.add(
      "app",
      {{"app/_C.so", library("_C.so", {"libx.so", "liby.so"})}, {"app/lib/liby.so", library("liby.so")}},
      "dep");
  CHECK(scene.run()["app/_C.so"] == "rpath $ORIGIN/../../dep/dep $ORIGIN/lib");
}

TEST_CASE("musl's libraries inherit RUNPATH too") {
  Scene scene("split", "py3-none-musllinux_1_1_x86_64");
  scene.add("app", {{"app/_C.so", library("_C.so", {"libone.so", "libc.musl-x86_64.so.1"})}});
  scene.add("one", {{"one/libone.so", library("libone.so", {"libtwo.so"}, {"$ORIGIN/../two"})}});
  scene.add("two", {{"two/libtwo.so", library("libtwo.so")}});
  CHECK(scene.run() == Given{{"app/_C.so", "runpath $ORIGIN/../../one/one $ORIGIN/../../two/two"}});
}

TEST_CASE("with musl a soname alone helps nothing, however the library is loaded") {
  Scene scene("split", "py3-none-musllinux_1_1_x86_64");
  scene.add("app", {{"app/_C.so", library("_C.so", {"libdep.so.1", "libc.musl-x86_64.so.1"})}});
  scene.add("dep", {{"dep/libdep.so.1.2", library("libdep.so.1")}});
  CHECK(scene.run().empty());
  REQUIRE(scene.codes() == Names{"import-fails"});
  CHECK(scene.report.findings[0].hint.ends_with(" the loader searches by file name"));
}

TEST_CASE("folders are right in a layout of any names, and for entries whose names are globs") {
  Scene scene("split:dep_{name}/site-packages");
  scene.add("app", {{"app/[_C]*.so", library("_C.so", {"libdep.so"})}, {"app/_C.so", library("_C.so")}});
  scene.add("dep", {{"dep/libdep.so", library("libdep.so")}});
  CHECK(scene.run() == Given{{"app/[_C]*.so", "rpath $ORIGIN/../../../dep_dep/site-packages/dep"}});
  CHECK(scene.path_of("app/_C.so") == "rpath");
}

TEST_CASE("a library that can't be read is reported") {
  Scene scene;
  scene.add("app", {{"app/_C.so", library("_C.so").substr(0, 100)}});
  scene.run();
  REQUIRE(scene.codes() == Names{"bad-library"});
  CHECK(scene.report.findings.front().severity == Severity::warning);
}

#include <wheelfix/error.hpp>
#include <wheelfix/stub.hpp>

#include "binary/pe_builder.hpp"
#include "repair/repair_scene.hpp"

using namespace wheelfix;
using test::library;
using test::RepairScene;
using Names = std::vector<std::string>;

namespace {

const std::string load_deps =
    "import ctypes, os\n"
    "ctypes.CDLL(os.path.join(os.path.dirname(__file__), 'lib', 'libtorch_global_deps.so'))\n";

/// Like torch, without its libtorch_global_deps.so.
void add_torch(RepairScene& scene) {
  scene.add("torch", {{"torch/__init__.py", load_deps},
                      {"torch/_C.so", library("_C.so", {"libtorch_cpu.so"}, {"$ORIGIN/lib"})},
                      {"torch/lib/libtorch_cpu.so",
                       library("libtorch_cpu.so", {"libcublas.so.12", "libc.so.6"},
                               {"$ORIGIN:$ORIGIN/../../nvidia/cublas/lib"}, SearchPathKind::rpath)}});
  scene.add_other("nvidia_cublas_cu12", {{"nvidia/cublas/lib/libcublas.so.12", library("libcublas.so.12")}});
}

BinaryInfo info_of(const WheelEdit& wheel, const std::string& entry) {
  return read_library(wheel, entry).info;
}

}  // namespace

TEST_CASE("a missing library comes from a folder, and so does what that lacks") {
  test::TempFolder folder;
  folder.write("libgone.so.1", library("libgone.so.1", {"libfar.so"}));
  folder.write("libfar.so", library("libfar.so"));
  folder.write("libother.so", library("libother.so"));
  RepairScene scene("shared");
  scene.add("demo", {{"demo/_C.so", library("_C.so", {"liba.so"}, {"$ORIGIN/lib"})},
                     {"demo/lib/liba.so", library("liba.so", {"libgone.so.1"}, {"$ORIGIN"})}});
  scene.options.library_folders = {folder.path()};
  CHECK(scene.run() == std::map<std::string, std::string>{{"demo/lib/libgone.so.1", "rpath $ORIGIN"}});
  REQUIRE(scene.report.supplied.size() == 2);
  CHECK(scene.report.supplied[0].entry == "demo/lib/libgone.so.1");
  CHECK(scene.report.supplied[0].file == folder.path() / "libgone.so.1");
  CHECK(scene.report.supplied[1].entry == "demo/lib/libfar.so");
  CHECK(scene.codes().empty());
  CHECK(scene.wheels[0].mode("demo/lib/libfar.so") == 0755);
  CHECK(info_of(scene.wheels[0], "demo/lib/libgone.so.1").needed == Names{"libfar.so"});
}

TEST_CASE("torch's library of dependencies is made if allowed, and needs what the wheel's libraries need") {
  for (const bool makes : {false, true}) {
    RepairScene scene("shared");
    add_torch(scene);
    scene.options.auto_stub = makes;
    scene.run();
    CHECK(scene.wheels[0].contains(std::string(torch_global_deps)) == makes);
    CHECK(scene.codes() == (makes ? Names{} : Names{"missing-library"}));
    REQUIRE(scene.report.supplied.size() == (makes ? 1 : 0));
    if (!makes) {
      CHECK(scene.report.findings[0].severity == Severity::error);
      CHECK(scene.report.findings[0].hint ==
            "loaded by torch/__init__.py; `wheelfix repair --auto-stub` makes it");
      CHECK(scene.wheels[0].overlay().empty());
      continue;
    }
    CHECK(scene.report.supplied[0].file.empty());
    const auto made = info_of(scene.wheels[0], std::string(torch_global_deps));
    CHECK(made.needed == Names{"libcublas.so.12"});
    CHECK(made.rpath == Names{"$ORIGIN", "$ORIGIN/../../nvidia/cublas/lib"});
  }
}

TEST_CASE("an added library gets what it needs even if no search path leads there yet, and is added once") {
  test::TempFolder folder;
  folder.write("libgone.so.1", library("libgone.so.1", {"libfar.so", "odd"}));
  folder.write("libfar.so", library("libfar.so"));
  folder.write("odd", library("other"));  // not named like a library, and with another soname
  RepairScene scene("shared");
  scene.add("demo", {{"demo/_C.so", library("_C.so", {"libgone.so.1"})}});
  scene.options.library_folders = {folder.path()};
  CHECK(scene.run() == std::map<std::string, std::string>{{"demo/_C.so", "rpath $ORIGIN"}});
  CHECK(scene.report.supplied.size() == 3);
  CHECK(scene.codes().empty());
}

TEST_CASE("a folder that has the library is preferred to the template") {
  test::TempFolder folder;
  folder.write("libtorch_global_deps.so", library("libtorch_global_deps.so", {"libm.so.6"}));
  RepairScene scene("shared");
  add_torch(scene);
  scene.options.auto_stub = true;
  scene.options.library_folders = {folder.path()};
  scene.run();
  CHECK(info_of(scene.wheels[0], std::string(torch_global_deps)).needed == Names{"libm.so.6"});
}

TEST_CASE("nothing is added that may be missing without harm, or to a wheel that must not change") {
  test::TempFolder folder;
  folder.write("libpq.so.5", library("libpq.so.5"));
  folder.write("libgone.so.1", library("libgone.so.1"));
  RepairScene scene("shared");
  scene.add("demo", {{"demo/_C.so", library("_C.so", {"liba.so"}, {"$ORIGIN/../deps"})},
                     {"demo/libsql.so", library("libsql.so", {"libpq.so.5"})}});
  scene.add_other("deps", {{"deps/liba.so", library("liba.so", {"libgone.so.1"})}});
  scene.options.library_folders = {folder.path()};
  scene.run();
  CHECK(scene.report.supplied.empty());
  CHECK(scene.codes() == Names{"import-fails"});
}

TEST_CASE("a file of the name for another system is refused, and the wheels are unchanged") {
  test::TempFolder folder;
  folder.write("libgone.so.1", test::pe_image({}));
  RepairScene scene("shared");
  scene.add("demo", {{"demo/_C.so", library("_C.so", {"libgone.so.1"})}});
  scene.options.library_folders = {folder.path()};
  try {
    scene.run();
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::bad_recipe);
    CHECK(error.subject() == (folder.path() / "libgone.so.1").string());
    CHECK(error.hint() == "give a --lib-dir with libraries for x86_64");
  }
  CHECK(scene.wheels[0].overlay().empty());
}

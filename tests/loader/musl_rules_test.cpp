#include "loader/loader_testing.hpp"

using namespace wheelfix;
using test::failure;
using test::Names;
using test::paths;
using test::Text;

namespace {

struct World : test::World {
  World() : test::World(LoaderKind::musl) {}
};

}  // namespace

TEST_CASE("LD_LIBRARY_PATH comes before any search path of an object") {
  World world;
  world.add("/w/root.so", {.needed = {"libx.so"}, .rpath = "/object"});
  world.add("/object/libx.so", {});
  world.add("/env/libx.so", {});
  auto process = world.process({.library_path = "/env"});
  process.load("/w/root.so");
  CHECK(paths(process.objects()) == Names{"/w/root.so", "/env/libx.so"});
}

TEST_CASE("DT_RUNPATH is inherited like DT_RPATH") {
  World world;
  world.add("/w/root.so", {.needed = {"libmid.so"}, .runpath = "/w/lib"});
  world.add("/w/lib/libmid.so", {.needed = {"libleaf.so"}, .runpath = "/nowhere"});
  world.add("/w/lib/libleaf.so", {});
  CHECK(failure(world.process().load("/w/root.so")).empty());
}

TEST_CASE("a soname satisfies nothing, and neither does a library that was loaded by its path") {
  World world;
  world.add("/one/libx.so.1", {.soname = "libx.so.1"});
  world.add("/two/root.so", {.needed = {"libx.so.1"}});
  auto process = world.process();
  CHECK(process.load("/one/libx.so.1").ok());
  const auto result = process.load("/two/root.so");
  CHECK(failure(result) ==
        "Error loading shared library libx.so.1: No such file or directory (needed by "
        "/two/root.so)");
  CHECK(failure(process.load("libx.so.1")) ==
        "Error loading shared library libx.so.1: No such file or directory");
}

TEST_CASE("a library that was loaded by its path has a name after a search leads to it") {
  World world;
  world.add("/one/libx.so.1", {});
  world.add("/two/root.so", {.needed = {"libx.so.1"}, .rpath = "/one"});
  auto process = world.process();
  process.load("/one/libx.so.1");
  CHECK(process.load("/two/root.so").resolutions.back().found_by == FoundBy::loaded_file);
  CHECK(process.load("libx.so.1").resolutions.back().found_by == FoundBy::loaded_name);
}

TEST_CASE("the C library is the loader itself, under all of its names") {
  World world;
  world.add("/w/libc.so", {});
  world.add("/w/libpthread.so.0", {});
  world.add("/w/root.so", {.needed = {"libc.so", "libpthread.so.0", "libcrypt.so"}, .rpath = "/w"});
  auto process = world.process();
  const auto result = process.load("/w/root.so");
  CHECK(failure(result).starts_with("Error loading shared library libcrypt.so"));
  CHECK(paths(result.mapped) == Names{"/w/root.so", "/lib/ld-musl-x86_64.so.1"});
}

TEST_CASE("a library of another class is a failure; its machine isn't checked") {
  World world;
  auto info = Text{}.info();
  info.machine = "aarch64";
  world.files.add_library("/w/foreign.so", info);
  info.bits = 32;
  world.files.add_library("/w/narrow.so", info);
  CHECK(failure(world.process().load("/w/foreign.so")).empty());
  CHECK(failure(world.process().load("/w/narrow.so")) ==
        "Error loading shared library /w/narrow.so: Exec format error");
}

TEST_CASE("an unknown token disables the whole search path") {
  World world;
  world.add("/w/root.so", {.needed = {"libx.so"}, .rpath = "/w/lib:/w/$LIB"});
  world.add("/w/lib/libx.so", {});
  CHECK_FALSE(world.process().load("/w/root.so").ok());
}

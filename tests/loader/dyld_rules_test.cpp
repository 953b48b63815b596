// The rules are those of dyld4: Loader::getLoader and forEachResolvedAtPathVar in dyld/Loader.cpp of Apple's
// dyld.
#include "loader/loader_testing.hpp"

using namespace wheelfix;
using test::failure;
using test::Names;
using test::paths;

namespace {

struct Image {
  std::string install_name = {};
  Names needed = {};
  Names rpaths = {};
  std::string machine = "arm64";

  BinaryInfo info() const {
    BinaryInfo info;
    info.format = BinaryFormat::macho;
    info.machine = machine;
    info.is_dynamic = true;
    if (!install_name.empty()) info.soname = install_name;
    info.needed = needed;
    info.needed_kinds.assign(needed.size(), NeededKind::load);
    info.rpath = rpaths;
    return info;
  }
};

struct World : test::World {
  World() : test::World(LoaderKind::dyld) { system.machine = "arm64"; }
  void add(const std::string& path, const Image& image) { files.add_library(path, image.info()); }
};

}  // namespace

TEST_CASE("@rpath means the LC_RPATHs of the object, then those of the objects that loaded it") {
  World world;
  world.add("/w/torch/_C.so",
            {.needed = {"@rpath/liba.dylib"}, .rpaths = {"@loader_path/none", "@loader_path/lib"}});
  world.add("/w/torch/lib/liba.dylib", {"@rpath/liba.dylib", {"@rpath/libb.dylib"}, {"@loader_path/own/"}});
  world.add("/w/torch/lib/own/libb.dylib", {"@rpath/libb.dylib", {"@rpath/libc.dylib"}});
  world.add("/w/torch/lib/libc.dylib", {"@rpath/libc.dylib", {"/usr/lib/libSystem.B.dylib"}});
  auto process = world.process();
  const auto result = process.load("/w/torch/_C.so");
  CHECK(failure(result).empty());
  CHECK(paths(process.objects()) == Names{"/w/torch/_C.so", "/w/torch/lib/liba.dylib",
                                          "/w/torch/lib/own/libb.dylib", "/w/torch/lib/libc.dylib",
                                          "/usr/lib/libSystem.B.dylib"});
  const auto found = test::resolution(result, "@rpath/libc.dylib");
  CHECK(found.found_by == FoundBy::rpath);
  CHECK(found.path_of == 0);
  CHECK(found.entry == "@loader_path/lib");
  CHECK(result.resolutions.back().found_by == FoundBy::promised);
}

TEST_CASE("an @rpath that leads nowhere says where dyld looked") {
  World world;
  world.add("/w/_C.so",
            {.needed = {"@rpath/libtorch_cpu.dylib"}, .rpaths = {"@loader_path/lib", "/opt/lib"}});
  world.add("/w/bare.so", {.needed = {"@rpath/libtorch_cpu.dylib"}});
  CHECK(failure(world.process().load("/w/_C.so")) ==
        "Library not loaded: @rpath/libtorch_cpu.dylib\n  Referenced from: /w/_C.so\n  Reason: tried: "
        "'/w/lib/libtorch_cpu.dylib' (no such file), '/opt/lib/libtorch_cpu.dylib' (no such file)");
  CHECK(failure(world.process().load("/w/bare.so")) ==
        "Library not loaded: @rpath/libtorch_cpu.dylib\n  Referenced from: /w/bare.so\n  Reason: no "
        "LC_RPATH's found");
  CHECK(failure(world.process().load("/w/none.so")) == "tried: '/w/none.so' (no such file)");
}

TEST_CASE("a library is found by its install name, in any folder") {
  World world;
  world.add("/one/libx.1.dylib", {.install_name = "@rpath/libx.dylib"});
  world.add("/two/_C.so", {.needed = {"@rpath/libx.dylib"}});
  auto process = world.process();
  process.load("/one/libx.1.dylib");
  const auto result = process.load("/two/_C.so");
  CHECK(failure(result).empty());
  CHECK(result.resolutions.back().found_by == FoundBy::loaded_name);
  CHECK(result.resolutions.back().object == 0);
}

TEST_CASE("@loader_path is the folder of the object, without symlinks, @executable_path the program's") {
  World world;
  world.add("/real/liba.dylib",
            {.needed = {"@loader_path/libb.dylib", "@executable_path/../lib/libc.dylib"}});
  world.add("/real/libb.dylib", {});
  world.files.add_symlink("/w/liba.dylib", "../real/liba.dylib");
  world.add("/py/bin/python", {});
  world.add("/py/lib/libc.dylib", {});
  auto process = world.process();
  process.start("/py/bin/python");
  const auto result = process.load("/w/liba.dylib");
  CHECK(failure(result).empty());
  CHECK(paths(result.mapped) == Names{"/real/liba.dylib", "/real/libb.dylib", "/py/lib/libc.dylib"});
}

TEST_CASE("the chain of a requested library goes on with its caller and the program") {
  World world;
  world.add("/py/python", {.rpaths = {"@executable_path/lib"}});
  world.add("/py/lib/libp.dylib", {});
  world.add("/w/caller.so", {.rpaths = {"@loader_path/libs"}});
  world.add("/w/libs/libx.dylib", {.needed = {"@rpath/liby.dylib", "@rpath/libp.dylib"}});
  world.add("/w/libs/liby.dylib", {});
  auto process = world.process();
  process.start("/py/python");
  process.load("/w/caller.so");
  CHECK(failure(process.load("libx.dylib", {.caller = 1})).empty());
  auto other = world.process();
  other.start("/py/python");
  CHECK_FALSE(other.load("/w/libs/libx.dylib").ok());
}

TEST_CASE("a fat file is loaded by its slice for the machine; without one the search goes on") {
  World world;
  const auto intel = Image{.install_name = "libx", .needed = {"/gone.dylib"}, .machine = "x86_64"}.info();
  auto fat = Image{.machine = "universal2"}.info();
  fat.slices = {intel, Image{.install_name = "libx"}.info()};
  world.files.add_library("/w/libx.dylib", fat);
  CHECK(failure(world.process().load("/w/libx.dylib")).empty());
  world.files.add_library("/intel/libx.dylib", intel);
  world.add("/w/_C.so", {.needed = {"@rpath/libx.dylib"}, .rpaths = {"/intel", "/w"}});
  world.add("/w/only.so", {.needed = {"@rpath/libx.dylib"}, .rpaths = {"/intel"}});
  CHECK(failure(world.process().load("/w/_C.so")).empty());
  CHECK(failure(world.process().load("/w/only.so"))
            .ends_with("tried: '/intel/libx.dylib' (mach-o file, but is an incompatible architecture (have "
                       "'x86_64', need 'arm64'))"));
  world.system.machine = "ppc";
  CHECK(failure(world.process().load("/w/libx.dylib")) ==
        "tried: '/w/libx.dylib' (fat file, but missing compatible architecture (have 'x86_64,arm64', need "
        "'ppc'))");
}

TEST_CASE("a weak library may be missing, a lazy one isn't loaded") {
  World world;
  auto info = Image{.needed = {"@rpath/libweak.dylib", "@rpath/liblazy.dylib"}}.info();
  info.needed_kinds = {NeededKind::weak, NeededKind::lazy};
  world.files.add_library("/w/_C.so", info);
  CHECK(failure(world.process().load("/w/_C.so")).empty());
}

TEST_CASE("all that a library needs directly is loaded first, then what the first of these needs") {
  World world;
  world.add("/w/root.so", {.needed = {"@loader_path/a", "@loader_path/b"}});
  world.add("/w/a", {.needed = {"@loader_path/c"}});
  world.add("/w/b", {.needed = {"@loader_path/d"}});
  world.add("/w/c", {.needed = {"@loader_path/e"}});
  for (const auto* path : {"/w/d", "/w/e"}) world.add(path, {});
  auto process = world.process();
  process.load("/w/root.so");
  CHECK(paths(process.objects()) == Names{"/w/root.so", "/w/a", "/w/b", "/w/c", "/w/e", "/w/d"});
}

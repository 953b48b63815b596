#include "loader/loader_testing.hpp"

using namespace wheelfix;
using test::failure;
using test::Names;
using test::paths;
using test::Text;

namespace {

const std::string missing = ": cannot open shared object file: No such file or directory";

struct World : test::World {
  World() : test::World(LoaderKind::glibc) {}
};

}  // namespace

TEST_CASE("objects are mapped breadth first, each name once") {
  World world;
  world.add("/w/root.so", {.needed = {"liba.so", "libb.so"}, .rpath = "$ORIGIN/lib"});
  world.add("/w/lib/liba.so", {.soname = "liba.so", .needed = {"libc.so", "libb.so"}});
  world.add("/w/lib/libb.so", {.soname = "libb.so", .needed = {"libc.so", "liba.so"}});
  world.add("/w/lib/libc.so", {.soname = "libc.so", .needed = {"libb.so"}});
  auto process = world.process();
  const auto result = process.load("/w/root.so");
  CHECK(failure(result).empty());
  CHECK(paths(process.objects()) ==
        Names{"/w/root.so", "/w/lib/liba.so", "/w/lib/libb.so", "/w/lib/libc.so"});
  const auto found = test::resolution(result, "libc.so");
  CHECK(found.needed_by == 1);
  CHECK(found.object == 3);
  CHECK(found.found_by == FoundBy::rpath);
  CHECK(found.path_of == 0);
  CHECK(found.entry == "$ORIGIN/lib");
  CHECK(result.resolutions.back().found_by == FoundBy::loaded_name);
}

TEST_CASE("DT_RPATH is inherited; DT_RUNPATH isn't, and ends the inheritance") {
  for (const bool cut : {false, true}) {
    World world;
    world.add("/w/root.so", {.needed = {"libmid.so"}, .rpath = "/w/lib"});
    world.add("/w/lib/libmid.so",
              {.soname = "libmid.so", .needed = {"libleaf.so"}, .runpath = cut ? "/nowhere" : ""});
    world.add("/w/lib/libleaf.so", {.soname = "libleaf.so"});
    const auto result = world.process().load("/w/root.so");
    CHECK(failure(result) == (cut ? "libleaf.so" + missing : ""));
  }
}

TEST_CASE("an object that has both uses only its DT_RUNPATH, and nothing is inherited from it") {
  World world;
  world.add("/w/root.so", {.needed = {"liba.so", "libb.so"}, .rpath = "/w/rpath", .runpath = "/w/runpath"});
  world.add("/w/rpath/liba.so", {});
  world.add("/w/runpath/liba.so", {});
  world.add("/w/rpath/libb.so", {});
  auto process = world.process();
  const auto result = process.load("/w/root.so");
  CHECK(failure(result) == "libb.so" + missing);
  CHECK(paths(result.mapped) == Names{"/w/root.so", "/w/runpath/liba.so"});
}

TEST_CASE("the order is DT_RPATH, LD_LIBRARY_PATH, DT_RUNPATH, the cache, the system's folders") {
  for (const bool is_runpath : {false, true}) {
    Names left = {"/object", "/env", "/cached", "/system"};
    if (is_runpath) std::swap(left[0], left[1]);
    while (!left.empty()) {
      World world;
      world.add("/w/root.so", {.needed = {"libx.so"},
                               .rpath = is_runpath ? "" : "/object",
                               .runpath = is_runpath ? "/object" : ""});
      for (const auto& folder : left) world.add(folder + "/libx.so", {});
      world.system.cache["libx.so"] = "/cached/libx.so";
      world.system.folders = {"/system"};
      auto process = world.process({.library_path = "/env"});
      process.load("/w/root.so");
      CHECK(paths(process.objects()) == Names{"/w/root.so", left[0] + "/libx.so"});
      left.erase(left.begin());
    }
  }
}

TEST_CASE("a library that was loaded by its path satisfies its soname, in any folder") {
  World world;
  world.add("/one/libx.so.1.2", {.soname = "libx.so.1"});
  world.add("/two/root.so", {.needed = {"libx.so.1"}});
  auto process = world.process();
  CHECK(failure(process.load("/two/root.so")) == "libx.so.1" + missing);
  CHECK(process.objects().empty());
  CHECK(process.load("/one/libx.so.1.2").ok());
  const auto result = process.load("/two/root.so");
  CHECK(failure(result).empty());
  CHECK(test::resolution(result, "libx.so.1").object == 0);
  CHECK(test::resolution(result, "libx.so.1").found_by == FoundBy::loaded_name);
}

TEST_CASE("a search that leads to a loaded file uses it, under any name") {
  World world;
  const auto content = std::make_shared<FileContent>(FileContent{.info = Text{}.info()});
  world.files.add_file("/w/libx.so", content);
  world.files.add_file("/w/hard.so", content);
  world.files.add_symlink("/w/soft.so", "libx.so");
  world.add("/w/root.so", {.needed = {"hard.so", "soft.so"}, .runpath = "$ORIGIN"});
  auto process = world.process();
  CHECK(process.load("/w/libx.so").ok());
  const auto result = process.load("/w/root.so");
  CHECK(paths(process.objects()) == Names{"/w/libx.so", "/w/root.so"});
  CHECK(test::resolution(result, "soft.so").found_by == FoundBy::loaded_file);
  CHECK(test::resolution(result, "soft.so").path == "/w/soft.so");
  CHECK(process.load("soft.so").resolutions[0].found_by == FoundBy::loaded_name);
}

TEST_CASE("libraries of another class or machine are skipped") {
  World world;
  auto narrow = Text{}.info();
  narrow.machine = "i686";
  narrow.bits = 32;
  auto foreign = Text{}.info();
  foreign.machine = "aarch64";
  world.files.add_library("/32/libx.so", narrow);
  world.files.add_library("/arm/libx.so", foreign);
  world.files.add_library("/arm/liby.so", foreign);
  world.add("/w/libx.so", {});
  CHECK(failure(world.process({.library_path = "/32:/arm:/w"}).load("libx.so")).empty());
  CHECK(failure(world.process({.library_path = "/32:/arm"}).load("libx.so")) ==
        "libx.so: wrong ELF class: ELFCLASS32");
  CHECK(failure(world.process({.library_path = "/32:/arm"}).load("liby.so")) == "liby.so" + missing);
}

TEST_CASE("a file that isn't a library ends the search, with the loader's message") {
  using Kind = FileContent::Kind;
  const auto words_for = [](const FileContent& content) {
    World world;
    world.files.add_file("/bad/libx.so", std::make_shared<FileContent>(content));
    world.add("/good/libx.so", {});
    return failure(world.process({.library_path = "/bad:/good"}).load("libx.so"));
  };
  CHECK(words_for({.kind = Kind::no_library}) == "/bad/libx.so: invalid ELF header");
  CHECK(words_for({.kind = Kind::too_short}) == "/bad/libx.so: file too short");
  CHECK(words_for({.kind = Kind::damaged, .damage = "the header is cut"}) ==
        "/bad/libx.so: the header is cut");
  FileContent still;
  still.info.machine = "x86_64";
  CHECK(words_for(still) == "/bad/libx.so: object file has no dynamic section");
}

TEST_CASE("a failure names the chain that leads to it") {
  World world;
  world.add("/w/root.so", {.needed = {"liba.so"}, .rpath = "$ORIGIN"});
  world.add("/w/liba.so", {.needed = {"libb.so"}});
  world.add("/w/libb.so", {.needed = {"libgone.so.1", "libgone.so.2"}});
  auto process = world.process();
  const auto first = process.load("/w/root.so");
  REQUIRE(first.failures.size() == 1);
  CHECK(first.failures[0].message == "libgone.so.1" + missing);
  CHECK(first.failures[0].chain.paths() == Names{"/w/root.so", "/w/liba.so", "/w/libb.so"});
  CHECK(process.objects().empty());
  const auto all = process.load("/w/root.so", {.on_failure = LoadOptions::OnFailure::go_on});
  CHECK(all.failures.size() == 2);
  CHECK(process.objects().size() == 3);
}

TEST_CASE("a program's DT_RPATH applies to all, and its $ORIGIN is the program's real folder") {
  World world;
  world.add("/opt/bin/program", {.needed = {"liba.so"}, .rpath = "$ORIGIN/../lib"});
  world.files.add_symlink("/usr/bin/program", "/opt/bin/program");
  world.add("/opt/lib/liba.so", {});
  world.add("/opt/lib/libb.so", {});
  world.add("/w/root.so", {.needed = {"libb.so"}});
  auto process = world.process();
  CHECK(failure(process.start("/usr/bin/program")).empty());
  const auto result = process.load("/w/root.so");
  CHECK(failure(result).empty());
  CHECK(test::resolution(result, "libb.so").path_of == 0);
  CHECK(paths(process.objects()) ==
        Names{"/usr/bin/program", "/opt/bin/../lib/liba.so", "/w/root.so", "/opt/bin/../lib/libb.so"});
}

TEST_CASE("a program that doesn't start leaves nothing loaded") {
  World world;
  world.add("/opt/program", {.needed = {"libgone.so"}, .rpath = "/opt/lib"});
  world.add("/opt/lib/libb.so", {});
  world.add("/w/root.so", {.needed = {"libb.so"}});
  auto process = world.process();
  CHECK(failure(process.start("/opt/program")) == "libgone.so" + missing);
  CHECK(process.objects().empty());
  CHECK(failure(process.load("/w/root.so")) == "libb.so" + missing);
}

TEST_CASE("the caller's DT_RPATH finds what it requests, but not what that needs") {
  World world;
  world.add("/py/_ctypes.so", {.rpath = "/py/lib"});
  world.add("/py/lib/liba.so", {});
  world.add("/py/lib/libb.so", {.needed = {"liba.so"}});
  auto process = world.process();
  process.load("/py/_ctypes.so");
  CHECK(failure(process.load("liba.so")) == "liba.so" + missing);
  CHECK(failure(process.load("libb.so", {.caller = 0})) == "liba.so" + missing);
  CHECK(failure(process.load("liba.so", {.caller = 0})).empty());
  CHECK(failure(process.load("libb.so", {.caller = 0})).empty());
}

TEST_CASE("tokens are expanded, in entries and in needed names") {
  World world;
  world.system.lib = "lib64";
  world.system.platform = "haswell";
  world.add("/w/root.so", {.needed = {"libx.so", "liby.so", "$ORIGIN/libz.so"},
                           .runpath = "$ORIGINAL:${ORIGIN}/$LIB/:$ORIGIN/$PLATFORM"});
  world.add("/w/lib64/libx.so", {});
  world.add("/w/haswell/liby.so", {});
  world.add("/w/libz.so", {});
  auto process = world.process();
  const auto result = process.load("/w/root.so");
  CHECK(failure(result).empty());
  CHECK(paths(process.objects()) ==
        Names{"/w/root.so", "/w/lib64/libx.so", "/w/haswell/liby.so", "/w/libz.so"});
  CHECK(test::resolution(result, "libx.so").entry == "${ORIGIN}/$LIB/");
}

TEST_CASE("subfolders for the processor come first in every folder") {
  World world;
  world.system.subfolders = {"glibc-hwcaps/x86-64-v3", "glibc-hwcaps/x86-64-v2"};
  world.add("/w/libx.so", {});
  world.add("/w/glibc-hwcaps/x86-64-v2/libx.so", {});
  auto process = world.process({.library_path = "/w"});
  process.load("libx.so");
  CHECK(paths(process.objects()) == Names{"/w/glibc-hwcaps/x86-64-v2/libx.so"});
}

TEST_CASE("an empty entry is the working directory") {
  World world;
  world.add("/w/here/libx.so", {});
  world.add("/w/root.so", {.needed = {"libx.so"}, .runpath = "/none:"});
  auto process = world.process({.working_directory = "/w/here"});
  CHECK(process.load("../root.so").ok());
  CHECK(paths(process.objects()) == Names{"../root.so", "libx.so"});
}

TEST_CASE("what a platform promises is found last, and a driver's library is marked") {
  World world;
  world.system.promised = {"libm.so.6"};
  world.system.driver = {"libcuda.so.1"};
  world.add("/w/root.so", {.needed = {"libm.so.6", "libcuda.so.1", "ld-linux-x86-64.so.2"}});
  auto process = world.process();
  const auto result = process.load("/w/root.so");
  CHECK(failure(result).empty());
  CHECK(test::resolution(result, "libm.so.6").found_by == FoundBy::promised);
  CHECK(test::resolution(result, "libcuda.so.1").found_by == FoundBy::driver);
  CHECK(process.objects()[1].file == nullptr);
  world.add("/w/lib/libm.so.6", {});
  auto other = world.process({.library_path = "/w/lib"});
  other.load("/w/root.so");
  CHECK(other.objects()[1].path == "/w/lib/libm.so.6");
}

TEST_CASE("a copy of a process is independent") {
  World world;
  world.add("/w/liba.so", {});
  auto process = world.process();
  auto copy = process;
  CHECK(copy.load("/w/liba.so").ok());
  CHECK(process.objects().empty());
  CHECK(copy.objects().size() == 1);
}

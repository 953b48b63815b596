// The rules are those of Microsoft's "Dynamic-link library search order", for LoadLibraryEx with the flags
// that CPython's dynload_win.c passes since 3.8.
#include "loader/loader_testing.hpp"

using namespace wheelfix;
using test::failure;
using test::Names;
using test::paths;

namespace {

struct World {
  World() {
    system.kind = LoaderKind::windows;
    system.machine = "amd64";
    system.promised = {"kernel32.dll"};
    system.redistributable = {"msvcp140.dll"};
  }

  void add(const std::string& path, const Names& needed = {}, const std::string& machine = "amd64") {
    BinaryInfo info;
    info.format = BinaryFormat::pe;
    info.machine = machine;
    info.is_dynamic = true;
    info.needed = needed;
    files.add_library(path, info);
  }
  Process process(const LoaderEnvironment& environment = {}) const { return {files, system, environment}; }

  FileTree files{FileTree::NameCase::folded};
  LoaderSystem system;
};

const std::string missing = ": The specified module could not be found.";

}  // namespace

TEST_CASE("the folder of the requested DLL is searched for its whole tree, and names ignore case") {
  World world;
  world.add("/w/torch/_C.pyd",
            {"Torch_Python.DLL", "KERNEL32.dll", "api-ms-win-crt-heap-l1-1-0.dll", "python311.dll"});
  world.add("/w/torch/torch_python.dll", {"c10.dll"});
  world.add("/w/torch/c10.dll", {"MSVCP140.dll"});
  auto process = world.process();
  const auto result = process.load("/w/torch/_C.pyd");
  CHECK(failure(result).empty());
  CHECK(process.objects()[1].path == "/w/torch/Torch_Python.DLL");
  CHECK(test::resolution(result, "c10.dll").found_by == FoundBy::root_folder);
  CHECK(test::resolution(result, "KERNEL32.dll").found_by == FoundBy::promised);
  CHECK(test::resolution(result, "python311.dll").found_by == FoundBy::promised);
  CHECK(test::resolution(result, "MSVCP140.dll").found_by == FoundBy::redistributable);
}

TEST_CASE("other folders count only after os.add_dll_directory added them") {
  World world;
  world.add("/w/torch/_C.pyd", {"torch_cpu.dll"});
  world.add("/w/torch/lib/torch_cpu.dll", {"cudart64_12.dll"});
  CHECK(failure(world.process().load("/w/torch/_C.pyd")) == "torch_cpu.dll" + missing);
  const LoaderEnvironment environment{.dll_folders = {"/w/torch/lib"}};
  const auto result = world.process(environment).load("/w/torch/_C.pyd");
  CHECK(failure(result) == "cudart64_12.dll" + missing);
  CHECK(result.failures[0].chain.paths() == Names{"/w/torch/_C.pyd", "/w/torch/lib/torch_cpu.dll"});
  CHECK(test::resolution(result, "torch_cpu.dll").found_by == FoundBy::dll_folder);
}

TEST_CASE("the folder of a DLL that was found elsewhere isn't searched") {
  World world;
  world.add("/w/_C.pyd", {"a.dll"});
  world.add("/libs/a.dll", {"b.dll"});
  world.add("/libs/sub/b.dll");
  CHECK_FALSE(world.process({.dll_folders = {"/libs"}}).load("/w/_C.pyd").ok());
}

TEST_CASE("a loaded DLL of the same base name is used, from any folder") {
  World world;
  world.add("/one/a.dll");
  world.add("/two/_C.pyd", {"A.DLL"});
  world.add("/two/a.dll");
  auto process = world.process();
  process.load("\\one\\a.dll");
  const auto result = process.load("/two/_C.pyd");
  CHECK(test::resolution(result, "A.DLL").found_by == FoundBy::loaded_name);
  CHECK(paths(process.objects()) == Names{"/one/a.dll", "/two/_C.pyd"});
  process.load("/two/a.dll");  // another one, because of its path
  CHECK(process.objects().size() == 3);
}

TEST_CASE("a DLL for another machine ends the load") {
  World world;
  world.add("/w/_C.pyd", {"a.dll"});
  world.add("/w/a.dll", {}, "arm64");
  CHECK(failure(world.process().load("/w/_C.pyd")) == "/w/a.dll: %1 is not a valid Win32 application.");
  CHECK(failure(world.process().load("/w/none.pyd")) == "/w/none.pyd" + missing);
}

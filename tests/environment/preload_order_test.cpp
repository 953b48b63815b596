#include <wheelfix/preload_order.hpp>

#include "loader/loader_testing.hpp"
#include "support/stub_wheel.hpp"

using namespace wheelfix;
using test::library;
using test::Names;

namespace {

/// Wheels of libraries, by project, placed side by side.
class Set {
 public:
  void add(const std::string& project, const std::map<std::string, std::string>& libraries) {
    test::WheelText text{.name = project, .files = {}};
    for (const auto& [path, content] : libraries) text.files.push_back({.name = path, .content = content});
    const auto wheel = Wheel::open(text.write(folder_));
    wheels_.add(WheelEdit(wheel), read_libraries(wheel));
  }

  PreloadOrder order(const std::vector<std::string>& roots) const { return preload_order(wheels_, roots); }

 private:
  test::TempFolder folder_;
  PlacedWheels wheels_{Layout::parse("split")};
};

Names names(const std::vector<PlacedLibrary>& libraries) {
  Names names;
  for (const auto& library : libraries) names.push_back(library.entry.substr(library.entry.rfind('/') + 1));
  return names;
}

}  // namespace

TEST_CASE("what is needed comes before what needs it, otherwise by name") {
  Set set;
  set.add("app", {{"app/_C.so", library("_C.so", {"libz.so", "libb.so", "libc.so.6"})},
                  {"app/other.so", library("other.so", {"libunused.so"})}});
  set.add("deps", {{"deps/liba.so", library("liba.so", {"libz.so"})},
                   {"deps/libb.so", library("libb.so", {"liba.so"})},
                   {"deps/libunused.so", library("libunused.so")},
                   {"deps/libz.so", library("libz.so")}});
  const auto order = set.order({"/layout/app/app/_C.so"});
  CHECK(names(order.libraries) == Names{"libz.so", "liba.so", "libb.so"});
  CHECK(order.cycles.empty());
  CHECK(names(set.order({"/layout/app/app/_C.so", "/layout/app/app/other.so"}).libraries) ==
        Names{"libunused.so", "libz.so", "liba.so", "libb.so"});
}

TEST_CASE("a soname counts, not the file's name, and a library of the same wheel comes first") {
  Set set;
  set.add("one",
          {{"one/libx-abc123.so.1", library("libx.so.1", {"liby.so"})}, {"one/liby.so", library("liby.so")}});
  set.add("two",
          {{"two/_C.so", library("_C.so", {"libx.so.1", "liby.so"})}, {"two/liby.so", library("liby.so")}});
  const auto order = set.order({"/layout/two/two/_C.so"}).libraries;
  CHECK(names(order) == Names{"liby.so", "libx-abc123.so.1", "liby.so"});
  CHECK(order[0].wheel == 0);
  CHECK(order[2].wheel == 1);
}

TEST_CASE("a circle is reported, and what needs it still comes after it") {
  Set set;
  set.add("demo", {{"demo/_C.so", library("_C.so", {"libtop.so"})},
                   {"demo/libtop.so", library("libtop.so", {"libb.so"})},
                   {"demo/liba.so", library("liba.so", {"libb.so", "libz.so", "liba.so"})},
                   {"demo/libb.so", library("libb.so", {"libm.so"})},
                   {"demo/libm.so", library("libm.so", {"liba.so"})},
                   {"demo/libz.so", library("libz.so")}});
  const auto order = set.order({"/layout/demo/demo/_C.so"});
  CHECK(names(order.libraries) == Names{"libz.so", "liba.so", "libb.so", "libm.so", "libtop.so"});
  REQUIRE(order.cycles.size() == 1);
  CHECK(names(order.cycles[0]) == Names{"liba.so", "libb.so", "libm.so"});
}

TEST_CASE("a chain of thousands of libraries is ordered") {
  constexpr int count = 3000;
  std::map<std::string, std::string> libraries = {{"demo/_C.so", library("_C.so", {"lib1000.so"})}};
  for (int i = 1000; i < 1000 + count; ++i) {
    const auto name = "lib" + std::to_string(i) + ".so";
    libraries["demo/" + name] = library(name, {"lib" + std::to_string(i + 1) + ".so"});
  }
  Set set;
  set.add("demo", libraries);
  const auto order = set.order({"/layout/demo/demo/_C.so"}).libraries;
  REQUIRE(order.size() == count);
  CHECK(order.front().entry == "demo/lib3999.so");
  CHECK(order.back().entry == "demo/lib1000.so");
}

TEST_CASE("for torch 2.1.0 it is the order of patches/torch-2.1.0") {
  // What libtorch_global_deps.so and the nvidia wheels need of each other: the patch's header has the table.
  Set set;
  set.add(
      "torch",
      {{"torch/lib/libtorch_global_deps.so",
        library("libtorch_global_deps.so", {"libcublas.so.12", "libcusolver.so.11", "libcusparse.so.12"})}});
  set.add("nvidia_cublas",
          {{"nvidia/cublas/lib/libcublas.so.12", library("libcublas.so.12", {"libcublasLt.so.12"})},
           {"nvidia/cublas/lib/libcublasLt.so.12", library("libcublasLt.so.12")}});
  set.add("nvidia_cusolver", {{"nvidia/cusolver/lib/libcusolver.so.11",
                               library("libcusolver.so.11", {"libnvJitLink.so.12", "libcusparse.so.12",
                                                             "libcublas.so.12", "libcublasLt.so.12"})}});
  set.add("nvidia_cusparse",
          {{"nvidia/cusparse/lib/libcusparse.so.12", library("libcusparse.so.12", {"libnvJitLink.so.12"})}});
  set.add("nvidia_nvjitlink", {{"nvidia/nvjitlink/lib/libnvJitLink.so.12", library("libnvJitLink.so.12")}});
  CHECK(names(set.order({"/layout/torch/torch/lib/libtorch_global_deps.so"}).libraries) ==
        Names{"libcublasLt.so.12", "libcublas.so.12", "libnvJitLink.so.12", "libcusparse.so.12",
              "libcusolver.so.11"});
}

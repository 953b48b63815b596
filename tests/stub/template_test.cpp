#include <doctest/doctest.h>

#include <wheelfix/stub.hpp>

#include "wheel/thrown.hpp"

using namespace wheelfix;

namespace {

using Names = std::vector<std::string>;

StubTemplate parse(const std::string& text) {
  return parse_stub_template(text, "stub.toml");
}

/// What is said of a template that has these lines after two that are right.
std::string refusal(const std::string& lines) {
  return thrown([&] { parse("soname = 'libx.so'\nmachine = 'x86_64'\n" + lines); });
}

}  // namespace

TEST_CASE("a template is read") {
  const auto stub = parse(
      "soname = 'libx.so'\n"
      "machine = 'as:demo/_core.so'\n"
      "needed = ['libm.so.6', 'libcu*.so.*']\n"
      "exclude = 'libcuda.so.*'\n"
      "rpath = ['$ORIGIN', '$ORIGIN/../a:$ORIGIN/../b']\n"
      "rpath-kind = 'rpath'\n"
      "page-size = 16384\n");
  CHECK(stub.soname == "libx.so");
  CHECK(stub.machine.empty());
  REQUIRE(stub.machine_from);
  CHECK(stub.machine_from->entry == "demo/_core.so");
  CHECK(stub.machine_from->where == "stub.toml:2");
  CHECK(stub.needed == Names{"libm.so.6", "libcu*.so.*"});
  CHECK(stub.exclude == Names{"libcuda.so.*"});
  CHECK(stub.rpath == Names{"$ORIGIN", "$ORIGIN/../a", "$ORIGIN/../b"});
  CHECK_FALSE(stub.rpath_from);
  CHECK(stub.rpath_kind == SearchPathKind::rpath);
  CHECK(stub.page_size == 16384);
}

TEST_CASE("only soname and machine must be there") {
  const auto stub = parse("soname = 'libx.so'\nmachine = 'aarch64'\n");
  CHECK(stub.machine == "aarch64");
  CHECK(stub.needed.empty());
  CHECK(stub.rpath.empty());
  CHECK(stub.rpath_kind == SearchPathKind::keep);
  CHECK_FALSE(stub.page_size);
  CHECK(thrown([] { parse("soname = 'libx.so'\n"); }) == "3 stub.toml:1: the key machine is missing");
  CHECK(thrown([] { parse("machine = 'x86_64'\n"); }) == "3 stub.toml:1: the key soname is missing");
}

TEST_CASE("a search path may be that of an entry") {
  const auto stub = parse("soname = 'libx.so'\nmachine = 'x86_64'\nrpath = 'as:demo/_core.so'\n");
  REQUIRE(stub.rpath_from);
  CHECK(stub.rpath_from->entry == "demo/_core.so");
  CHECK(stub.rpath.empty());
}

TEST_CASE("what can't be meant is refused with its line") {
  CHECK(
      refusal("sonam = 'liby.so'\n") ==
      "3 stub.toml:3: unknown key 'sonam'\nhint: the keys here are soname, machine, needed, exclude, rpath, "
      "rpath-kind, page-size");
  CHECK(thrown([] { parse("soname = 'lib/x.so'\nmachine = 'x86_64'\n"); }) ==
        "3 stub.toml:1: 'lib/x.so' is a path, not the name of a library\nhint: give the name alone, and the "
        "folder in rpath");
  CHECK(thrown([] { parse("soname = 'libx.so'\nmachine = 'i686'\n"); }) ==
        "3 stub.toml:2: no stub can be made for the machine 'i686'\nhint: machine is x86_64, aarch64, or as: "
        "and an entry of the wheel");
  CHECK(thrown([] { parse("soname = 'libx.so'\nmachine = 'as:'\n"); }) ==
        "3 stub.toml:2: as: names no entry\nhint: name one, as in \"as:torch/lib/libtorch_cpu.so\"");
  CHECK(refusal("needed = [\n'libm.so.6',\n'libcuda.so.1']\nexclude = ['libcu*']\n") ==
        "3 stub.toml:5: libcuda.so.1 is needed, but excluded by libcu*\nhint: remove one of them");
  CHECK(refusal("rpath = ['$ORIGIN', 'as:demo/x.so']\n") ==
        "3 stub.toml:3: as: is given with other entries of rpath\nhint: write rpath = \"as:ENTRY\" alone");
  CHECK(refusal("rpath = '$ORIGIN:'\n") ==
        "3 stub.toml:3: rpath has an empty entry, which loaders take for the working directory\nhint: write "
        "$ORIGIN for the library's own folder");
  CHECK(refusal("rpath = '$ORIGIN'\nrpath-kind = 'keep'\n") ==
        "3 stub.toml:4: rpath-kind is 'keep'\nhint: it must be rpath or runpath");
  CHECK(refusal("rpath-kind = 'rpath'\n") == "3 stub.toml:3: rpath-kind is given without rpath");
  for (const auto* size : {"0", "2048", "12288", "131072"}) {
    CHECK(refusal("page-size = " + std::string(size) + "\n") ==
          "3 stub.toml:3: page-size is " + std::string(size) +
              "\nhint: it must be a power of two from 4096 to 65536");
  }
  CHECK(refusal("page-size = '4096'\n") == "3 stub.toml:3: page-size must be an integer, not a string");
}

#include <doctest/doctest.h>

#include <wheelfix/stub.hpp>

#include "wheel/thrown.hpp"

using namespace wheelfix;

namespace {

using Names = std::vector<std::string>;

BinaryInfo library(Names needed, std::string machine = "x86_64") {
  BinaryInfo info;
  info.machine = std::move(machine);
  info.is_dynamic = true;
  info.needed = std::move(needed);
  return info;
}

StubLibraries cuda_libraries() {
  return {
      {"torch/lib/libtorch_cpu.so", library({"libgomp-a34b3233.so.1", "libcudart.so.12", "libc.so.6"})},
      {"torch/lib/libcaffe2_nvrtc.so", library({"libcuda.so.1", "libnvrtc.so.12"})},
      {"torch/lib/libtorch_cuda.so", library({"libcublasLt.so.12", "libcublas.so.12", "libcudart.so.12"})}};
}

StubTemplate parse(const std::string& lines, const std::string& machine = "x86_64") {
  return parse_stub_template("soname = 'libx.so'\nmachine = '" + machine + "'\n" + lines, "stub.toml");
}

std::string numbered_names(int count) {
  std::string list = "[";
  for (int i = 0; i < count; ++i) list += "'lib" + std::to_string(i) + ".so',\n";
  return list + "]\n";
}

BinaryInfo read(const std::string& stub) {
  return read_binary(stub, "stub");
}

}  // namespace

TEST_CASE("names are taken as they are, globs from what the libraries need") {
  const auto libraries = cuda_libraries();
  CHECK(
      stub_needed(parse("needed = ['libcudart.so.*', 'libcublas*', 'libnone*', 'libz.so.1']\n"), libraries) ==
      Names{"libcudart.so.12", "libcublas.so.12", "libcublasLt.so.12", "libz.so.1"});
  CHECK(stub_needed(parse("needed = ['libcublasLt*', 'libcu*']\nexclude = ['libcuda.so.*']\n"), libraries) ==
        Names{"libcublasLt.so.12", "libcublas.so.12", "libcudart.so.12"});
  CHECK(stub_needed(parse("needed = ['lib*cu*']\n"), {}).empty());
}

TEST_CASE("a stub never needs itself") {
  CHECK(stub_needed(parse("needed = ['lib*']\n"), {{"a.so", library({"libx.so", "liby.so"})}}) ==
        Names{"liby.so"});
}

TEST_CASE("names are not taken from what is not an ELF file") {
  auto info = library({"libcudart.so.12"});
  info.format = BinaryFormat::pe;
  CHECK(stub_needed(parse("needed = ['lib*']\n"), {{"a.dll", info}}).empty());
}

TEST_CASE("a stub is read back as requested") {
  const auto info =
      read(make_stub(parse("needed = ['libcudart.so.*', 'libm.so.6']\nrpath = ['$ORIGIN', '$ORIGIN/../a']\n"),
                     cuda_libraries()));
  CHECK(info.format == BinaryFormat::elf);
  CHECK(info.machine == "x86_64");
  CHECK(info.bits == 64);
  CHECK(info.is_dynamic);
  CHECK_FALSE(info.is_program);
  CHECK(info.soname == "libx.so");
  CHECK(info.needed == Names{"libcudart.so.12", "libm.so.6"});
  CHECK(info.rpath.empty());
  CHECK(info.runpath == Names{"$ORIGIN", "$ORIGIN/../a"});
  CHECK(info.versions_needed.empty());
}

TEST_CASE("the kind of search path is the one that is asked for") {
  CHECK(read(make_stub(parse("rpath = 'x'\nrpath-kind = 'rpath'\n"), {})).rpath == Names{"x"});
  CHECK(read(make_stub(parse("rpath = 'x'\nrpath-kind = 'runpath'\n"), {})).runpath == Names{"x"});
  const auto none = read(make_stub(parse(""), {}));
  CHECK(none.rpath.empty());
  CHECK(none.runpath.empty());
}

TEST_CASE("machine and search path are taken from an entry") {
  auto rpath = library({}, "aarch64");
  rpath.rpath = {"$ORIGIN", "r"};
  auto runpath = rpath;
  runpath.runpath = {"u"};
  const StubLibraries libraries = {{"r.so", rpath}, {"u.so", runpath}, {"none.so", library({}, "aarch64")}};
  const auto made = [&](const std::string& lines) {
    return read(make_stub(parse(lines, "as:r.so"), libraries));
  };
  CHECK(made("").machine == "aarch64");
  CHECK(made("rpath = 'as:r.so'\n").rpath == Names{"$ORIGIN", "r"});
  CHECK(made("rpath = 'as:u.so'\n").runpath == Names{"u"});
  CHECK(made("rpath = 'as:u.so'\nrpath-kind = 'rpath'\n").rpath == Names{"u"});
  CHECK(made("rpath = 'as:none.so'\n").runpath.empty());
}

TEST_CASE("an entry that can't be the model is refused with the line that names it") {
  auto x32 = library({});
  x32.bits = 32;
  auto windows = library({});
  windows.format = BinaryFormat::pe;
  const StubLibraries libraries = {
      {"x32.so", x32}, {"i.so", library({}, "i686")}, {"static", {}}, {"w.dll", windows}};
  const auto refusal = [&](const std::string& machine, const std::string& lines) {
    return thrown([&] { make_stub(parse(lines, machine), libraries); });
  };
  const std::string machine_hint = "\nhint: stubs are made for x86_64 and aarch64, 64 bits and little-endian";
  const std::string entry_hint = "\nhint: check the spelling: `wheelfix inspect WHEEL` lists the libraries";
  CHECK(refusal("as:x32.so", "") ==
        "3 stub.toml:2: no stub can be made for the machine of x32.so" + machine_hint);
  CHECK(refusal("as:i.so", "") ==
        "3 stub.toml:2: no stub can be made for the machine of i.so" + machine_hint);
  for (const std::string entry : {"no.so", "static", "w.dll"}) {
    CHECK(refusal("as:" + entry, "") == "3 stub.toml:2: machine is to be that of " + entry +
                                            ", which isn't an ELF library of the wheel" + entry_hint);
  }
  CHECK(refusal("x86_64", "rpath = 'as:no.so'\n") ==
        "3 stub.toml:3: rpath is to be that of no.so, which isn't an ELF library of the wheel" + entry_hint);
}

TEST_CASE("the same template gives the same bytes, and a long one is no trouble") {
  const auto stub =
      parse("needed = " + numbered_names(1000) + "rpath = '" + std::string(60'000, 'x') + "'\n");
  const auto bytes = make_stub(stub, {});
  CHECK(bytes == make_stub(stub, {}));
  const auto info = read(bytes);
  CHECK(info.needed.size() == 1000);
  CHECK(info.needed.back() == "lib999.so");
  CHECK(info.runpath.at(0).size() == 60'000);
}

TEST_CASE("a stub that readers would take for damaged isn't made") {
  const auto refusal = [](const std::string& lines) { return thrown([&] { make_stub(parse(lines), {}); }); };
  CHECK(refusal("needed = " + numbered_names(1001)) ==
        "3 stub.toml: the stub would need 1001 libraries, more than 1000\nhint: use globs that match fewer "
        "libraries");
  CHECK(refusal("rpath = '" + std::string(60'001, 'x') + "'\n") ==
        "3 stub.toml: the stub's rpath would have 60001 bytes, more than 60000");
}

#include <doctest/doctest.h>

#include <functional>
#include <wheelfix/error.hpp>
#include <wheelfix/graft.hpp>
#include <wheelfix/library.hpp>
#include <wheelfix/lost_loads.hpp>

#include "base/hash.hpp"
#include "support/stub_wheel.hpp"

using namespace wheelfix;
using test::library;
using Texts = std::vector<std::string>;

namespace {

constexpr auto lib_folder = "usr/lib/x86_64-linux-gnu/";

Texts described(const std::vector<WheelLibraries>& wheels) {
  Texts texts;
  for (const auto& libraries : wheels) {
    texts.push_back("wheel");
    for (const auto& library : libraries.libraries) {
      CHECK(library.symbols == nullptr);
      auto text =
          library.path + (library.is_module ? " module" : "") + " " + library.info.soname.value_or("");
      for (const auto* names : {&library.info.needed, &library.info.rpath, &library.info.runpath})
        for (const auto& name : *names) text += " " + name;
      texts.push_back(std::move(text));
    }
    for (const auto& finding : libraries.findings) texts.push_back(finding.message);
  }
  return texts;
}

/// A wheel and a system of made-up libraries.
class GraftScene {
 public:
  GraftScene() {
    system("libc.so.6", library("libc.so.6"));
    root_.write("lib64/ld-linux-x86-64.so.2", library("ld-linux-x86-64.so.2"));
  }

  void system(const std::string& name, const std::string& content) {
    root_.write(lib_folder + name, content);
  }
  void link(const std::string& name, const std::string& target) {
    std::filesystem::create_symlink(target, root_ / (lib_folder + name));
  }
  WheelEdit make(const std::string& project, const std::map<std::string, std::string>& files,
                 const std::string& tag = "py3-none-linux_x86_64") const {
    test::WheelText text{.name = project, .tag = tag, .files = {}};
    for (const auto& [path, content] : files) text.files.push_back({.name = path, .content = content});
    return WheelEdit(Wheel::open(text.write(wheels_folder_)));
  }
  void add(const std::string& project, const std::map<std::string, std::string>& files) {
    wheels.push_back(make(project, files));
  }

  /// `moves`: it moves a program, whose old place isn't a library's any more.
  const GraftReport& run(bool moves = false) {
    report = graft(wheels, others, {.sysroot = root_.path(), .verification = Verification::never});
    auto all = wheels;
    all.insert(all.end(), others.begin(), others.end());
    CHECK(described(report.read) == described(read_libraries(all)));
    for (const auto& wheel : moves ? std::vector<WheelEdit>() : wheels)
      for (const auto& lost : lost_loads(wheel)) FAIL_CHECK(*lost.path << ": " << lost.message);
    return report;
  }
  std::string message() {
    try {
      run();
    } catch (const Error& error) {
      return error.message();
    }
    return "";
  }
  BinaryInfo info(const std::string& entry) const { return read_library(wheels[0], entry).info; }

  std::vector<WheelEdit> wheels, others;
  GraftReport report;

 private:
  test::TempFolder root_, wheels_folder_;
};

std::string entry_of(const std::string& base, const std::string& content, const std::string& rest) {
  return "demo.libs/" + base + "-" + sha256_hex(content).substr(0, 8) + rest;
}

}  // namespace

TEST_CASE("a system's library and what it needs are grafted under names of their own") {
  GraftScene scene;
  const auto deep = library("libdeep.so.2", {"libc.so.6"}),
             png = library("libpng.so.1", {"libdeep.so.2", "libz.so.1"});
  scene.system("libpng.so.1.2.3", png);
  scene.link("libpng.so.1", "libpng.so.1.2.3");
  scene.system("libdeep.so.2", deep);
  scene.system("libz.so.1", library("libz.so.1"));
  scene.add("demo", {{"demo/_C.so", library("_C.so", {"libpng.so.1", "libz.so.1"}, {"/opt/png"})}});
  const auto& report = scene.run();
  const auto png_entry = entry_of("libpng", png, ".so.1.2.3"),
             deep_entry = entry_of("libdeep", deep, ".so.2");
  REQUIRE(report.libraries.size() == 2);
  CHECK(report.libraries[0].entry == deep_entry);
  CHECK(report.libraries[1].entry == png_entry);
  CHECK(report.libraries[1].file == "/usr/lib/x86_64-linux-gnu/libpng.so.1.2.3");
  CHECK(report.libraries[1].names == Texts{"libpng.so.1"});
  const auto own = scene.info("demo/_C.so"), grafted = scene.info(png_entry), last = scene.info(deep_entry);
  CHECK(own.needed == Texts{png_entry.substr(10), "libz.so.1"});
  CHECK(own.runpath == Texts{"$ORIGIN/../demo.libs"});
  CHECK(grafted.soname == png_entry.substr(10));
  CHECK(grafted.needed == Texts{deep_entry.substr(10), "libz.so.1"});
  CHECK(grafted.runpath == Texts{"$ORIGIN"});
  CHECK(last.runpath.empty());
  CHECK(scene.wheels[0].mode(png_entry) == 0755);
  CHECK(scene.wheels[0].output_name().to_string() ==
        "demo-1.0-py3-none-manylinux1_x86_64.manylinux_2_5_x86_64.whl");
  CHECK(scene.wheels[0].contains("demo-1.0.dist-info/sboms/wheelfix.cdx.json"));
}

TEST_CASE("tags of another system stay") {
  GraftScene scene;
  scene.wheels.push_back(scene.make("demo", {{"demo/_C.so", library("_C.so", {"libc.so.6"})}},
                                    "py3-none-manylinux_2_28_x86_64.musllinux_1_2_x86_64"));
  scene.run();
  CHECK(scene.wheels[0].output_name().to_string() ==
        "demo-1.0-py3-none-manylinux1_x86_64.manylinux_2_5_x86_64.musllinux_1_2_x86_64.whl");
}

TEST_CASE("what another wheel of the set has isn't grafted") {
  GraftScene scene;
  scene.system("libpng.so.1", library("libpng.so.1"));
  scene.add("demo", {{"demo/_C.so", library("_C.so", {"libpng.so.1"})}});
  scene.others.push_back(scene.make("png", {{"png/lib/libpng.so.1", library("libpng.so.1")}}));
  CHECK(scene.run().libraries.empty());
  CHECK(scene.info("demo/_C.so").needed == Texts{"libpng.so.1"});
}

TEST_CASE("a driver's library stays the system's, and libpython isn't needed any more") {
  GraftScene scene;
  scene.system("libcuda.so.1", library("libcuda.so.1"));
  scene.system("libpython3.11.so.1.0", library("libpython3.11.so.1.0"));
  scene.add("demo", {{"demo/_C.so", library("_C.so", {"libcuda.so.1", "libpython3.11.so.1.0"})}});
  CHECK(scene.run().libraries.empty());
  CHECK(scene.info("demo/_C.so").needed == Texts{"libcuda.so.1"});
  CHECK(scene.info("demo/_C.so").runpath.empty());
}

TEST_CASE("a library that is nowhere is reported with who needs it and Debian's name for its package") {
  GraftScene scene;
  scene.add("demo", {{"demo/_C.so", library("_C.so", {"libpng16.so.16"})}});
  const auto& report = scene.run();
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].code == FindingCode::missing_library);
  CHECK(report.findings[0].path == "demo/_C.so");
  CHECK(report.findings[0].hint.find("libpng16-16") != std::string::npos);
}

TEST_CASE("a name that no package has needs no hint about one") {
  GraftScene scene;
  scene.add("demo", {{"demo/_C.so", library("_C.so", {".so.6"})}});
  const auto& report = scene.run();
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].hint.find("Debian") == std::string::npos);
}

TEST_CASE("a program in bin is moved beside the package, and a script starts it") {
  GraftScene scene;
  scene.system("libpng.so.1", library("libpng.so.1"));
  scene.add("demo", {{"demo-1.0.data/scripts/it's", library("tool", {"libpng.so.1"})}});
  scene.run(true);
  CHECK(scene.info("demo.scripts/it's").runpath == Texts{"$ORIGIN/../demo.libs"});
  const auto script = scene.wheels[0].read("demo-1.0.data/scripts/it's");
  CHECK(script.starts_with("#!python\n"));
  CHECK(script.find(R"('demo.scripts/it\'s')") != std::string::npos);
}

TEST_CASE("what can't be grafted to is refused") {
  GraftScene scene;
  scene.system("libpng.so.1", library("libpng.so.1"));
  SUBCASE("a wheel without libraries") {
    scene.add("demo", {{"demo/__init__.py", ""}});
    CHECK(scene.message().starts_with("has no library"));
  }
  SUBCASE("a library in the prefix") {
    scene.add("demo", {{"demo-1.0.data/data/lib/libdemo.so", library("libdemo.so", {"libpng.so.1"})}});
    CHECK(scene.message().find("outside of site-packages") != std::string::npos);
  }
  CHECK(scene.wheels[0].overlay().empty());
}

// Libraries like they could have been read, in wheels of any tags.
#include "doctor/tag_checks.hpp"

#include <doctest/doctest.h>

#include "doctor/made_libraries.hpp"

using namespace wheelfix;
using test::codes, test::elf, test::macho, test::pe, test::slice, test::TempFolder;

namespace {

using Codes = std::vector<std::string>;

WheelLibrary needing(const std::string& path, const std::string& name) {
  return test::elf(path, "x86_64", {name});
}

std::vector<Finding> found(const std::string& tag, const std::vector<WheelLibrary>& libraries) {
  const TempFolder folder;
  return check_tags(test::wheel_tagged(folder, tag), {libraries, {}});
}

/// Without what is said of a wheel that has no library, which is about platforms.
Codes codes_of(const std::string& tag, const std::vector<WheelLibrary>& libraries) {
  auto findings = found(tag, libraries);
  std::erase_if(findings,
                [](const Finding& finding) { return finding.code == FindingCode::platform_without_library; });
  return codes(findings);
}

const std::string linux_ending = "-x86_64-linux-gnu.so";

}  // namespace

TEST_CASE("free-threaded Pythons and those with the GIL import only their own modules") {
  const auto with_gil = elf("demo/_C.cpython-313" + linux_ending);
  const auto without = elf("demo/_C.cpython-313t" + linux_ending);
  CHECK(codes_of("cp313-cp313-linux_x86_64", {with_gil}) == Codes{});
  CHECK(codes_of("cp313-cp313t-linux_x86_64", {without}) == Codes{});
  CHECK(codes_of("cp313-cp313-linux_x86_64", {without}) == Codes{"extension-suffix"});
  const auto findings = found("cp313-cp313t-linux_x86_64", {with_gil});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].code == FindingCode::extension_suffix);
  CHECK(findings[0].severity == Severity::error);
  CHECK(findings[0].path == with_gil.path);
  CHECK(
      findings[0].message ==
      "is an extension module with the suffix .cpython-313-x86_64-linux-gnu.so, which no Python of the "
      "tag cp313-cp313t-linux_x86_64 imports: it is for a Python with the GIL, they are for a free-threaded "
      "Python");
  CHECK(findings[0].hint ==
        "the module was built for another Python than the wheel: build both for the same");

  // Both in one wheel, and a module for all Pythons.
  CHECK(codes_of("cp313-cp313.cp313t-linux_x86_64", {with_gil, without}) == Codes{});
  CHECK(codes_of("cp313-cp313t-linux_x86_64", {elf("demo/_C.so")}) == Codes{});
  CHECK(codes_of("cp313-cp313t-win_amd64", {pe("demo/_C.pyd")}) == Codes{});
  CHECK(codes_of("cp313-cp313t-win_amd64", {pe("demo/_C.cp313-win_amd64.pyd")}) == Codes{"extension-suffix"});
  CHECK(codes_of("cp313-cp313t-win_amd64", {pe("demo/_C.cp313t-win_amd64.pyd")}) == Codes{});
}

TEST_CASE("free-threaded Pythons before 3.15 have no stable ABI") {
  const auto stable = elf("demo/_C.abi3.so");
  const auto stable_t = elf("demo/_C.abi3t.so");
  CHECK(codes_of("cp38-abi3-linux_x86_64", {stable}) == Codes{});
  CHECK(codes_of("cp311-cp311-linux_x86_64", {stable}) == Codes{});
  CHECK(codes_of("cp313-cp313t-linux_x86_64", {stable}) == Codes{"extension-suffix"});
  CHECK(codes_of("cp314-cp314t-linux_x86_64", {stable_t}) == Codes{"extension-suffix"});
  CHECK(codes_of("cp315-cp315t-linux_x86_64", {stable_t}) == Codes{});
  CHECK(codes_of("cp315-abi3.abi3t-linux_x86_64", {stable_t}) == Codes{});
  CHECK(codes_of("cp315-abi3.abi3t-linux_x86_64", {stable}) == Codes{"not-abi3"});
}

TEST_CASE("a module of a wheel for abi3 is for more than one Python") {
  const auto findings = found("cp38-abi3-linux_x86_64", {elf("demo/_C.cpython-311" + linux_ending)});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].code == FindingCode::not_abi3);
  CHECK(findings[0].severity == Severity::error);
  CHECK(findings[0].message ==
        "is an extension module with the suffix .cpython-311-x86_64-linux-gnu.so, and other Pythons that the "
        "tag "
        "cp38-abi3-linux_x86_64 promises don't import it");
  CHECK(codes_of("cp38-abi3-linux_x86_64", {elf("demo/_C.cpython-37m" + linux_ending)}) ==
        Codes{"extension-suffix"});
  CHECK(codes_of("cp38-abi3-linux_x86_64", {elf("demo/_C.cpython-313t" + linux_ending)}) ==
        Codes{"extension-suffix"});
  CHECK(codes_of("cp38-abi3-win_amd64", {pe("demo/_C.pyd", "amd64", {"python3.dll"})}) == Codes{});
  CHECK(codes_of("cp38-abi3-win_amd64", {pe("demo/_C.pyd", "amd64", {"python311.dll"})}) ==
        Codes{"python-library"});
}

TEST_CASE("a module must be for a Python and a machine of the tags") {
  CHECK(codes_of("cp311-cp311-linux_x86_64", {elf("demo/_C.cpython-310" + linux_ending)}) ==
        Codes{"extension-suffix"});
  CHECK(codes_of("cp37-cp37m-linux_x86_64", {elf("demo/_C.cpython-37m" + linux_ending)}) == Codes{});
  CHECK(codes_of("cp27-cp27mu-linux_x86_64", {elf("demo/_C.so")}) == Codes{});
  CHECK(codes_of("cp311-cp311-linux_x86_64", {elf("demo/_C.cpython-311-aarch64-linux-gnu.so")}) ==
        Codes{"extension-suffix"});
  CHECK(codes_of("cp311-cp311-linux_i686", {elf("demo/_C.cpython-311-i386-linux-gnu.so", "i686")}) ==
        Codes{});
  CHECK(codes_of("cp311-cp311-linux_armv7l", {elf("demo/_C.cpython-311-arm-linux-gnueabihf.so", "armv7l")}) ==
        Codes{});
  CHECK(codes_of("cp311-cp311-musllinux_1_2_x86_64",
                 {elf("demo/_C.cpython-311-x86_64-linux-musl.so", "x86_64", {})}) == Codes{});
  CHECK(codes_of("cp311-cp311-win_arm64", {pe("demo/_C.cp311-win_amd64.pyd", "arm64")}) ==
        Codes{"extension-suffix"});
  CHECK(codes_of("cp311-cp311-linux_x86_64", {pe("demo/_C.cp311-win_amd64.pyd")}) ==
        Codes{"extension-suffix"});
  CHECK(codes_of("pp39-pypy39_pp73-linux_x86_64", {elf("demo/_C.pypy39-pp73" + linux_ending)}) == Codes{});
  CHECK(codes_of("pp310-pypy310_pp73-linux_x86_64", {elf("demo/_C.pypy39-pp73" + linux_ending)}) ==
        Codes{"extension-suffix"});
}

TEST_CASE("a module for fewer Pythons than the tags promise is a warning") {
  const auto module = elf("demo/_C.cpython-311" + linux_ending);
  const auto findings = found("py3-none-linux_x86_64", {module});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].code == FindingCode::suffix_of_one_python);
  CHECK(findings[0].severity == Severity::warning);
  CHECK(codes_of("py311-none-linux_x86_64", {module}) == Codes{});
  CHECK(codes_of("cp311-none-linux_x86_64", {module}) == Codes{});
  CHECK(codes_of("py2-none-linux_x86_64", {module}) == Codes{"extension-suffix"});
  const auto other = elf("demo/_C.cpython-310" + linux_ending);
  CHECK(codes_of("cp310.cp311-cp310.cp311-linux_x86_64", {module}) == Codes{"suffix-of-one-python"});
  CHECK(codes_of("cp310.cp311-cp310.cp311-linux_x86_64", {module, other}) == Codes{});
  CHECK(codes_of("cp311-cp311-linux_x86_64", {module, other}) == Codes{});
  CHECK(codes_of("py3-none-linux_x86_64", {elf("demo/libdemo.so"), elf("demo/libdemo.so.1")}) == Codes{});
}

TEST_CASE("tags that no Python accepts are found") {
  const TempFolder folder;
  const auto path = test::WheelText{.tag = "py3-abi3-linux_x86_64"}.write(folder);
  const auto wheel = Wheel::open(path);
  const auto findings = check_modules(wheel, wheel.name(), {});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0] == Finding{FindingCode::tag_of_no_python, Severity::error, path.string(), std::nullopt,
                               "no Python accepts the tag py3-abi3-linux_x86_64",
                               "no installer accepts the wheel: a tag is like cp311-cp311-PLATFORM, "
                               "cp38-abi3-PLATFORM, py3-none-PLATFORM or py3-none-any"});
  CHECK(codes_of("cp313t-cp313t-linux_x86_64", {}) == Codes{"tag-of-no-python"});
  CHECK(codes_of("cp310-cp311-linux_x86_64", {}) == Codes{});
  CHECK(codes_of("cp311-cp311-any", {}) == Codes{"tag-of-no-python"});
  CHECK(codes_of("cp311-cp311-macosx_10_9_arm64", {}) == Codes{"tag-of-no-python"});
  CHECK(codes_of("cp311-cp311-macosx_10_9_arm64.macosx_11_0_arm64", {}) == Codes{});
  for (const auto* tag :
       {"cp311-none-any", "py2.py3-none-any", "py310-none-win_amd64", "cp38-abi3-linux_x86_64",
        "pp39-pypy39_pp73-win_amd64", "cp315-abi3t-linux_x86_64", "py3.cp39-abi3-win32"})
    CHECK(codes_of(tag, {}) == Codes{});
}

TEST_CASE("a library may only need the library of the wheel's own Python") {
  const std::string path = "demo/libdemo.so.1";
  const std::string tag = "cp311-cp311-linux_x86_64";
  CHECK(codes_of(tag, {needing(path, "libpython3.11.so.1.0")}) == Codes{});
  CHECK(codes_of(tag, {needing(path, "libpython3.so")}) == Codes{});
  CHECK(codes_of(tag, {needing(path, "libpython3.12.so.1.0")}) == Codes{"python-library"});
  CHECK(codes_of("cp37-cp37m-linux_x86_64", {needing(path, "libpython3.7m.so.1.0")}) == Codes{});
  CHECK(codes_of("py3-none-linux_x86_64", {needing(path, "libpython3.12.so.1.0")}) == Codes{});
  for (const auto* name : {"python312.dll", "PYTHON311T.DLL"})
    CHECK(codes_of("cp311-cp311-win_amd64", {pe("demo/_C.pyd", "amd64", {name})}) == Codes{"python-library"});
  for (const auto* name : {"python311.dll", "Python311_d.dll", "python3.dll", "pythoncom311.dll"})
    CHECK(codes_of("cp311-cp311-win_amd64", {pe("demo/_C.pyd", "amd64", {name})}) == Codes{});
  CHECK(codes_of("cp313-cp313t-win_amd64", {pe("demo/_C.pyd", "amd64", {"python313t.dll"})}) == Codes{});
  CHECK(codes_of("cp313-cp313t-win_amd64", {pe("demo/_C.pyd", "amd64", {"python313.dll"})}) ==
        Codes{"python-library"});
  auto mac = macho("demo/_C.so", {slice("arm64", "11.0")});
  mac.info.needed = {"/Library/Frameworks/Python.framework/Versions/3.11/Python"};
  CHECK(codes_of("cp311-cp311-macosx_11_0_arm64", {mac}) == Codes{});
  CHECK(codes_of("cp312-cp312-macosx_11_0_arm64", {mac}) == Codes{"python-library"});
  mac.info.needed = {"@rpath/libpython3.12.dylib"};
  CHECK(codes_of("cp311-cp311-macosx_11_0_arm64", {mac}) == Codes{"python-library"});
}

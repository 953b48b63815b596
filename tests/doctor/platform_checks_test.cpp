#include <doctest/doctest.h>

#include "doctor/made_libraries.hpp"
#include "doctor/tag_checks.hpp"
#include "support/stub_wheel.hpp"

using namespace wheelfix;
using test::codes, test::elf, test::pe, test::slice, test::TempFolder;

namespace {

using Codes = std::vector<std::string>;

WheelLibrary macho(const std::vector<BinaryInfo>& slices) {
  return test::macho("demo/_C.abi3.so", slices);
}

WheelLibrary needing_glibc(const std::string& version) {
  auto library = elf("demo/_C.so");
  library.info.versions_needed = {{"libc.so.6", {"GLIBC_2.2.5", "GLIBC_" + version}}};
  return library;
}

WheelLibrary needing(const std::string& file, const std::vector<std::string>& versions,
                     const std::string& machine = "x86_64") {
  auto library = elf("demo/_C.so", machine);
  library.info.versions_needed = {{file, versions}};
  return library;
}

std::vector<Finding> found(const std::string& platform, const std::vector<WheelLibrary>& libraries) {
  const TempFolder folder;
  const auto wheel = test::wheel_tagged(folder, "py3-none-" + platform);
  auto findings = check_platform(wheel, wheel.name(), {libraries, {}});
  for (auto& finding : check_versions(wheel, {libraries, {}})) findings.push_back(std::move(finding));
  return findings;
}

Codes codes_of(const std::string& platform, const std::vector<WheelLibrary>& libraries) {
  return codes(found(platform, libraries));
}

}  // namespace

TEST_CASE("a library is for the machine of the tag") {
  CHECK(codes_of("linux_x86_64", {elf("demo/_C.so")}) == Codes{});
  CHECK(codes_of("linux_armv6l", {elf("demo/_C.so", "armv7l")}) == Codes{});
  const auto module = found("linux_aarch64", {elf("demo/_C.abi3.so")});
  REQUIRE(module.size() == 1);
  CHECK(module[0].code == FindingCode::wrong_machine);
  CHECK(module[0].severity == Severity::error);
  CHECK(module[0].message == "is for Linux on x86_64, and the wheel's tag is linux_aarch64");
  // What isn't imported may be a payload for another machine.
  CHECK(found("linux_aarch64", {elf("demo/libx.so.1")}).at(0).severity == Severity::warning);
  CHECK(codes_of("linux_aarch64", {elf("demo/x86/libx.so.1"), elf("demo/arm/libx.so.1", "aarch64")}) ==
        Codes{});
  CHECK(codes_of("linux_aarch64", {elf("demo/_C.abi3.so"), elf("demo/arm/libx.so.1", "aarch64")}) ==
        Codes{"wrong-machine"});
  CHECK(codes_of("win_amd64", {elf("demo/_C.so")}) == Codes{"wrong-machine"});
  CHECK(codes_of("win_amd64", {pe("demo/x.dll", "amd64")}) == Codes{});
  CHECK(codes_of("win32", {pe("demo/x.dll", "x86")}) == Codes{});
  CHECK(codes_of("win_arm64", {pe("demo/x.dll", "amd64")}) == Codes{"wrong-machine"});
  CHECK(codes_of("win_arm64", {pe("demo/net.dll", "x86", {"mscoree.dll"})}) == Codes{});
  CHECK(codes_of("macosx_11_0_arm64", {elf("demo/_C.so")}) == Codes{"wrong-machine"});
  auto program = elf("demo/tool", "s390x");
  program.info.is_program = true;
  auto object = elf("demo/gpu.cubin", "machine-190");
  object.info.is_dynamic = false;
  CHECK(codes_of("linux_x86_64", {program, object}) == Codes{});
}

TEST_CASE("a program that installers put into bin is for a system of the tags") {
  const auto script = [](WheelLibrary library) {
    library.info.is_program = true;
    return library;
  };
  const auto found = [](const std::string& platform, const std::vector<WheelLibrary>& programs) {
    const TempFolder folder;
    test::WheelText text{.tag = "py3-none-" + platform};
    text.files = {{.name = "demo-1.0.data/scripts/tool", .content = ""}};
    const auto wheel = Wheel::open(text.write(folder));
    return check_platform(wheel, wheel.name(), {programs, {}});
  };
  const auto codes_of = [&](const std::string& platform, const std::vector<WheelLibrary>& programs) {
    return codes(found(platform, programs));
  };
  const auto tool = script(elf("demo-1.0.data/scripts/tool"));
  CHECK(codes_of("manylinux_2_17_x86_64", {tool}) == Codes{});
  const auto foreign = found("manylinux_2_17_aarch64", {tool});
  REQUIRE(foreign.size() == 1);
  CHECK(foreign[0].code == FindingCode::wrong_machine);
  CHECK(foreign[0].severity == Severity::warning);
  CHECK(foreign[0].message ==
        "is a program for Linux on x86_64, and the wheel's tag is manylinux_2_17_aarch64");
  CHECK(codes_of("win_amd64", {tool}) == Codes{"wrong-machine"});
  CHECK(codes_of("macosx_11_0_arm64", {tool}) == Codes{"wrong-machine"});
  const auto anywhere = found("any", {tool});
  REQUIRE(anywhere.size() == 1);
  CHECK(anywhere[0].message ==
        "is a program for Linux on x86_64, in a wheel that is tagged for any platform");

  // Next to one that starts, on machines that start others' programs too, and elsewhere in the wheel.
  CHECK(codes_of("manylinux_2_17_aarch64",
                 {tool, script(elf("demo-1.0.data/scripts/tool-arm", "aarch64"))}) == Codes{});
  const auto launcher = script(pe("demo-1.0.data/scripts/tool.exe", "x86"));
  CHECK(codes_of("win_amd64", {launcher}) == Codes{});
  CHECK(codes_of("any", {launcher}) == Codes{});
  auto old = script(elf("demo-1.0.data/scripts/tool", "i686"));
  old.info.bits = 32;
  CHECK(codes_of("linux_x86_64", {old}) == Codes{});
  CHECK(codes_of("any", {script(elf("demo/bin/tool"))}) == Codes{});
}

TEST_CASE("libraries for phones are of their formats and machines") {
  const auto arm = slice("arm64", "13.0");
  CHECK(codes_of("ios_13_0_arm64_iphoneos", {macho({arm})}) == Codes{});
  CHECK(codes_of("ios_13_0_x86_64_iphonesimulator", {macho({arm})}) == Codes{"wrong-machine"});
  CHECK(codes_of("ios_13_0_arm64_iphoneos", {elf("demo/_C.abi3.so", "aarch64")}) == Codes{"wrong-machine"});
  CHECK(codes_of("android_21_arm64_v8a", {elf("demo/_C.abi3.so", "aarch64")}) == Codes{});
  CHECK(codes_of("android_21_armeabi_v7a", {elf("demo/_C.abi3.so", "armv7l")}) == Codes{});
  CHECK(codes_of("android_21_x86_64", {elf("demo/_C.abi3.so", "aarch64")}) == Codes{"wrong-machine"});
}

TEST_CASE("Python code alone for one platform is found, and what compilers use isn't") {
  const auto codes_with = [](const std::string& file, const std::string& tag) {
    const TempFolder folder;
    test::WheelText text{.tag = tag};
    text.files = {{.name = "demo/__init__.py", .content = ""}, {.name = file, .content = ""}};
    const auto wheel = Wheel::open(text.write(folder));
    return codes(check_platform(wheel, wheel.name(), {}));
  };
  CHECK(codes_with("demo/data.txt", "py3-none-win_amd64") == Codes{"platform-without-library"});
  CHECK(codes_with("demo/data.txt", "py3-none-any") == Codes{});
  CHECK(codes_with("demo/x.H", "py3-none-win_amd64") == Codes{});
  CHECK(codes_with("demo/libx.a", "py3-none-win_amd64") == Codes{});
  CHECK(codes_of("win_amd64", {pe("demo/x.dll", "amd64")}) == Codes{});
}

TEST_CASE("each machine that a macOS tag promises has its slice") {
  const auto intel = slice("x86_64", "10.9"), arm = slice("arm64", "11.0");
  CHECK(codes_of("macosx_10_9_universal2", {macho({intel, arm})}) == Codes{});
  CHECK(codes_of("macosx_10_9_x86_64", {macho({intel, arm})}) == Codes{});
  CHECK(codes_of("macosx_10_9_x86_64.macosx_11_0_arm64", {macho({intel, arm})}) == Codes{});
  CHECK(codes_of("macosx_10_9_intel", {macho({intel})}) == Codes{});
  CHECK(codes_of("macosx_11_0_arm64", {macho({intel})}) == Codes{"wrong-machine"});
  const auto findings = found("macosx_10_9_universal2", {macho({intel})});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].code == FindingCode::missing_slice);
  CHECK(findings[0].severity == Severity::error);
  CHECK(findings[0].message ==
        "is only for x86_64, and the wheel's tag is macosx_10_9_universal2, so arm64 can't load it");
}

TEST_CASE("a library may not need a newer macOS than the tag promises") {
  const auto findings = found("macosx_10_9_x86_64", {macho({slice("x86_64", "10.13")})});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].code == FindingCode::macos_too_new);
  CHECK(findings[0].severity == Severity::warning);
  CHECK(findings[0].message == "needs macOS 10.13 on x86_64, and the wheel's tag promises 10.9");
  CHECK(codes_of("macosx_10_13_x86_64", {macho({slice("x86_64", "10.13.2")})}) == Codes{});
  CHECK(codes_of("macosx_10_16_x86_64", {macho({slice("x86_64", "11.0")})}) == Codes{});
  CHECK(codes_of("macosx_10_9_universal2", {macho({slice("x86_64", "10.9"), slice("arm64", "11.0")})}) ==
        Codes{});
  CHECK(codes_of("macosx_10_9_universal2", {macho({slice("x86_64", "10.9"), slice("arm64", "12.0")})}) ==
        Codes{"macos-too-new"});
  CHECK(codes_of("macosx_11_0_arm64", {macho({slice("arm64", "")})}) == Codes{});
}

TEST_CASE("a library may not need a newer glibc than the oldest of the manylinux tags promises") {
  const auto findings = found("manylinux1_x86_64", {needing_glibc("2.17")});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].code == FindingCode::glibc_too_new);
  CHECK(findings[0].severity == Severity::warning);
  CHECK(findings[0].message == "needs glibc 2.17, and the wheel's tag promises 2.5");
  CHECK(findings[0].hint ==
        "older systems install the wheel and can't load it: its tag should be manylinux_2_17_x86_64");
  // The hint is for the whole wheel.
  CHECK(found("manylinux1_x86_64", {needing_glibc("2.6"), needing_glibc("2.17")}).at(0).hint ==
        findings[0].hint);
  CHECK(codes_of("manylinux2014_x86_64.manylinux_2_17_x86_64", {needing_glibc("2.17")}) == Codes{});
  CHECK(codes_of("manylinux2014_x86_64.manylinux_2_28_x86_64", {needing_glibc("2.28")}) ==
        Codes{"glibc-too-new"});
  CHECK(codes_of("manylinux_2_5_x86_64", {needing_glibc("2.2.5")}) == Codes{});
  CHECK(codes_of("linux_x86_64", {needing_glibc("2.38")}) == Codes{});
}

TEST_CASE("a library may not need newer versions of GCC's libraries than the manylinux tags promise") {
  // The expected values are those of auditwheel's policies.
  const auto findings =
      found("manylinux2014_x86_64", {needing("libstdc++.so.6", {"CXXABI_1.3", "GLIBCXX_3.4.30"})});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].code == FindingCode::libstdcxx_too_new);
  CHECK(findings[0].severity == Severity::warning);
  CHECK(findings[0].path == "demo/_C.so");
  CHECK(findings[0].message == "needs GLIBCXX_3.4.30 of libstdc++.so.6, and the wheel's tag promises 3.4.19");
  CHECK(findings[0].hint ==
        "older systems install the wheel and can't load it: its tag should be manylinux_2_35_x86_64");
  const auto codes_with = [](const std::string& tag, const std::string& file, const std::string& version) {
    return codes_of(tag, {needing(file, {version}, PlatformTag::parse(tag).machine)});
  };
  CHECK(codes_with("manylinux2014_x86_64", "libstdc++.so.6", "GLIBCXX_3.4.19") == Codes{});
  CHECK(codes_with("manylinux_2_32_x86_64", "libstdc++.so.6", "GLIBCXX_3.4.28") == Codes{});
  CHECK(codes_with("manylinux_2_32_x86_64", "libstdc++.so.6", "GLIBCXX_3.4.29") ==
        Codes{"libstdcxx-too-new"});
  CHECK(codes_with("manylinux2014_x86_64", "libstdc++.so.6", "CXXABI_1.3.8") == Codes{"libstdcxx-too-new"});
  CHECK(codes_with("manylinux2014_x86_64", "libstdc++.so.6", "CXXABI_FLOAT128") ==
        Codes{"libstdcxx-too-new"});
  CHECK(codes_with("manylinux_2_26_x86_64", "libgcc_s.so.1", "GCC_7.0.0") == Codes{"libstdcxx-too-new"});
  CHECK(codes_with("manylinux_2_26_aarch64", "libgcc_s.so.1", "GCC_7.0.0") == Codes{});
  CHECK(codes_with("manylinux2014_aarch64", "libatomic.so.1", "LIBATOMIC_1.0") == Codes{});
  CHECK(codes_with("manylinux2014_x86_64", "libatomic.so.1", "LIBATOMIC_1.0") == Codes{"libstdcxx-too-new"});
  CHECK(codes_with("manylinux2014_x86_64", "libz.so.1", "ZLIB_1.2.9") == Codes{"zlib-too-new"});
  CHECK(codes_with("manylinux_2_28_x86_64", "libz.so.1", "ZLIB_1.2.9") == Codes{});
  CHECK(codes_with("manylinux2014_aarch64", "libc.so.6", "GLIBC_2.18") == Codes{});
  CHECK(codes_with("manylinux2014_x86_64", "libc.so.6", "GLIBC_2.18") == Codes{"glibc-too-new"});
  CHECK(codes_with("manylinux_2_28_x86_64", "libc.so.6", "GLIBC_ABI_DT_RELR") == Codes{"glibc-too-new"});
  CHECK(codes_with("manylinux_2_36_x86_64", "libc.so.6", "GLIBC_ABI_DT_RELR") == Codes{});
  // What no policy is about isn't judged.
  CHECK(codes_with("manylinux2014_x86_64", "libstdc++-3f2a.so.6", "GLIBCXX_3.4.30") == Codes{});
  CHECK(codes_with("manylinux2014_x86_64", "libstdc++.so.6", "VENDOR_9") == Codes{});
  CHECK(codes_with("linux_x86_64", "libstdc++.so.6", "GLIBCXX_3.4.30") == Codes{});
  CHECK(found("manylinux2014_x86_64", {needing("libstdc++.so.6", {"GLIBCXX_3.4.99"})}).at(0).hint ==
        "older systems install the wheel and can't load it, and no manylinux tag is known to promise it");
}

TEST_CASE("programs may not need newer versions than the tags promise either") {
  auto program = needing_glibc("2.34");
  program.path = "demo/bin/tool";
  program.info.is_program = true;
  CHECK(codes_of("manylinux2014_x86_64", {program}) == Codes{"glibc-too-new"});
  CHECK(codes_of("manylinux_2_34_x86_64", {program}) == Codes{});
  program.info.machine = "aarch64";  // brought for other machines
  CHECK(codes_of("manylinux2014_x86_64", {program}) == Codes{});
}

TEST_CASE("what a wheel of the set brings isn't the system's") {
  const auto findings_with = [](const std::string& brought) {
    const TempFolder folder;
    test::WheelText text{.tag = "py3-none-manylinux2014_x86_64", .files = {}};
    text.files.push_back({.name = "demo/lib/" + brought, .content = test::library(brought)});
    const auto set = read_wheel_set({WheelEdit(Wheel::open(text.write(folder)))}, Layout());
    const LibraryIndex names(*set);
    return codes(check_versions(set->wheels[0].wheel(), {{needing("libstdc++.so.6", {"GLIBCXX_3.4.30"})}, {}},
                                &names));
  };
  CHECK(findings_with("libstdc++.so.6") == Codes{});
  CHECK(findings_with("libstdc++.so") == Codes{"libstdcxx-too-new"});
}

TEST_CASE("a library is linked to the tag's C library") {
  const auto musl = elf("demo/_C.abi3.so", "x86_64", {"libc.musl-x86_64.so.1"});
  const auto glibc = elf("demo/_C.abi3.so");
  CHECK(codes_of("manylinux2014_x86_64", {glibc}) == Codes{});
  CHECK(codes_of("musllinux_1_2_x86_64", {musl}) == Codes{});
  CHECK(codes_of("linux_x86_64", {musl, glibc}) == Codes{});
  CHECK(codes_of("musllinux_1_2_x86_64", {glibc}) == Codes{"wrong-libc"});
  const auto findings = found("manylinux2014_x86_64", {musl});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].code == FindingCode::wrong_libc);
  CHECK(findings[0].severity == Severity::error);
  CHECK(findings[0].message == "is linked to musl, and the wheel's tag is manylinux2014_x86_64");
}

TEST_CASE("a wheel for any platform has no libraries") {
  const auto findings = found("any", {elf("demo/a.so"), pe("demo/b.dll", "amd64")});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].code == FindingCode::any_with_libraries);
  CHECK(findings[0].severity == Severity::warning);
  CHECK(findings[0].path == "demo/a.so");
  CHECK(findings[0].message ==
        "is a library for Linux on x86_64 (1 more is in the wheel), in a wheel that is tagged for any "
        "platform");
  auto launcher = pe("demo/cli.exe", "x86");
  launcher.info.is_program = true;
  CHECK(codes_of("any", {launcher}) == Codes{});
}

TEST_CASE("search path entries that make no sense are found") {
  using Paths = std::vector<std::string>;
  const TempFolder folder;
  test::WheelText text{.tag = "cp311-cp311-linux_x86_64"};
  text.files.push_back({.name = "demo/lib/liba.so", .content = test::library("liba.so")});
  const auto wheel = Wheel::open(text.write(folder));
  const auto codes_with = [&](const Paths& rpath, const Paths& runpath, const char* layout = "shared") {
    auto library = elf("demo/lib/_C.so");
    library.info.rpath = rpath;
    library.info.runpath = runpath;
    return codes(check_search_paths(wheel, {{library}, {}}, Layout::parse(layout)));
  };
  CHECK(codes_with({"$ORIGIN", "${ORIGIN}/../../nvidia/lib"}, {}) == Codes{});
  CHECK(codes_with({}, {"$ORIGIN/../..", "$ORIGIN/./x/.."}) == Codes{});
  CHECK(codes_with({"$ORIGIN"}, {"$ORIGIN/.."}) == Codes{"rpath-and-runpath"});
  CHECK(codes_with({}, {"/usr/local/cuda/lib64"}) == Codes{"rpath-outside"});
  CHECK(codes_with({"$ORIGIN/../../.."}, {}) == Codes{"rpath-outside"});
  CHECK(codes_with({"$ORIGIN/../../../nvidia/lib"}, {}, "split") == Codes{});
  CHECK(codes_with({"$ORIGIN/../../../.."}, {}, "split") == Codes{"rpath-outside"});
  CHECK(codes_with({"$ORIGIN/../../../../nvidia/site-packages"}, {}, "split:{name}/site-packages") ==
        Codes{});
  CHECK(codes_with({"lib"}, {}) == Codes{"rpath-relative"});
  CHECK(codes_with({"$ORIGINAL"}, {}) == Codes{"rpath-relative"});
  CHECK(codes_with({}, {"$ORIGIN", ""}) == Codes{"rpath-relative"});
  CHECK(codes_with({"$ORIGIN/liba.so"}, {}) == Codes{"rpath-file"});
  CHECK(codes_with({"$ORIGIN/../lib"}, {}) == Codes{});

  auto library = elf("demo/lib/_C.so");
  library.info.runpath = {""};
  const auto findings = check_search_paths(wheel, {{library}, {}}, Layout::parse("shared"));
  CHECK(findings.at(0) ==
        Finding{FindingCode::rpath_relative, Severity::warning, wheel.path().string(), "demo/lib/_C.so",
                "has the RUNPATH entry '', which means the working directory",
                "an entry should begin with $ORIGIN: `wheelfix patch --set-rpath` changes it"});
}

TEST_CASE("search paths of Mach-O files are checked, in each slice") {
  const TempFolder folder;
  const auto wheel = test::wheel_tagged(folder, "cp311-cp311-macosx_10_9_universal2");
  auto intel = slice("x86_64", "10.9"), arm = slice("arm64", "11.0");
  const auto codes_now = [&] {
    return codes(check_search_paths(wheel, {{macho({intel, arm})}, {}}, Layout::parse("shared")));
  };
  intel.rpath = arm.rpath = {"@loader_path/lib", "@executable_path/../lib"};
  CHECK(codes_now() == Codes{});
  arm.rpath = {"/opt/homebrew/lib"};
  CHECK(codes_now() == Codes{"rpath-outside"});
  intel.rpath = {"/opt/homebrew/lib"};
  CHECK(codes_now() == Codes{"rpath-outside"});
  intel.rpath = arm.rpath = {"lib"};
  CHECK(codes_now() == Codes{"rpath-relative"});
}

TEST_CASE("the libraries of a wheel file are checked") {
  const TempFolder folder;
  auto text = test::wheel_of_libraries();
  text.tag = "cp311-cp311-linux_x86_64";
  const auto wheel = Wheel::open(text.write(folder));
  const auto libraries = read_libraries(wheel);
  CHECK(libraries.libraries.size() >= 3);
  CHECK(codes(check_tags(wheel, libraries)) == Codes{});
  // libb.so.1 has /opt/b.
  const auto findings = check_search_paths(wheel, libraries, Layout::parse("shared"));
  REQUIRE(codes(findings) == Codes{"rpath-outside"});
  CHECK(findings[0].path == "demo/lib/libb.so.1");
}

#include <doctest/doctest.h>

#include <wheelfix/policy.hpp>

#include "doctor/made_libraries.hpp"
#include "support/stub_wheel.hpp"

// What auditwheel 6.8.2 has in its policies and says of real wheels is compared in
// tests/interop/test_policies.py.

using namespace wheelfix;
using test::elf, test::pe, test::TempFolder;

namespace {

using Names = std::vector<std::string>;
using Kind = PolicyReason::Kind;

WheelPolicy policy_of(const std::vector<WheelLibrary>& libraries, const PolicyOptions& options = {},
                      const std::string& platform = "linux_x86_64") {
  const TempFolder folder;
  return wheel_policy(WheelEdit(test::wheel_tagged(folder, "cp311-cp311-" + platform)), {libraries, {}},
                      options);
}

WheelLibrary needing(const std::string& file, const Names& versions, const std::string& machine = "x86_64") {
  auto library = elf("demo/_C.so", machine, {file});
  library.info.versions_needed = {{file, versions}};
  return library;
}

std::string tag_of(const std::string& file, const Names& versions, const std::string& machine = "x86_64") {
  return policy_of({needing(file, versions, machine)}, {}, "linux_" + machine).tag;
}

WheelLibrary with_runpath(const std::string& path, const Names& needed) {
  auto library = elf(path, "x86_64", needed);
  library.info.runpath = {"$ORIGIN"};
  return library;
}

Names names_of(const std::vector<ExternalLibrary>& externals) {
  Names names;
  for (const auto& external : externals) names.push_back(external.name);
  return names;
}

}  // namespace

TEST_CASE("the tag is that of the oldest policy with the versions that are needed") {
  CHECK(tag_of("libc.so.6", {"GLIBC_2.2.5"}) == "manylinux_2_5_x86_64");
  CHECK(tag_of("libc.so.6", {"GLIBC_2.17"}, "aarch64") == "manylinux_2_17_aarch64");
  CHECK(tag_of("libc.so.6", {"GLIBC_2.14", "GLIBC_2.2.5"}) == "manylinux_2_17_x86_64");
  CHECK(tag_of("libm.so.6", {"GLIBC_2.29"}) == "manylinux_2_31_x86_64");
  CHECK(tag_of("libc.so.6", {"GLIBC_2.18"}, "aarch64") == "manylinux_2_17_aarch64");
  CHECK(tag_of("libc.so.6", {"GLIBC_2.18"}) == "manylinux_2_24_x86_64");
  CHECK(tag_of("libc.so.6", {"GLIBC_ABI_DT_RELR"}) == "manylinux_2_36_x86_64");
  CHECK(tag_of("libc.so.6", {"GLIBC_PRIVATE"}) == "linux_x86_64");
  CHECK(tag_of("libc.so.6", {"GLIBC_2.27"}, "riscv64") == "manylinux_2_31_riscv64");
  CHECK(tag_of("libstdc++.so.6", {"GLIBCXX_3.4.30"}) == "manylinux_2_35_x86_64");
  CHECK(tag_of("libstdc++.so.6", {"CXXABI_1.3.99"}) == "linux_x86_64");
  CHECK(tag_of("libz.so.1", {"ZLIB_1.2.9"}) == "manylinux_2_27_x86_64");
  // By PEP 600 the tag of a glibc needs no list.
  CHECK(tag_of("libc.so.6", {"GLIBC_2.50"}) == "manylinux_2_50_x86_64");
}

TEST_CASE("what stands in the way of older policies is listed by who needs it, the gravest first") {
  auto library = needing("libc.so.6", {"GLIBC_2.33", "GLIBC_2.2.5", "GLIBC_2.34", "GLIBC_2.32"});
  library.info.needed = {"libc.so.6", "libpng16.so.16"};
  const auto policy = policy_of({library});
  CHECK(policy.system == PlatformTag::System::manylinux);
  CHECK(policy.machine == "x86_64");
  CHECK(policy.tag == "linux_x86_64");
  CHECK(policy.grafted_tag == "manylinux_2_34_x86_64");
  REQUIRE(policy.reasons.size() == 4);
  CHECK(policy.reasons[0] ==
        PolicyReason{
            .kind = Kind::library, .path = "demo/_C.so", .file = "libpng16.so.16", .names = {}, .since = {}});
  CHECK(policy.reasons[1] == PolicyReason{.kind = Kind::version,
                                          .path = "demo/_C.so",
                                          .file = "libc.so.6",
                                          .names = {"GLIBC_2.34"},
                                          .since = PlatformVersion{2, 34}});
  CHECK(policy.reasons[3].names == Names{"GLIBC_2.32"});
  CHECK(reasons_against(policy, "manylinux_2_34_x86_64").size() == 1);
  CHECK(reasons_against(policy, "manylinux2014_x86_64").size() == 4);
  CHECK(reasons_against(policy, "linux_x86_64").empty());
  CHECK(reasons_against(policy, "manylinux2014_aarch64").empty());
}

TEST_CASE("what is needed and who promises it is said in words") {
  constexpr auto glibc = PlatformTag::System::manylinux, musl = PlatformTag::System::musllinux;
  PolicyReason reason{.kind = Kind::version,
                      .path = "demo/_C.so",
                      .file = "libc.so.6",
                      .names = {"GLIBC_2.33", "GLIBC_2.34"},
                      .since = PlatformVersion{2, 34}};
  CHECK(describe(reason, glibc) ==
        "GLIBC_2.33, GLIBC_2.34 of libc.so.6, which policies promise from glibc 2.34 on");
  reason = {.kind = Kind::library, .path = "demo/_C.so", .file = "libpng\x1b.so", .names = {}, .since = {}};
  CHECK(describe(reason, glibc) == "libpng\\x1b.so, which no policy promises");
  reason = {
      .kind = Kind::instructions, .path = "demo/_C.so", .file = {}, .names = {"x86-64-v3"}, .since = {}};
  CHECK(describe(reason, glibc) == "the instructions of x86-64-v3, which not every machine has");
  CHECK(what_is_needed(reason) == "the instructions of x86-64-v3");
  CHECK(who_promises(PlatformVersion{1, 2}, musl) == "which policies promise from musl 1.2 on");
}

TEST_CASE("what only a driver brings keeps no tag from being true") {
  auto library = needing("libc.so.6", {"GLIBC_2.34"});
  library.info.needed = {"libc.so.6", "libcuda.so.1"};
  const auto policy = policy_of({library});
  CHECK(policy.tag == "linux_x86_64");
  CHECK(true_tag(policy) == "manylinux_2_34_x86_64");
  CHECK(reasons_against(policy, "manylinux_2_34_x86_64").empty());
  REQUIRE(reasons_against(policy, "manylinux_2_28_x86_64").size() == 1);
  CHECK(reasons_against(policy, "manylinux_2_28_x86_64")[0].file == "libc.so.6");
  library.info.needed.push_back("libpng16.so.16");
  CHECK(true_tag(policy_of({library})) == "linux_x86_64");
}

TEST_CASE("external libraries are those that nothing in the wheel brings to who needs them") {
  const auto module =
      with_runpath("demo/_C.so", {"libone.so.1", "libc.so.6", "libX11.so.6", "libexpat.so.1"});
  const auto one = with_runpath("demo/libone.so.1", {"libtwo.so.1", "libcuda.so.1", "libpython3.11.so.1.0"});
  const auto far = with_runpath("demo/far/libtwo.so.1", {"libc.so.6"});
  const auto policy = policy_of({module, one, far});
  CHECK(names_of(policy.externals) ==
        Names{"libcuda.so.1", "libexpat.so.1", "libpython3.11.so.1.0", "libtwo.so.1"});
  CHECK(policy.externals[0].kind == ExternalLibrary::Kind::driver);
  CHECK(policy.externals[1].since == PlatformVersion{2, 12});
  CHECK(policy.externals[2].kind == ExternalLibrary::Kind::python);
  CHECK(policy.externals[3] == ExternalLibrary{.name = "libtwo.so.1",
                                               .needed_by = {"demo/libone.so.1"},
                                               .needed_by_others = {},
                                               .out_of_reach = "demo/far/libtwo.so.1",
                                               .path = {},
                                               .since = {}});
  CHECK(policy.grafted_tag == "manylinux_2_12_x86_64");
  const auto given = policy_of({module, one, far}, {.sysroot = {}, .brought = {"libtwo.so.1"}});
  CHECK(names_of(given.externals) == Names{"libcuda.so.1", "libexpat.so.1", "libpython3.11.so.1.0"});
}

TEST_CASE("with musl, whose symbols have no versions, the tag is the wheel's own or the newest") {
  const auto library = elf("demo/_C.so", "x86_64", {"libc.musl-x86_64.so.1", "libz.so.1"});
  CHECK(policy_of({library}).tag == "musllinux_1_2_x86_64");
  CHECK(policy_of({library}, {}, "musllinux_1_1_x86_64").tag == "musllinux_1_1_x86_64");
  CHECK(policy_of({library}, {}, "musllinux_1_2_x86_64").tag == "musllinux_1_2_x86_64");
  auto arm = elf("demo/_C.so", "armv7l", {"libc.musl-armv7.so.1", "libpng16.so.16"});
  arm.info.bits = 32;
  CHECK(policy_of({arm}, {}, "linux_armv7l").grafted_tag == "musllinux_1_2_armv7l");
  CHECK(policy_of({arm}, {}, "linux_armv7l").tag == "linux_armv7l");
}

TEST_CASE("wheels without libraries for Linux have no policy") {
  CHECK(policy_of({}, {}, "any").tag == "any");
  CHECK(policy_of({}).system == PlatformTag::System::any);
  const auto other = policy_of({pe("demo/x.dll")}, {}, "win_amd64");
  CHECK(other.system == PlatformTag::System::other);
  CHECK(other.tag.empty());
}

TEST_CASE("libraries for other machines and C libraries don't count") {
  auto other = needing("libc.so.6", {"GLIBC_2.39"}, "aarch64");
  other.path = "demo/arm.so";
  const auto musl = elf("demo/musl.so", "x86_64", {"libc.musl-x86_64.so.1", "libpng16.so.16"});
  CHECK(policy_of({other, needing("libc.so.6", {"GLIBC_2.14"}), musl}).tag == "manylinux_2_17_x86_64");
}

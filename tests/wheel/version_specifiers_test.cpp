#include <wheelfix/version_specifiers.hpp>

#include <doctest/doctest.h>

#include <vector>

#include "wheel/thrown.hpp"

using wheelfix::Version;
using wheelfix::VersionSpecifiers;

namespace {

bool is_in(const char* version, const char* specifiers) {
  return VersionSpecifiers::parse(specifiers).contains(Version::parse(version));
}

std::string refusal(const char* specifiers) {
  return thrown([&] { (void)VersionSpecifiers::parse(specifiers); });
}

}  // namespace

TEST_CASE("all specifiers of a set must hold") {
  CHECK(is_in("2.1.0", ">=2.1, <2.2"));
  CHECK(is_in("2.1.3", " >= 2.1 , != 2.1.2,"));
  CHECK_FALSE(is_in("2.1.2", ">=2.1,!=2.1.2"));
  CHECK_FALSE(is_in("2.2.0", ">=2.1,<2.2"));
  CHECK(is_in("0.0.dev0", ""));
}

TEST_CASE("a public version covers its local versions, and one with a label only that") {
  CHECK(is_in("2.1.0+cu121", "==2.1.0"));
  CHECK(is_in("2.1.0+cu121", "==2.1.*"));
  CHECK(is_in("2.1.0+cu121", "<=2.1.0"));
  CHECK(is_in("2.1.0+cu121", "==2.1.0+cu121"));
  CHECK_FALSE(is_in("2.1.0", "==2.1.0+cu121"));
  CHECK_FALSE(is_in("2.1.0+cu121", ">2.1.0"));
  CHECK_FALSE(is_in("2.1.0+cu121.stripe.5", "===2.1.0+cu121"));
}

TEST_CASE("compatible releases keep all but the last number") {
  CHECK(is_in("2.1.9.post1", "~=2.1.0"));
  CHECK(is_in("2.9", "~=2.1"));
  CHECK_FALSE(is_in("2.2", "~=2.1.0"));
  CHECK_FALSE(is_in("2.0.9", "~=2.1.0"));
}

TEST_CASE("what is no specifier is refused with its text") {
  const std::string hint = "\nhint: specifiers look like ==2.1.*, ~=2.1.0 or >=2.1,<2.2 (PEP 440)";
  CHECK(refusal(">=2.1,2.2") == "3 2.2: is not a version specifier: it begins with no operator" + hint);
  CHECK(refusal("=2.1") == "3 =2.1: is not a version specifier: equal is ==" + hint);
  CHECK(refusal("=>2.1") == "3 =>2.1: is not a version specifier: at least is >=" + hint);
  CHECK(refusal("=<2.1") == "3 =<2.1: is not a version specifier: at most is <=" + hint);
  CHECK(refusal("==") == "3 ==: is not a version specifier" + hint);
  CHECK(refusal("== two") == "3 == two: is not a version specifier" + hint);
  CHECK(refusal(">=2.*") == "3 >=2.*: has .*, which only == and != may have" + hint);
  CHECK(refusal("==2.1rc1.*") == "3 ==2.1rc1.*: has .* after more than a release" + hint);
  CHECK(refusal("<2+cu121") == "3 <2+cu121: has a local version, which only == and != may have" + hint);
  CHECK(refusal("~=2") ==
        "3 ~=2: has too short a release: ~=2 would hold for every version from 2 on" + hint);
  CHECK(refusal("===2 1") == "3 ===2 1: is not a version specifier" + hint);
}

TEST_CASE("a set of kilobytes is refused") {
  const std::string text = ">=1," + std::string(1 << 16, ' ') + "<2";
  CHECK(refusal(text.c_str()).ends_with("is a set of version specifiers of 65542 bytes, more than 65536"));
}

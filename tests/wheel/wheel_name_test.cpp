#include <wheelfix/wheel_name.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "wheel/thrown.hpp"

using wheelfix::expand_tag_set;
using wheelfix::WheelName;
using Strings = std::vector<std::string>;

namespace {

std::string refusal(std::string_view file_name) {
  return thrown([&] { WheelName::parse(file_name); });
}

constexpr const char* example = "\nhint: a wheel is named like torch-2.1.0-cp311-cp311-manylinux1_x86_64.whl";

}  // namespace

TEST_CASE("a wheel's name has five parts") {
  const auto name = WheelName::parse("torch-2.1.0+cu121-cp311-cp311-manylinux1_x86_64.whl");
  CHECK(name.distribution() == "torch");
  CHECK(name.version_text() == "2.1.0+cu121");
  CHECK(name.version().to_string() == "2.1.0+cu121");
  CHECK_FALSE(name.build());
  CHECK(name.python_tags() == Strings{"cp311"});
  CHECK(name.abi_tags() == Strings{"cp311"});
  CHECK(name.platform_tags() == Strings{"manylinux1_x86_64"});
}

TEST_CASE("a sixth part is the build tag") {
  const auto name =
      WheelName::parse("triton-2.1.0-0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl");
  CHECK(name.build() == "0");
  CHECK(name.platform_tags() == Strings{"manylinux2014_x86_64", "manylinux_2_17_x86_64"});
}

TEST_CASE("a compressed tag set stands for all its combinations") {
  CHECK(WheelName::parse("six-1.16.0-py2.py3-none-any.whl").expanded_tags() ==
        Strings{"py2-none-any", "py3-none-any"});
  CHECK(expand_tag_set("cp38.cp39-abi3.none-a.b") == Strings{"cp38-abi3-a", "cp38-abi3-b", "cp38-none-a",
                                                             "cp38-none-b", "cp39-abi3-a", "cp39-abi3-b",
                                                             "cp39-none-a", "cp39-none-b"});
}

TEST_CASE("what is no tag expands to nothing") {
  for (const char* text : {"", "py3", "py3-none", "py3-none-any-x", "py3--any", "py3.-none-any",
                           "3py-none-any", "py 3-none-any"}) {
    CHECK(expand_tag_set(text).empty());
  }
}

TEST_CASE("a tag set that stands for too many tags expands to nothing") {
  std::string part = "a";
  for (int i = 0; i < 16; ++i) part += ".a";
  CHECK(expand_tag_set(part + "-" + part + "-a").size() == 17 * 17);
  CHECK(expand_tag_set(part + "-" + part + "-" + part).empty());
  CHECK(expand_tag_set("py3-none-" + std::string(2000, 'a')).empty());
  CHECK(refusal("x-1-" + part + "-" + part + "-" + part + ".whl")
            .find("its tags stand for more than 4096 combinations") != std::string::npos);
}

TEST_CASE("a name is written as it was read") {
  for (const char* text : {"MarkupSafe-2.1.3-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
                           "zope.interface-6.0-cp311-cp311-linux_x86_64.whl",
                           "ruamel.yaml-0.17.4-py3-none-any.whl", "foo-1.0_rc1-1_local-PY3-none-any.whl",
                           "foo-1!2.0+Ubuntu_1-py3-none-any.whl", "a-0-1a.b-_-_-_.whl"}) {
    CHECK(WheelName::parse(text).to_string() == text);
  }
}

TEST_CASE("a name takes another version and keeps its other parts") {
  const auto name = WheelName::parse("triton-2.1.0-0-cp311-cp311-linux_x86_64.whl");
  CHECK(name.with_version("2.1.0+stripe.5").to_string() ==
        "triton-2.1.0+stripe.5-0-cp311-cp311-linux_x86_64.whl");
  for (const char* text : {"2.1.0-5", " 2.1", "x", ""}) {
    CHECK(thrown([&] { (void)name.with_version(text); }) ==
          "3 triton-2.1.0-0-cp311-cp311-linux_x86_64.whl: the version '" + std::string(text) +
              "' is not a PEP 440 version as file names spell it" + example);
  }
}

TEST_CASE("the refusal of a name says what is wrong with it and gives an example") {
  CHECK(refusal("torch-2.1.0.tar.gz") ==
        std::string("3 torch-2.1.0.tar.gz: not the name of a wheel: it does not end in .whl") + example);
  CHECK(refusal("torch.whl") == std::string("3 torch.whl: the name of a wheel has 5 parts between dashes, or "
                                            "6 with a build tag, and this one has 1") +
                                    example);
  CHECK(refusal("a-1-1-1-py3-none-any.whl") ==
        std::string("3 a-1-1-1-py3-none-any.whl: the name of a wheel has 5 parts between dashes, or 6 with a "
                    "build tag, and this one has 7") +
            example);
  CHECK(refusal("torch--py3-none-any.whl") ==
        std::string("3 torch--py3-none-any.whl: a part between the dashes is empty") + example);
  CHECK(refusal("a__b-1-py3-none-any.whl") ==
        std::string("3 a__b-1-py3-none-any.whl: the distribution 'a__b' has other than ASCII letters, "
                    "digits, '.' and single '_'") +
            example);
  CHECK(
      refusal("a-1.0_1-py3-none-any.whl") ==
      std::string(
          "3 a-1.0_1-py3-none-any.whl: the version '1.0_1' is not a PEP 440 version as file names spell it") +
          example);
  CHECK(refusal("a-1-b1-py3-none-any.whl") ==
        std::string("3 a-1-b1-py3-none-any.whl: the build tag 'b1' does not begin with a number below "
                    "2^64, or has other than letters and digits") +
            example);
  CHECK(refusal("a-1-3py-none-any.whl") ==
        std::string("3 a-1-3py-none-any.whl: '3py-none-any' is not a set of python, abi and platform tags") +
            example);
}

TEST_CASE("a build tag's number has 64 bits") {
  CHECK(WheelName::parse("a-1-18446744073709551615-py3-none-any.whl").build() == "18446744073709551615");
  CHECK(refusal("a-1-18446744073709551616x-py3-none-any.whl").starts_with("3 "));
}

TEST_CASE("names with path separators, white space or other bytes than ASCII are refused") {
  for (const char* text :
       {"a/b-1-py3-none-any.whl", "../a-1-py3-none-any.whl", "a\\b-1-py3-none-any.whl",
        "a b-1-py3-none-any.whl", "a- 1-py3-none-any.whl", "a-1-py3-none-any\n.whl",
        "f\xc3\xb6-1-py3-none-any.whl", "a-1-1/2-py3-none-any.whl", "..-1-py3-none-any.whl",
        "a-1-py3-none-any..whl", "a-1-py3.-none-any.whl", ".whl", ""}) {
    CAPTURE(text);
    CHECK(refusal(text).starts_with("3 "));
  }
}

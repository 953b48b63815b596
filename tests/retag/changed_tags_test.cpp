#include <doctest/doctest.h>

#include <wheelfix/error.hpp>
#include <wheelfix/retag.hpp>

using namespace wheelfix;

namespace {

/// The name after it, or what is at fault.
std::string changed(const std::string& name, const TagChanges& changes) {
  const auto parsed = WheelName::parse(name);
  try {
    return parsed.with_tags(changed_tags(parsed, changes)).to_string();
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::usage);
    return "refused: " + error.subject();
  }
}

constexpr auto module_wheel = "demo-1.0-cp311-cp311-linux_x86_64.whl";

}  // namespace

TEST_CASE("tags replace those that are there, and the sets are sorted") {
  CHECK(changed(module_wheel, {.platform = "manylinux_2_17_x86_64.manylinux2014_x86_64"}) ==
        "demo-1.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl");
  CHECK(changed(module_wheel, {.python = "cp39", .abi = "abi3", .build = "7x"}) ==
        "demo-1.0-7x-cp39-abi3-linux_x86_64.whl");
  CHECK(changed("demo-1.0-3-py3-none-any.whl", {.build = ""}) == "demo-1.0-py3-none-any.whl");
  CHECK(changed("demo-1.0-3-py3-none-any.whl", {.python = "py2"}) == "demo-1.0-3-py2-none-any.whl");
}

TEST_CASE("tags are added after a plus, and removed after a minus") {
  CHECK(changed("demo-1.0-py3-none-any.whl", {.python = "+py2"}) == "demo-1.0-py2.py3-none-any.whl");
  CHECK(changed("demo-1.0-py2.py3-none-any.whl", {.python = "-py2"}) == "demo-1.0-py3-none-any.whl");
  CHECK(changed("demo-1.0-py2.py3-none-any.whl", {.python = "-py2.py3"}) == "refused: --python");
  CHECK(changed("demo-1.0-py2.py3-none-any.whl", {.python = "-py4"}) == "refused: --python");
  CHECK(changed("demo-1.0-py3-none-Win_AMD64.win32.whl", {.platform = "-Win_AMD64"}) ==
        "demo-1.0-py3-none-win32.whl");
  CHECK(changed("demo-1.0-py3-none-win32.whl", {.platform = "+Win_AMD64"}) == "refused: --platform");
}

TEST_CASE("a set that stays the same keeps its order") {
  CHECK(changed("demo-1.0-py3.py2-none-any.whl", {.python = "py2.py3"}) == "demo-1.0-py3.py2-none-any.whl");
  CHECK(changed("demo-1.0-py3.py2-none-any.whl", {.python = "+py2"}) == "demo-1.0-py3.py2-none-any.whl");
}

TEST_CASE("the sets may have combinations that nobody means") {
  CHECK(changed(module_wheel, {.python = "cp310.cp311", .abi = "cp310.cp311"}) ==
        "demo-1.0-cp310.cp311-cp310.cp311-linux_x86_64.whl");
  CHECK(changed(module_wheel, {.python = "cp310.cp311"}) ==
        "refused: demo-1.0-cp310.cp311-cp311-linux_x86_64.whl");
}

TEST_CASE("what was there isn't checked again") {
  CHECK(changed("demo-1.0-py3-none-amiga.whl", {.python = "py2.py3"}) == "demo-1.0-py2.py3-none-amiga.whl");
}

TEST_CASE("an ABI is one that some Python is known to have") {
  for (const auto* abi : {"abi4", "abi33", "noen", "xyz"})
    CHECK(changed(module_wheel, {.abi = abi}) == "refused: --abi");
  CHECK(changed(module_wheel, {.python = "pp310", .abi = "pypy310_pp73"}) ==
        "demo-1.0-pp310-pypy310_pp73-linux_x86_64.whl");
  CHECK(changed(module_wheel, {.python = "graalpy311", .abi = "graalpy242_311_native"}) ==
        "demo-1.0-graalpy311-graalpy242_311_native-linux_x86_64.whl");
  CHECK(changed(module_wheel, {.python = "cp37", .abi = "cp37m"}) == "demo-1.0-cp37-cp37m-linux_x86_64.whl");
}

TEST_CASE("a build tag is one part of the name") {
  for (const auto* build : {"x1", "1-2", "1/2", "1 2"})
    CHECK(changed(module_wheel, {.build = build}) == "refused: --build");
  CHECK(changed(module_wheel, {.build = "1.2_x"}) == "demo-1.0-1.2_x-cp311-cp311-linux_x86_64.whl");
}

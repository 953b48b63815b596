#include <doctest/doctest.h>

#include <wheelfix/edit.hpp>
#include <wheelfix/requirement_lines.hpp>

#include "base/hash.hpp"
#include "support/wheel_builder.hpp"

using namespace wheelfix;
using test::TempFolder;
using test::WheelText;

namespace {

WriteResult wheel(const char* name, const char* hash) {
  return {.output = std::filesystem::path("out") / name, .changed = {}, .notes = {}, .sha256 = hash};
}

}  // namespace

TEST_CASE("wheels of one version share a line, and names and versions are in their normal form") {
  const std::vector<WriteResult> wheels = {
      wheel("torch-2.1.0+fix.1-cp311-cp311-manylinux1_x86_64.whl", "bb"),
      wheel("Jaraco.Text-4.0+FIX.2-py3-none-any.whl", "cc"),
      wheel("torch-2.1.0+fix.1-cp311-none-macosx_11_0_arm64.whl", "aa"),
      wheel("torch-2.2.0+fix.1-cp311-cp311-manylinux1_x86_64.whl", "dd"),
  };
  CHECK(requirement_lines(wheels) ==
        "jaraco-text==4.0+fix.2 --hash=sha256:cc\n"
        "torch==2.1.0+fix.1 --hash=sha256:aa --hash=sha256:bb\n"
        "torch==2.2.0+fix.1 --hash=sha256:dd\n");
  CHECK(constraint_lines(wheels) == "jaraco-text==4.0+fix.2\ntorch==2.1.0+fix.1\ntorch==2.2.0+fix.1\n");
  CHECK(requirement_lines({}).empty());
}

#include <doctest/doctest.h>

#include <wheelfix/doctor.hpp>

#include "support/stub_wheel.hpp"

using namespace wheelfix;
using test::library;

namespace {

/// A program that needs libmine.so.1.
std::string program(const std::string& runpath) {
  auto bytes = library("", {"libmine.so.1", "libc.so.6"}, {runpath});
  bytes[16] = 2;  // e_type: ET_EXEC
  return bytes;
}

std::vector<Finding> findings_of(const std::string& path, const std::string& runpath,
                                 const std::string& layout = "shared") {
  const test::TempFolder folder;
  test::WheelText text{.tag = "py3-none-manylinux_2_17_x86_64", .files = {}};
  text.files.push_back({.name = "demo.libs/libmine.so.1", .content = library("libmine.so.1")});
  text.files.push_back({.name = path, .content = program(runpath), .mode = 0100755});
  auto findings = examine({text.write(folder)}, {.layout = Layout::parse(layout)}).findings;
  std::erase_if(findings, [](const Finding& finding) { return finding.code != FindingCode::program_fails; });
  return findings;
}

}  // namespace

TEST_CASE("a script that is a program must find its libraries from bin") {
  const std::string script = "demo-1.0.data/scripts/m";
  const auto findings = findings_of(script, "$ORIGIN/../../demo.libs");
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity == Severity::error);
  CHECK(findings[0].path == script);
  CHECK(findings[0].message == "libmine.so.1: cannot open shared object file: No such file or directory");
  CHECK(
      findings[0].hint ==
      "demo has it as demo.libs/libmine.so.1, and no search path of the program leads there from bin, where "
      "it is installed");
  CHECK(findings_of(script, "$ORIGIN/../lib/python3/site-packages/demo.libs").empty());
  CHECK(findings_of(script, "$ORIGIN/../../demo.libs", "split").empty());
}

TEST_CASE("a program in a package must find its libraries too") {
  CHECK(findings_of("demo/bin/m", "$ORIGIN/../../demo.libs").empty());
  const auto findings = findings_of("demo/bin/m", "$ORIGIN/../demo.libs");
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity == Severity::warning);
}

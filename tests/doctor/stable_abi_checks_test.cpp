#include "doctor/wheel_set.hpp"
#include "support/compiled_library.hpp"

using namespace wheelfix;

namespace {

/// A module that calls these functions.
std::string module_calling(const std::vector<std::string>& functions) {
  const test::TempFolder folder;
  std::string declarations, calls;
  for (const auto& function : functions) {
    const bool is_weak = function.starts_with('?');
    const auto name = function.substr(is_weak ? 1 : 0);
    declarations += "int " + name + "()" + (is_weak ? " __attribute__((weak));" : ";");
    calls += name + "();";
  }
  return test::compiled_library(folder, "extern \"C\" {" + declarations + "void PyInit__C() {" + calls + "}}",
                                "-nostdlib");
}

std::vector<Finding> found(const std::string& tag, const std::map<std::string, std::string>& files) {
  auto findings = test::MadeSet().add({.name = "demo", .files = files, .tag = tag}).examine();
  std::erase_if(findings, [](const Finding& finding) { return finding.code != FindingCode::not_stable_abi; });
  return findings;
}

std::vector<Finding> found_calling(const std::string& python, const std::vector<std::string>& functions) {
  return found(python + "-manylinux_2_17_x86_64", {{"demo/_C.abi3.so", module_calling(functions)}});
}

}  // namespace

// What is in the stable ABI, and since when, is in CPython's Misc/stable_abi.toml.

TEST_CASE("a module may not use what came into the stable ABI after the tag's Python") {
  const auto findings = found_calling("cp38-abi3", {"PyList_New", "PyType_GetModule", "PyType_GetName"});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity == Severity::warning);
  CHECK(findings[0].path == "demo/_C.abi3.so");
  CHECK(findings[0].message ==
        "uses PyType_GetName of the stable ABI of Python 3.11 and 1 more symbol, and the wheel's tag "
        "promises 3.8");
  CHECK(findings[0].hint == "older Pythons install the wheel and may lack it: its tag should be cp311-abi3");
  CHECK(found_calling("cp311-abi3", {"PyList_New", "PyType_GetModule", "PyType_GetName"}).empty());
  CHECK(found_calling("cp39.cp311-abi3", {"PyType_GetName"}).size() == 1);
  CHECK(found_calling("cp38-abi3", {"?PyType_GetName"}).empty());
  CHECK(found_calling("cp38-cp38", {"PyType_GetName"}).empty());
}

TEST_CASE("a module may not use what isn't in the stable ABI") {
  const auto findings =
      found_calling("cp38-abi3", {"PyUnicode_AsUTF8", "PyType_GetName", "_PyLong_AsByteArray"});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].message ==
        "uses PyUnicode_AsUTF8 and 2 more symbols, which the stable ABI of the wheel's tag doesn't have");
  CHECK(found_calling("cp310-abi3", {"PyUnicode_AsUTF8AndSize"}).empty());
  CHECK(found_calling("cp38-abi3", {"_Py_Dealloc", "_Py_NoneStruct"}).empty());
}

TEST_CASE("what a wheel's own library defines isn't Python's") {
  const auto module = module_calling({"PyTool_Help"});
  const std::string tag = "cp38-abi3-manylinux_2_17_x86_64";
  CHECK(found(tag, {{"demo/_C.abi3.so", module}}).size() == 1);
  const test::TempFolder folder;
  const auto helper =
      test::compiled_library(folder, "extern \"C\" int PyTool_Help() { return 1; }", "-nostdlib");
  CHECK(found(tag, {{"demo/_C.abi3.so", module}, {"demo/libhelp.so", helper}}).empty());
}

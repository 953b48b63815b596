#include "graft/bill_of_materials.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace wheelfix;

namespace {

GraftedLibrary grafted(std::string file, std::optional<GraftedPackage> package) {
  return {.wheel = 0,
          .entry = "demo.libs/x",
          .names = {},
          .file = std::move(file),
          .sha256 = "abc",
          .package = std::move(package),
          .licence_entry = {}};
}

}  // namespace

// The keys are those of what auditwheel 6.8.2 writes; tests/interop/test_graft.py compares whole bills.
TEST_CASE("a bill of materials names the wheel, and each library with its package") {
  const auto name = WheelName::parse("demo-1.0+a-cp311-cp311-manylinux_2_36_x86_64.whl");
  const auto text = bill_of_materials(
      name,
      {grafted("/usr/lib/libz.so",
               GraftedPackage{"zlib1g", "1:1.2.13", "pkg:deb/debian/zlib1g@1%3A1.2.13", "Zlib"}),
       grafted("/opt/lib\xff.so", std::nullopt)},
      "0.1.0");
  const auto bill = nlohmann::json::parse(text);
  CHECK(bill["bomFormat"] == "CycloneDX");
  CHECK(bill["metadata"]["tools"][0]["version"] == "0.1.0");
  CHECK(bill["metadata"]["component"]["purl"] ==
        "pkg:pypi/demo@1.0%2Ba?file_name=demo-1.0%2Ba-cp311-cp311-manylinux_2_36_x86_64.whl");
  REQUIRE(bill["components"].size() == 3);
  CHECK(bill["components"][2]["purl"] == "pkg:deb/debian/zlib1g@1%3A1.2.13");
  CHECK(bill["components"][2]["licenses"][0]["license"]["name"] == "Zlib");
  CHECK(bill["components"][1].count("purl") == 0);
  CHECK(bill["dependencies"][0]["dependsOn"].size() == 2);
}

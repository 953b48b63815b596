#include <doctest/doctest.h>

#include <algorithm>
#include <wheelfix/symbols.hpp>

#include "support/compiled_library.hpp"
#include "support/stub_wheel.hpp"

using namespace wheelfix;

TEST_CASE("symbols are found in a wheel's libraries, as edited, and damage doesn't hide the others") {
  const test::TempFolder folder;
  WheelEdit edit(Wheel::open(test::wheel_of_libraries().write(folder)));
  const auto library =
      test::compiled_library(folder,
                             "extern \"C\" { int there(); int perhaps() __attribute__((weak));\n"
                             "__attribute__((visibility(\"hidden\"))) int own() { return 1; }\n"
                             "int (*pointers[])() = {there, perhaps, own};\n"
                             "int value() { return 1; } }\n",
                             "-nostdlib");
  edit.set_content("demo/_a.so", library);
  edit.set_content("demo/_b.so", library.substr(0, library.size() / 4));
  const auto found = find_symbols(edit, {"there", "perhaps", "own", "value", "pointers"});
  std::vector<std::pair<std::string, SymbolRole>> uses;
  for (const auto& use : found.uses) {
    CHECK(use.path == "demo/_a.so");
    CHECK(symbol_text(use) == use.symbol);
    uses.emplace_back(use.symbol, use.role);
  }
  std::ranges::sort(uses);
  CHECK(uses == std::vector<std::pair<std::string, SymbolRole>>{{"perhaps", SymbolRole::may_use},
                                                                {"pointers", SymbolRole::defines},
                                                                {"there", SymbolRole::needs},
                                                                {"value", SymbolRole::defines}});
  REQUIRE(found.findings.size() == 1);
  CHECK(found.findings.front().code == FindingCode::bad_library);
  CHECK(found.findings.front().path == "demo/_b.so");
}

#include "loader/symbol_rules.hpp"

#include <doctest/doctest.h>

#include "loader/symbol_maker.hpp"

using namespace wheelfix;
using test::SymbolMaker;

namespace {

/// /x/a.so needs /x/b.so, and both are opened at once. The words are those that real loaders said of such
/// libraries in test_symbols.py.
struct World {
  SymbolMaker a, b;

  std::string said(LoaderKind kind, bool knows_b = true) {
    LoaderSystem system;
    system.kind = kind;
    SymbolIndex index;
    std::vector<SymbolObject> objects = {{.path = "/x/a.so", .names = {"a.so"}, .file = {}, .needed = {1}},
                                         {.path = "/x/b.so", .names = {"b.so"}, .file = {}, .needed = {}}};
    objects[0].file = index.add(a.make());
    if (knows_b) objects[1].file = index.add(b.make());
    const auto failure = first_symbol_failure(system, index, objects, {.global_scope = {}});
    return failure ? failure->message : "";
  }
};

}  // namespace

TEST_CASE("a symbol that nothing defines is reported in the loader's words") {
  World world;
  world.a.needs("perhaps", 1, true).needs("there").needs("gone");
  world.b.defines("there");
  CHECK(world.said(LoaderKind::glibc) == "/x/a.so: undefined symbol: gone");
  CHECK(world.said(LoaderKind::musl) == "Error relocating /x/a.so: gone: symbol not found");
  CHECK(world.said(LoaderKind::glibc, false) == "");
}

TEST_CASE("glibc begins with what others need, musl with what is opened") {
  World world;
  world.a.needs("one");
  world.b.needs("two");
  CHECK(world.said(LoaderKind::glibc) == "/x/b.so: undefined symbol: two");
  CHECK(world.said(LoaderKind::musl) == "Error relocating /x/a.so: one: symbol not found");
}

TEST_CASE("a missing version is reported before any symbol, unless it is weak, and by glibc alone") {
  World world;
  world.a.needs_version("b.so", "B_2", 2).needs("gone");
  world.b.defines_version("B_1", 2).defines("value", 2);
  CHECK(world.said(LoaderKind::glibc) == "/x/b.so: version `B_2' not found (required by /x/a.so)");
  CHECK(world.said(LoaderKind::musl) == "Error relocating /x/a.so: gone: symbol not found");
  World weak;
  weak.a.needs_version("b.so", "B_2", 2, true).needs("value", 2);
  weak.b.defines_version("B_1", 2).defines("value", 2);
  CHECK(weak.said(LoaderKind::glibc) == "/x/a.so: undefined symbol: value, version B_2");
}

TEST_CASE("versions decide which definition fits") {
  World world;
  world.a.needs_version("b.so", "B_1", 2).needs("value", 2);
  world.b.defines_version("B_1", 2).defines_version("B_2", 3);
  world.b.defines("value", 2 | elf::version_hidden).defines("value", 3);
  CHECK(world.said(LoaderKind::glibc) == "");
  World hidden;  // who names no version gets none that is hidden, but glibc gives the first
  hidden.a.needs("value").needs("other");
  hidden.b.defines_version("B_1", 2).defines_version("B_2", 3);
  hidden.b.defines("value", 2 | elf::version_hidden).defines("other", 3 | elf::version_hidden);
  CHECK(hidden.said(LoaderKind::glibc) == "/x/a.so: undefined symbol: other");
  CHECK(hidden.said(LoaderKind::musl) == "Error relocating /x/a.so: value: symbol not found");
}

TEST_CASE("glibc ends the process if a version is needed of a file that isn't loaded, or that has none") {
  World missing;
  missing.a.needs_version("c.so", "C_1", 2);
  CHECK(missing.said(LoaderKind::glibc).ends_with("Assertion `needed != NULL' failed!"));
  World lost;
  lost.a.needs_version("b.so", "B_1", 2).needs("value", 2);
  lost.b.defines("value");
  CHECK(lost.said(LoaderKind::glibc).find("_dl_name_match_p (version->filename, map)' failed!") !=
        std::string::npos);
}

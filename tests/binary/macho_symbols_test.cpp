#include "binary/macho_symbols.hpp"

#include <doctest/doctest.h>

#include <tuple>

#include "binary/macho_link_edit_maker.hpp"
#include "wheel/thrown.hpp"

using namespace wheelfix;
using namespace std::string_literals;
using test::LinkEditTables;

namespace {

using Bound = std::vector<std::tuple<std::string, int, bool>>;

macho::Symbols read(const LinkEditTables& tables) {
  const auto file = test::macho_with(tables);
  MemoryBytes source(file);
  return macho::read_symbols(source, "x").at(0);
}

Bound bound(const LinkEditTables& tables) {
  const auto symbols = read(tables);
  Bound all;
  for (const auto& symbol : symbols.bound)
    all.emplace_back(symbols.name_of(symbol), symbol.library, symbol.may_be_missing);
  return all;
}

/// Without the file's name and the hint, which is always the same.
std::string refusal(const LinkEditTables& tables) {
  const auto message = thrown([&] { read(tables); });
  const std::string head = "3 x: ";
  REQUIRE(message.starts_with(head));
  return message.substr(head.size(), message.find("\nhint: ") - head.size());
}

/// Two nodes: the first has one edge with a text, to a second with what is exported there.
std::string trie_of(const std::string& name, const std::string& terminal) {
  const auto second = static_cast<char>(name.size() + 4);
  return "\0\1"s + name + "\0"s + second + static_cast<char>(terminal.size()) + terminal + "\0"s;
}

}  // namespace

TEST_CASE("opcodes bind symbols, those of lazy tables too") {
  CHECK(bound({.bind = "\x12\x40_a\0\x51\x72\x08\x90\x82\x10\x90\x3E\x41_b\0\xA0\x08\x00"s,
               .lazy_bind = "\x72\x00\x20\x11\x40_c\0\x90\x00\x00"s}) ==
        Bound{{"_a", 2, false}, {"_b", macho::in_all, true}, {"_c", 17, false}});
  CHECK(bound({.bind = "\x3F\x40_a\0\xC0\x82\x01\x08\x3D\x90\x30\xB3\xD0\x07\xD1"s}) ==
        Bound{{"_a", macho::in_program, false}, {"_a", macho::in_all_weak, false}, {"_a", 0, false}});
}

TEST_CASE("imports of chained fixups have three formats") {
  const auto names = "\0_a\0_bc\0"s;
  const auto import = [](unsigned library, unsigned weak, unsigned name) {
    return test::MachoBuilder().number(library | weak << 8 | name << 9);
  };
  const Bound expected = {{"_a", 1, false}, {"_bc", macho::in_all, true}};
  CHECK(bound({.chained = test::chained_fixups(1, 2, import(1, 0, 1) + import(0xFE, 1, 4), names)}) ==
        expected);
  const auto addend = "\7\0\0\0"s;
  CHECK(bound({.chained = test::chained_fixups(2, 2, import(1, 0, 1) + addend + import(0xFE, 1, 4) + addend,
                                               names)}) == expected);
  CHECK(bound({.chained = test::chained_fixups(
                   3, 2, "\1\0\0\0\1\0\0\0"s + addend + addend + "\xFE\xFF\1\0\4\0\0\0"s + addend + addend,
                   names)}) == expected);
}

TEST_CASE("without fixups what isn't defined is bound") {
  const LinkEditTables tables = {.symbols =
                                     "\1\0\0\0\1\0\0\2\0\0\0\0\0\0\0\0"
                                     "\4\0\0\0\1\0\x40\xFE\0\0\0\0\0\0\0\0"
                                     "\7\0\0\0\x0F\1\0\0\0\0\0\0\0\0\0\0"
                                     "\1\0\0\0\x24\1\0\0\0\0\0\0\0\0\0\0"s,
                                 .strings = "\0_a\0_b\0_c\0"s};
  CHECK(bound(tables) == Bound{{"_a", 2, false}, {"_b", macho::in_all, true}});
  const auto symbols = read(tables);
  CHECK(symbols.is_two_level);
  CHECK(symbols.find_export("_c"));
  CHECK_FALSE(symbols.find_export("_a"));
}

TEST_CASE(
    "exports are found in the trie, also under a last edge without text, and by which library they are") {
  const auto find = [](const std::string& trie, std::string_view name) {
    return read({.trie = trie}).find_export(name);
  };
  CHECK(find(trie_of("_a", "\0\x10"s), "_a")->library == 0);
  CHECK_FALSE(find(trie_of("_a", "\0\x10"s), "_ab"));
  CHECK_FALSE(find(trie_of("_a", "\0\x10"s), "_"));
  const auto reexporting = read({.trie = trie_of("_a", "\x08\3_b\0"s)});
  CHECK(reexporting.find_export("_a")->library == 3);
  CHECK(reexporting.find_export("_a")->name == "_b");
  CHECK(find("\0\1_a\0\6\0\1\0\x0A\2\0\1\0"s, "_a"));
}

TEST_CASE("tables that lie are refused") {
  const auto contradiction = "its tables of symbols contradict themselves: "s;
  const auto no_tree = contradiction + "a node that no other or several lead to";
  const auto no_end = contradiction + "a text without end";
  CHECK(refusal({.trie = "\0\1_a\0\0"s}) == no_tree);
  CHECK(refusal({.trie = "\0\2_a\0\x0A_b\0\x0A\0\0"s}) == no_tree);
  CHECK(refusal({.trie = "\0\1_a\0\xFF\xFF\xFF\xFF\x0F"s}) == no_tree);
  CHECK(refusal({.trie = "\0\1_a"s}) == no_end);
  CHECK(refusal({.trie = "\0\1_a\0\6\4\x08\3_b"s}) == no_end);
  CHECK(refusal({.bind = "\x11\x40_a"s}) == no_end);
  CHECK(refusal({.bind = "\x11\xE0"s}) == "its table of bound symbols has an unknown opcode 0xe0");
  CHECK(refusal({.bind = "\x20\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\1"s}) ==
        contradiction + "too large a number");
  CHECK(refusal({.bind = "\x11"s, .stated_size = 0xFFFFFFF0}) ==
        "a table of its symbols states 4294967280 bytes, more than any real library has");
  CHECK(refusal({.bind = "\x11"s, .stated_size = 0x1000}) ==
        "the table of bound symbols (4096 bytes at offset 0x50) is cut short: the file has 81 bytes");
  CHECK(refusal({.chained = test::chained_fixups(1, 0xFFFFFFFF, "", "\0"s)}) ==
        "its chained fixups state 4294967295 imports and have 29 bytes");
  CHECK(refusal({.chained = test::chained_fixups(4, 0, "", "\0"s)}) ==
        "its chained fixups have imports of the unknown format 4, 0");
  CHECK(refusal({.chained = test::chained_fixups(1, 0, "", "\0"s, 1)}) ==
        "its chained fixups have imports of the unknown format 1, 1");
  CHECK(refusal({.chained = test::chained_fixups(1, 1, "\1\2\0\0"s, "\0"s)}) == no_end);
}

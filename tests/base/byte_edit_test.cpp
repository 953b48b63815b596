#include "base/byte_edit.hpp"

#include <doctest/doctest.h>

#include <random>

#include "base/bytes.hpp"

using namespace wheelfix;

TEST_CASE("overwrites are put in order, and those that touch are joined") {
  CHECK(in_order({{8, "cd"}, {2, "x"}, {6, "ab"}, {4, ""}}) == std::vector<ByteEdit>{{2, "x"}, {6, "abcd"}});
}

TEST_CASE("if overwrites overlap the later one wins") {
  CHECK(in_order({{0, "aaaa"}, {1, "b"}}) == std::vector<ByteEdit>{{0, "abaa"}});
  CHECK(in_order({{4, "aaaa"}, {2, "bbb"}, {7, "cc"}}) == std::vector<ByteEdit>{{2, "bbbaacc"}});
}

TEST_CASE("any overwrites in normal form make what they make one after the other") {
  std::mt19937 random(20261121);
  for (int round = 0; round < 2000; ++round) {
    std::string content(40, '.');
    auto expected = content;
    std::vector<ByteEdit> edits;
    for (auto count = random() % 8; count > 0; --count) {
      const auto offset = random() % 40;
      edits.push_back({offset, std::string(random() % (40 - offset + 1), static_cast<char>('a' + count))});
      expected.replace(offset, edits.back().bytes.size(), edits.back().bytes);
    }
    const ContentEdits normal{in_order(edits), "tail"};
    CHECK(apply_edits(content, normal) == expected + "tail");
    CHECK(apply_edits(std::string(content), normal) == expected + "tail");
    CHECK(apply_edits(std::string(content), {normal.overwrites, ""}) == expected);
    for (std::size_t i = 1; i < normal.overwrites.size(); ++i) {
      const auto& before = normal.overwrites[i - 1];
      CHECK(before.offset + before.bytes.size() < normal.overwrites[i].offset);
    }
  }
}

TEST_CASE("a piece gets what of the overwrites lies in it") {
  const ContentEdits edits{{{1, "abc"}, {6, "xyz"}}, "tail"};
  std::string piece = "....";
  overwrite_piece(edits, 3, piece);
  CHECK(piece == "c..x");
  piece = "..";
  overwrite_piece(edits, 4, piece);
  CHECK(piece == "..");
}

TEST_CASE("the parts of an edited piece are visited in order, none of them empty") {
  const ContentEdits edits{{{1, "abc"}, {6, "xyz"}}, "tail"};
  const auto visited = [&](std::uint64_t offset, std::string_view piece) {
    std::vector<std::string> parts;
    visit_edited(edits, offset, piece, [&](std::string_view part) { parts.emplace_back(part); });
    return parts;
  };
  CHECK(visited(0, "..........") == std::vector<std::string>{".", "abc", "..", "xyz", "."});
  CHECK(visited(2, "......") == std::vector<std::string>{"bc", "..", "xy"});
  CHECK(visited(4, "..") == std::vector<std::string>{".."});
  CHECK(visited(4, "").empty());
}

TEST_CASE("an overwrite beyond the content is refused") {
  CHECK_THROWS_AS(apply_edits(std::string("ab"), {{{1, "xy"}}, ""}), OutOfBytes);
  CHECK_THROWS_AS(apply_edits(std::string_view("ab"), {{{1, "xy"}}, ""}), OutOfBytes);
  CHECK_THROWS_AS(require_within({{{~std::uint64_t{0}, "xy"}}, ""}, 2), OutOfBytes);
  CHECK_NOTHROW(require_within({{{0, "xy"}}, ""}, 2));
}

TEST_CASE("edits in sequence make what they make one after the other, read whole or by ranges") {
  std::mt19937 random(1121);
  const auto some_edits = [&](std::size_t size, char base) {
    std::vector<ByteEdit> edits;
    for (auto count = random() % 5; count > 0; --count) {
      const auto offset = random() % size;
      edits.push_back({offset, std::string(random() % (size - offset + 1),
                                           static_cast<char>(base + static_cast<int>(count)))});
    }
    return ContentEdits{in_order(edits), std::string(random() % 10, base)};
  };
  for (int round = 0; round < 2000; ++round) {
    const std::string content(30, '.');
    const auto first = some_edits(30, 'a');
    const auto once = apply_edits(content, first);
    const auto second = some_edits(once.size(), 'A');
    const auto twice = apply_edits(once, second);
    const auto both = in_sequence(first, second, content.size());
    REQUIRE(apply_edits(content, both) == twice);
    MemoryBytes old(content);
    EditedBytes edited(old, both);
    REQUIRE(edited.size() == twice.size());
    const auto offset = random() % (twice.size() + 1);
    const auto count = random() % (twice.size() - offset + 1);
    REQUIRE(edited.read(offset, count) == twice.substr(offset, count));
  }
}

#include "diff/edit_script.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <string>

#include "diff/myers.hpp"

using wheelfix::edit_script;
using wheelfix::LineEdit;
using wheelfix::lines_with_ends;
using wheelfix::TextLines;

namespace {

std::vector<LineEdit> script(std::string_view before, std::string_view after) {
  return edit_script(lines_with_ends(before), lines_with_ends(after));
}

TextLines replayed(const TextLines& before, const TextLines& after, const std::vector<LineEdit>& edits) {
  TextLines result;
  std::size_t at = 0;
  for (const auto& edit : edits) {
    for (; at < edit.old_begin; ++at) result.push_back(before[at]);
    CHECK(result.size() == edit.new_begin);
    for (auto i = edit.new_begin; i < edit.new_end; ++i) result.push_back(after[i]);
    at = edit.old_end;
  }
  for (; at < before.size(); ++at) result.push_back(before[at]);
  return result;
}

std::size_t changed_lines_in(const std::vector<LineEdit>& edits) {
  std::size_t count = 0;
  for (const auto& edit : edits) count += edit.old_end - edit.old_begin + edit.new_end - edit.new_begin;
  return count;
}

std::size_t shortest_by_table(const TextLines& before, const TextLines& after) {
  std::vector<std::size_t> common(after.size() + 1);
  for (const auto line : before) {
    std::size_t diagonal = 0;
    for (std::size_t y = 0; y < after.size(); ++y) {
      const auto above = common[y + 1];
      common[y + 1] = line == after[y] ? diagonal + 1 : std::max(above, common[y]);
      diagonal = above;
    }
  }
  return before.size() + after.size() - 2 * common.back();
}

std::string random_lines(std::mt19937& random, std::size_t count, unsigned kinds) {
  std::string text;
  for (; count > 0; --count) text += std::to_string(random() % kinds) + "\n";
  return text;
}

std::string random_text(std::mt19937& random, std::size_t most_lines, unsigned kinds) {
  std::string text = random_lines(random, random() % (most_lines + 1), kinds);
  if (!text.empty() && random() % 4 == 0) text.pop_back();
  return text;
}

}  // namespace

TEST_CASE("a text is cut after each LF and only the last line may lack it") {
  CHECK(lines_with_ends("").empty());
  CHECK(lines_with_ends("a\n\r\nb\rc") == TextLines{"a\n", "\r\n", "b\rc"});
  CHECK(lines_with_ends("\n\n") == TextLines{"\n", "\n"});
}

TEST_CASE("equal texts have no edits, and an empty one is a single edit away") {
  CHECK(script("a\nb\n", "a\nb\n").empty());
  CHECK(script("", "").empty());
  CHECK(script("", "a\nb\n") == std::vector<LineEdit>{{0, 0, 0, 2}});
  CHECK(script("a\nb\n", "") == std::vector<LineEdit>{{0, 2, 0, 0}});
}

TEST_CASE("an added function ends with the empty line after it") {
  CHECK(script("def a():\n  1\n\ndef c():\n  3\n", "def a():\n  1\n\ndef b():\n  2\n\ndef c():\n  3\n") ==
        std::vector<LineEdit>{{3, 3, 3, 6}});
}

TEST_CASE("edits that meet when they are moved down become one") {
  CHECK(script("a\na\nb\n", "a\na\na\nc\n") == std::vector<LineEdit>{{2, 3, 2, 4}});
}

TEST_CASE("the edits of random texts give the other text, are apart and as few as can be") {
  std::mt19937 random(20231005);
  for (int round = 0; round < 4000; ++round) {
    const auto kinds = 2 + static_cast<unsigned>(random() % 20);
    const auto old_text = random_text(random, 40, kinds);
    const auto new_text = random_text(random, 40, kinds);
    const auto before = lines_with_ends(old_text);
    const auto after = lines_with_ends(new_text);
    const auto edits = edit_script(before, after);
    CAPTURE(old_text);
    CAPTURE(new_text);
    REQUIRE(replayed(before, after, edits) == after);
    REQUIRE(changed_lines_in(edits) == shortest_by_table(before, after));
    for (std::size_t i = 1; i < edits.size(); ++i) REQUIRE(edits[i - 1].old_end < edits[i].old_begin);
  }
}

TEST_CASE(
    "texts that cost more than the search's limit still give the other text, at most a tenth longer than "
    "they could") {
  std::mt19937 random(20231006);
  for (const unsigned kinds : {2U, 5U, 50U, 500U}) {
    const auto old_text = random_lines(random, 4000, kinds);
    const auto new_text = random_lines(random, 4000, kinds);
    const auto before = lines_with_ends(old_text);
    const auto after = lines_with_ends(new_text);
    const auto edits = edit_script(before, after);
    CAPTURE(kinds);
    REQUIRE(replayed(before, after, edits) == after);
    CHECK(changed_lines_in(edits) * 10 <= shortest_by_table(before, after) * 11);
  }
}

TEST_CASE("hopeless pairs of 100,000 lines are compared in seconds at the worst") {
  std::mt19937 random(20231007);
  const auto old_text = random_lines(random, 100'000, 300);
  const auto new_text = random_lines(random, 100'000, 300);
  const auto before = lines_with_ends(old_text);
  const auto after = lines_with_ends(new_text);
  const auto start = std::chrono::steady_clock::now();
  const auto edits = edit_script(before, after);
  CHECK(std::chrono::steady_clock::now() - start <
        std::chrono::seconds(60));  // 0.3 s where measured; slack for sanitizers
  CHECK(replayed(before, after, edits) == after);
}

TEST_CASE("the lines of myers' comparison that did not change are equal on both sides") {
  const std::vector<std::uint32_t> before = {1, 2, 3, 1, 2, 2, 1};
  const std::vector<std::uint32_t> after = {3, 2, 1, 2, 1, 3};
  const auto changed = wheelfix::changed_lines(before, after);
  CHECK(std::ranges::count(changed.removed, true) + std::ranges::count(changed.added, true) == 5);
}

// What make_diff writes, parse_diff reads and apply_diff turns into the new content, and back.
#include <doctest/doctest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/diff.hpp>

using namespace std::string_view_literals;
using wheelfix::FileDiff;
using wheelfix::FilePair;

namespace {

std::string applied(std::string_view content, const FileDiff& file) {
  return wheelfix::apply_diff(content, file, {}, "made.diff", "x").content;
}

// The one file that the diff of `pair` has.
wheelfix::Diff parsed(const FilePair& pair) {
  auto diff = wheelfix::parse_diff(wheelfix::make_diff({pair}), "made.diff");
  REQUIRE(diff.files.size() == 1);
  return diff;
}

void check_both_ways(std::string_view before, std::string_view after) {
  const auto diff = parsed({"x", {{before}}, {{after}}});
  REQUIRE((applied(before, diff.files[0]) == after));
  REQUIRE((applied(after, wheelfix::reversed(diff).files[0]) == before));
}

std::string random_content(std::mt19937& random) {
  static constexpr std::string_view pieces[] = {"a\n"sv,   "b\n"sv, "\n"sv,     "\r\n"sv,
                                                "a\r\n"sv, "\f"sv,  "\xE9"sv,   "@@ -1 +1 @@\n"sv,
                                                "\r"sv,    "- "sv,  "\\ No\n"sv};
  std::string text;
  for (auto count = random() % 30; count > 0; --count) text += pieces[random() % std::size(pieces)];
  return text;
}

std::string edited(std::string text, std::mt19937& random) {
  for (auto count = random() % 4; count > 0; --count) {
    const auto at = random() % (text.size() + 1);
    text.replace(at, random() % 6, random_content(random).substr(0, 12));
  }
  return text;
}

}  // namespace

TEST_CASE("random texts survive the way into a diff and back, to the byte") {
  std::mt19937 random(20231008);
  for (int round = 0; round < 2000; ++round) {
    const auto before = random_content(random);
    const auto after = edited(before, random);
    CAPTURE(before);
    CAPTURE(after);
    if (before != after) check_both_ways(before, after);
  }
}

TEST_CASE("random binary files survive the way into a diff and back, to the byte") {
  std::mt19937 random(20231009);
  for (int round = 0; round < 300; ++round) {
    std::string before(random() % 3000, '\0');
    for (char& c : before) c = static_cast<char>(random());
    auto after = edited(before, random) + '\0';
    check_both_ways(before, after);
  }
}

TEST_CASE("a delta may copy more than fits into one instruction") {
  const std::string before(40'000'000, '\0');
  check_both_ways(before, before.substr(0, 17'000'000) + "here" + before.substr(17'000'000));
}

TEST_CASE("created and removed files are read as such, empty ones too") {
  for (const auto content : {"a\n"sv, "a"sv, ""sv, "a\0b"sv}) {
    const auto created = parsed({"x", {}, {{content, 0100755}}});
    CHECK(created.files[0].kind == FileDiff::Kind::create);
    CHECK(created.files[0].old_name.empty());
    CHECK(created.files[0].new_name == "b/x");
    CHECK(created.files[0].new_mode == 0100755U);
    CHECK(applied("", created.files[0]) == content);
    const auto removed = parsed({"x", {{content}}, {}});
    CHECK(removed.files[0].kind == FileDiff::Kind::remove);
    CHECK(removed.files[0].old_name == "a/x");
    CHECK(removed.files[0].new_name.empty());
    CHECK(applied(content, removed.files[0]).empty());
  }
}

TEST_CASE("odd names are read as they were written") {
  for (const std::string path : {"a b", " a", "a ", "\"q\"", "tab\t x", "new\nline", "\xC3\xA4", "b/a/b"}) {
    CAPTURE(path);
    for (const auto after : {"2\n"sv, "\0"sv}) {
      const auto file = parsed({path, {{"1\n"}}, {{after}}}).files[0];
      CHECK(file.old_name == "a/" + path);
      CHECK(file.new_name == "b/" + path);
    }
    const auto mode_only = parsed({path, {{"1\n"}}, {{"1\n", 0100755}}}).files[0];
    CHECK(mode_only.new_name == "b/" + path);
    CHECK(mode_only.new_mode == 0100755U);
  }
}

#include "zip/name_audit.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

#include "base/hidden_character.hpp"
#include "base/unicode.hpp"
#include "zip/windows_name.hpp"

using namespace wheelfix;

namespace {

constexpr std::string_view pieces[] = {
    "a",    "A",        "b",        "lib",     "init.py", ".",         "..", "/",      "/",  "/",
    "con",  "AUX",      "com1",     "nul.txt", "LPT9.h",  "conout$",   " ",  ":",      "\\", "\n",
    "\x7f", "\xc3\xbc", "\xc3\x9f", "\xff",    "ss",      "u\xcc\x88", "?",  "-_+=@,", "10", "\xe2\x80\xae"};

std::string random_name(std::mt19937& random, std::size_t kinds, std::size_t most) {
  std::string name;
  const auto count = random() % most + 1;
  for (std::size_t i = 0; i < count; ++i) name += pieces[random() % kinds];
  return name;
}

/// As audit_clashes says it in one sentence: each pair of paths is compared.
bool clash(const std::vector<std::string_view>& paths) {
  for (std::size_t i = 0; i < paths.size(); ++i) {
    for (std::size_t j = 0; j < paths.size(); ++j) {
      const auto one = folded_name(paths[i]);
      const auto other = folded_name(paths[j]);
      if (i < j && one == other) return true;
      if (!one.ends_with('/') && other.starts_with(one + "/")) return true;
    }
  }
  return false;
}

}  // namespace

TEST_CASE("a name is reported if any of the checks has a reason, and else not") {
  std::mt19937 random(1);
  for (int i = 0; i < 200'000; ++i) {
    const auto name = random_name(random, std::size(pieces), 8);
    FindingSink sink(std::nullopt);
    zip::audit_name(name, sink);
    const bool has_reason = zip::unsafe_name_reason(name) != nullptr ||
                            zip::windows_name_reason(name) != nullptr || !hidden_character(name).empty();
    CAPTURE(name);
    REQUIRE(sink.take().empty() == !has_reason);
  }
}

TEST_CASE("a long name is fine up to the limits") {
  for (const std::size_t size : {255UL, 256UL, 300UL}) {
    const std::string folder(size, 'x');
    for (const auto& name : {folder, folder + "/y", "y/" + folder, "y/" + folder + "/"}) {
      FindingSink sink(std::nullopt);
      zip::audit_name(name, sink);
      CHECK(sink.has_error() == (size > 255));
    }
  }
}

TEST_CASE(
    "paths clash if two of them are one, or one is a folder of the other, whatever their order and case") {
  std::mt19937 random(2);
  std::set<bool> seen;
  for (int i = 0; i < 20'000; ++i) {
    const std::size_t kinds = i % 2 == 0 ? 10 : std::size(pieces);
    std::vector<std::string> names;
    for (std::size_t count = random() % 6 + 2; count > 0; --count)
      names.push_back(random_name(random, kinds, 5));
    const std::vector<std::string_view> paths(names.begin(), names.end());
    FindingSink sink(std::nullopt);
    zip::audit_clashes(paths, sink);
    seen.insert(sink.has_error());
    CAPTURE(names);
    REQUIRE(sink.has_error() == clash(paths));
  }
  CHECK(seen.size() == 2);
}

TEST_CASE("paths of very many folders clash too") {
  std::string deep;
  for (int i = 0; i < 2000; ++i) deep += "a/";
  FindingSink sink(std::nullopt);
  zip::audit_clashes({deep + "x", deep + "y", deep + "X"}, sink);
  CHECK(sink.has_error());
  FindingSink none(std::nullopt);
  zip::audit_clashes({deep + "x", deep + "y"}, none);
  CHECK(!none.has_error());
}

#include "base/finding_list.hpp"

#include <doctest/doctest.h>

using namespace wheelfix;

namespace {

Finding finding(std::string code, std::string path, Severity severity = Severity::error) {
  return {.code = std::move(code), .severity = severity, .path = std::move(path)};
}

/// `code:path` of each, with `+N` for those that are only counted.
std::vector<std::string> told(const std::vector<Finding>& findings) {
  std::vector<std::string> texts;
  for (const auto& one : findings)
    texts.push_back(one.code + ":" + one.path.value_or("") +
                    (one.more > 0 ? "+" + std::to_string(one.more) : ""));
  return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("of each kind the first are kept, and the last of these counts the others") {
  FindingList list(2);
  for (const char* path : {"1", "2", "3", "4"}) {
    list.add(finding("a", path));
    list.add(finding("b", path, path == std::string("1") ? Severity::error : Severity::warning));
  }
  const auto findings = list.take();
  CHECK(told(findings) == Texts{"a:1", "b:1", "a:2+2", "b:2", "b:3+1"});
  CHECK(count_of(findings, Severity::error) == 5);
  CHECK(count_of(findings, Severity::warning) == 3);
}

TEST_CASE("what is found in any order is told in the order of its places") {
  FindingList list(2);
  for (const std::size_t place : {5, 1, 4, 3, 2}) list.add_at(place, finding("a", std::to_string(place)));
  list.add_at(1, finding("b", "behind it"));
  list.add(finding("a", "last"));
  CHECK(told(list.take()) == Texts{"a:1", "b:behind it", "a:2+4"});
}

TEST_CASE("findings that were counted before stay counted") {
  FindingList list(3);
  list.add(finding("a", "1"));
  list.add(at_most_alike({finding("a", "2"), finding("a", "3"), finding("a", "4")}, 2));
  list.add(at_most_alike({finding("a", "5"), finding("a", "6"), finding("a", "7")}, 1));
  CHECK(told(list.take()) == Texts{"a:1", "a:2", "a:3+4"});
}

TEST_CASE("the paths of all errors are known") {
  FindingList list(1), other(1);
  list.add(finding("a", "1"));
  list.add(finding("a", "2"));
  list.add(finding("b", "3", Severity::warning));
  CHECK(list.has_error());
  CHECK_FALSE(other.has_error());
  other.add(finding("a", "4"));
  list.add(std::move(other));
  CHECK(told(list.take()) == Texts{"a:1+2", "b:3"});
  CHECK(std::move(list).error_paths() == std::unordered_set<std::string>{"1", "2", "4"});
}

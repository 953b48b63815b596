#include "base/finding_sink.hpp"

#include <doctest/doctest.h>

using namespace wheelfix;

namespace {

constexpr auto a = FindingCode::duplicate_entry;
constexpr auto b = FindingCode::unsafe_path;

Finding finding(FindingCode code, std::string path, Severity severity = Severity::error) {
  return {.code = code, .severity = severity, .path = std::move(path)};
}

/// `a:path` or `b:path` of each, with `+N` for those that are only counted.
std::vector<std::string> told(const std::vector<Finding>& findings) {
  std::vector<std::string> texts;
  for (const auto& one : findings)
    texts.push_back((one.code == a ? "a:" : "b:") + one.path.value_or("") +
                    (one.more > 0 ? "+" + std::to_string(one.more) : ""));
  return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("of each kind the first are kept, and the last of these counts the others") {
  FindingSink sink({}, 2);
  for (const char* path : {"1", "2", "3", "4"}) {
    sink.add(finding(a, path));
    sink.add(finding(b, path, path == std::string("1") ? Severity::error : Severity::warning));
  }
  const auto findings = sink.take();
  CHECK(told(findings) == Texts{"a:1", "b:1", "a:2+2", "b:2", "b:3+1"});
  CHECK(count_of(findings, Severity::error) == 5);
  CHECK(count_of(findings, Severity::warning) == 3);
}

TEST_CASE("what is found in any order is reported in the order of its places") {
  FindingSink sink({}, 2);
  for (const std::size_t place : {5U, 1U, 4U, 3U, 2U}) sink.add_at(place, finding(a, std::to_string(place)));
  sink.add_at(1, finding(b, "behind it"));
  sink.add(finding(a, "last"));
  CHECK(told(sink.take()) == Texts{"a:1", "b:behind it", "a:2+4"});
}

TEST_CASE("findings that were counted before stay counted") {
  FindingSink sink({}, 3);
  sink.add(finding(a, "1"));
  sink.add(at_most_alike({finding(a, "2"), finding(a, "3"), finding(a, "4")}, 2));
  sink.add(at_most_alike({finding(a, "5"), finding(a, "6"), finding(a, "7")}, 1));
  CHECK(told(sink.take()) == Texts{"a:1", "a:2", "a:3+4"});
}

TEST_CASE("the paths of all errors are known") {
  FindingSink sink({}, 1), other({}, 1);
  sink.add(finding(a, "1"));
  sink.add(finding(a, "2"));
  sink.add(finding(b, "3", Severity::warning));
  CHECK(sink.has_error());
  CHECK_FALSE(other.has_error());
  other.add(finding(a, "4"));
  sink.add(std::move(other));
  CHECK(told(sink.take()) == Texts{"a:1+2", "b:3"});
  CHECK(std::move(sink).error_paths() == std::unordered_set<std::string>{"1", "2", "4"});
}

TEST_CASE("what names no wheel is about the sink's own") {
  FindingSink sink("a.whl");
  sink.warning(a, "x", "is odd", "look at it");
  sink.add({.code = b, .wheel = "b.whl"});
  const auto findings = sink.take();
  REQUIRE(findings.size() == 2);
  CHECK(findings[0] == Finding{a, Severity::warning, "a.whl", "x", "is odd", "look at it"});
  CHECK(findings[1].wheel == "b.whl");
}

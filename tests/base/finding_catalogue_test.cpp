#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <wheelfix/finding_catalogue.hpp>

using namespace wheelfix;

namespace {

std::vector<FindingInfo> all_findings() {
  std::vector<FindingInfo> infos;
  for (const auto& group : finding_catalogue())
    infos.insert(infos.end(), group.findings.begin(), group.findings.end());
  return infos;
}

using Names = std::vector<std::string_view>;

}  // namespace

TEST_CASE("each name is in lower case with `-` between words, and of one finding") {
  std::set<std::string_view> names;
  for (const auto& info : all_findings()) {
    CAPTURE(info.name);
    CHECK(names.insert(info.name).second);
    CHECK(info.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == info.name.npos);
    CHECK(to_string(info.code) == info.name);
    CHECK(&info_of(info.code) == find_finding(info.name));
  }
}

TEST_CASE("each finding has sentences on what it means and what to do, and an example, of one line each") {
  for (const auto& info : all_findings()) {
    CAPTURE(info.name);
    for (const auto text : {info.meaning, info.remedy, info.example}) {
      CAPTURE(text);
      REQUIRE(!text.empty());
      CHECK(text.find('\n') == text.npos);
      CHECK(text.find("  ") == text.npos);
    }
    CHECK(info.meaning.ends_with('.'));
    CHECK(info.remedy.ends_with('.'));
    CHECK(!info.example.ends_with('.'));
    CHECK(std::ranges::count(std::string(info.meaning) + std::string(info.remedy), '`') % 2 == 0);
  }
}

TEST_CASE("a finding that may be an error breaks something") {
  for (const auto& info : all_findings()) {
    CAPTURE(info.name);
    CHECK((info.kind == FindingKind::breaks || !info.severities.contains(Severity::error)));
  }
}

TEST_CASE("a finding is found by its name") {
  const auto* info = find_finding("record-hash-mismatch");
  REQUIRE(info != nullptr);
  CHECK(info->severities.contains(Severity::error));
  CHECK(!info->severities.contains(Severity::note));
  CHECK(find_finding("record-hash") == nullptr);
  CHECK(find_finding("") == nullptr);
}

TEST_CASE("names that are spelled alike are listed, the likest first") {
  CHECK(names_like("record-hash-mismach") == Names{"record-hash-mismatch"});
  CHECK(names_like("Import-Fail") == Names{"import-fails"});
  CHECK(names_like("hash-mismatch").front() == "record-hash-mismatch");
  CHECK(names_like("record").size() == 3);
  CHECK(names_like("xyzzy").empty());
  CHECK(names_like("").empty());
  CHECK(names_like(std::string(1'000'000, 'a')).empty());
}

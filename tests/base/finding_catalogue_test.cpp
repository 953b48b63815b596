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

using Codes = std::vector<std::string_view>;

}  // namespace

TEST_CASE("each code is in the catalogue once, in lower case with `-` between words") {
  std::set<std::string_view> codes;
  for (const auto& info : all_findings()) {
    CAPTURE(info.code);
    CHECK(codes.insert(info.code).second);
    CHECK(info.code.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == info.code.npos);
  }
  CHECK(codes.size() > 90);
}

TEST_CASE("each finding has sentences on what it means and what to do, and an example, of one line each") {
  for (const auto& info : all_findings()) {
    CAPTURE(info.code);
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
    CAPTURE(info.code);
    CHECK((info.kind == FindingKind::breaks || !info.severities.contains(Severity::error)));
  }
}

TEST_CASE("a finding is found by its code") {
  const auto* info = find_finding("record-hash-mismatch");
  REQUIRE(info != nullptr);
  CHECK(info->severities.contains(Severity::error));
  CHECK(!info->severities.contains(Severity::note));
  CHECK(find_finding("record-hash") == nullptr);
  CHECK(find_finding("") == nullptr);
}

TEST_CASE("codes that are spelled alike are told, the likest first") {
  CHECK(codes_like("record-hash-mismach") == Codes{"record-hash-mismatch"});
  CHECK(codes_like("Import-Fail") == Codes{"import-fails"});
  CHECK(codes_like("hash-mismatch").front() == "record-hash-mismatch");
  CHECK(codes_like("record").size() == 3);
  CHECK(codes_like("xyzzy").empty());
  CHECK(codes_like("").empty());
  CHECK(codes_like(std::string(1'000'000, 'a')).empty());
}

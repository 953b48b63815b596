#include "wheel/new_errors.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>
#include <string>
#include <utility>

#include "base/text.hpp"
#include "wheel/document_checks.hpp"
#include "wheel/layout_checks.hpp"

namespace wheelfix {

namespace {

/// What two findings of one kind have alike.
using Kind = std::pair<FindingCode, std::string>;

Kind kind_of_finding(const Finding& finding, const std::string& stem) {
  auto message = finding.message;
  if (const auto at = message.find(stem); at != std::string::npos) message.erase(at, stem.size());
  std::erase_if(message, is_ascii_digit);
  return {finding.code, std::move(message)};
}

/// Unlimited counts: both wheels were opened within their limits, and each error must be compared.
Limits limits_of_comparison() {
  constexpr auto any = std::numeric_limits<std::uint64_t>::max();
  return {.max_entry_size = any,
          .max_ratio = any,
          .max_entries = any,
          .max_document_size = any,
          .max_alike = 10'000};
}

FoundInWheel errors_of(const zip::Archive& archive, const WheelContents& contents) {
  const auto limits = limits_of_comparison();
  if (contents.dist_info.empty()) return {};
  auto findings = check_documents(archive, contents, limits);
  std::ranges::move(check_layout(archive, contents, limits), std::back_inserter(findings));
  std::erase_if(findings, [](const Finding& finding) { return finding.severity != Severity::error; });
  return {stem_of(contents.dist_info), std::move(findings)};
}

}  // namespace

std::string stem_of(const std::string& dist_info) {
  return dist_info.substr(0, dist_info.rfind('.'));
}

std::vector<Finding> new_findings(FoundInWheel found, const FoundInWheel& before) {
  std::multiset<Kind> old;
  for (const auto& finding : before.findings) old.insert(kind_of_finding(finding, before.stem));
  std::erase_if(found.findings, [&](const Finding& finding) {
    const auto known = old.find(kind_of_finding(finding, found.stem));
    if (known == old.end()) return false;
    old.erase(known);
    return true;
  });
  return std::move(found.findings);
}

std::vector<Finding> new_errors(const zip::Archive& source, const zip::Archive& written,
                                const WheelContents& contents) {
  auto errors = errors_of(written, contents);
  if (errors.findings.empty()) return {};
  return new_findings(std::move(errors), errors_of(source, read_contents(source, limits_of_comparison())));
}

}  // namespace wheelfix

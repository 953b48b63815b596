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

/// What two errors of one kind have alike.
using Kind = std::pair<FindingCode, std::string>;

struct Errors {
  std::string stem;  ///< dist-info's name and version, which messages may have
  std::vector<Finding> findings;

  Kind kind(const Finding& finding) const {
    auto message = finding.message;
    if (const auto at = message.find(stem); at != std::string::npos) message.erase(at, stem.size());
    std::erase_if(message, is_ascii_digit);
    return {finding.code, std::move(message)};
  }
};

/// Unlimited counts: both wheels were opened within their limits, and each error must be compared.
Limits limits_of_comparison() {
  constexpr auto any = std::numeric_limits<std::uint64_t>::max();
  return {.max_entry_size = any,
          .max_ratio = any,
          .max_entries = any,
          .max_document_size = any,
          .max_alike = 10'000};
}

Errors errors_of(const zip::Archive& archive) {
  const auto limits = limits_of_comparison();
  const auto contents = read_contents(archive, limits);
  if (contents.dist_info.empty()) return {};
  auto findings = check_documents(archive, contents, limits);
  std::ranges::move(check_layout(archive, contents, limits), std::back_inserter(findings));
  std::erase_if(findings, [](const Finding& finding) { return finding.severity != Severity::error; });
  return {contents.dist_info.substr(0, contents.dist_info.rfind('.')), std::move(findings)};
}

}  // namespace

std::vector<Finding> new_errors(const zip::Archive& source, const zip::Archive& written) {
  auto errors = errors_of(written);
  if (errors.findings.empty()) return {};
  const auto before = errors_of(source);
  std::multiset<Kind> old;
  for (const auto& finding : before.findings) old.insert(before.kind(finding));
  std::erase_if(errors.findings, [&](const Finding& finding) {
    const auto found = old.find(errors.kind(finding));
    if (found == old.end()) return false;
    old.erase(found);
    return true;
  });
  return std::move(errors.findings);
}

}  // namespace wheelfix

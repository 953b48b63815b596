#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <wheelfix/receipt.hpp>

#include "receipt/wheel_hashes.hpp"

namespace wheelfix {

namespace {

using Declared = std::map<std::string, std::set<How>, std::less<>>;

/// The one with the wheel's hash, or else with its name; null if there is none.
const Receipt::Subject* subject_of(const Receipt& receipt, const Wheel& wheel, const std::string& sha256) {
  const auto& all = receipt.subjects;
  auto found = std::ranges::find(all, sha256, &Receipt::Subject::sha256);
  if (found == all.end())
    found = std::ranges::find(all, wheel.path().filename().string(), &Receipt::Subject::name);
  return found == all.end() ? nullptr : &*found;
}

bool is_made(How how) {
  return how != How::removed && how != How::renamed && how != How::header;
}

/// Whether a change that is declared explains a difference.
bool explains(How how, Difference difference) {
  if (difference == Difference::removed) return how == How::removed;
  if (difference == Difference::added) return how == How::added || how == How::stub;
  if (difference == Difference::renamed) return how == How::renamed;
  if (is_made(how)) return true;
  if (how == How::renamed) return difference == Difference::order;
  return how == How::header && (difference == Difference::header || difference == Difference::extra_fields);
}

bool is_explained(const EntryDifference& entry, const std::set<How>& hows) {
  return std::ranges::all_of(entry.how, [&](Difference difference) {
    return std::ranges::any_of(hows, [&](How how) { return explains(how, difference); });
  });
}

template <class Words>
std::string joined(const Words& words) {
  std::vector<std::string_view> names;
  for (const auto word : words) names.push_back(to_string(word));
  return fmt::format("{}", fmt::join(names, ", "));
}

class ReceiptCheck {
 public:
  ReceiptCheck(const Receipt& receipt, const Wheel& source, const Wheel& wheel)
      : receipt_(receipt), source_(source), wheel_(wheel) {}

  std::vector<Finding> run(const WheelComparison& comparison, unsigned jobs) {
    const auto hashes = hashes_of_files({source_, wheel_}, jobs);
    const auto* subject = subject_of(receipt_, wheel_, hashes[1]);
    if (subject == nullptr) {
      add_mismatch(wheel_, fmt::format("is no wheel of the receipt, by its SHA-256, which is {}", hashes[1]));
      return std::move(findings_);
    }
    if (subject->sha256 != hashes[1])
      add_mismatch(wheel_,
                   fmt::format("its SHA-256 is {}, and the receipt says {}", hashes[1], subject->sha256));
    if (subject->source_sha256 != hashes[0])
      add_mismatch(source_, fmt::format("is not the source that the receipt names: its SHA-256 is {}, not {}",
                                        hashes[0], subject->source_sha256));
    check_changes(comparison, *subject);
    return std::move(findings_);
  }

 private:
  void add(FindingCode code, Severity severity, const Wheel& wheel, std::optional<std::string> path,
           std::string message, std::string hint) {
    findings_.push_back({.code = code,
                         .severity = severity,
                         .wheel = wheel.path().string(),
                         .path = std::move(path),
                         .message = std::move(message),
                         .hint = std::move(hint)});
  }

  void add_mismatch(const Wheel& wheel, std::string message) {
    add(FindingCode::receipt_mismatch, Severity::error, wheel, {}, std::move(message),
        "give the wheel, its source and the receipt of one run");
  }

  void add_undeclared(std::optional<std::string> path, std::string message) {
    add(FindingCode::undeclared_change, Severity::error, wheel_, std::move(path), std::move(message),
        "don't install it before you know who changed it");
  }

  void check_changes(const WheelComparison& comparison, const Receipt::Subject& subject) {
    Declared declared;
    for (const auto& change : subject.changed) declared[change.path].insert(change.how);
    for (const auto* list : {&comparison.differ, &comparison.renamed})
      for (const auto& entry : *list) check_entry(entry, declared);
    if (comparison.has_other_comment)
      add_undeclared({},
                     "the archive's comment differs from the source's, and the receipt doesn't declare it");
    for (const auto& [path, hows] : declared)
      add(FindingCode::missing_change, Severity::warning, wheel_, path,
          fmt::format("is as in the source, and the receipt says {}", joined(hows)), "");
  }

  /// Removes from `declared` what is there.
  void check_entry(const EntryDifference& entry, Declared& declared) {
    const auto found = declared.find(entry.path);
    if (found == declared.end()) {
      add_undeclared(
          entry.path,
          fmt::format("differs from the source ({}), and the receipt doesn't declare it", joined(entry.how)));
      return;
    }
    if (!is_explained(entry, found->second))
      add_undeclared(entry.path, fmt::format("differs from the source ({}), and the receipt declares only {}",
                                             joined(entry.how), joined(found->second)));
    declared.erase(found);
  }

  const Receipt& receipt_;
  const Wheel& source_;
  const Wheel& wheel_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> check_receipt(const Receipt& receipt, const Wheel& source, const Wheel& wheel,
                                   const WheelComparison& comparison, unsigned jobs) {
  return ReceiptCheck(receipt, source, wheel).run(comparison, jobs);
}

}  // namespace wheelfix

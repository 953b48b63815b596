#pragma once

#include <span>
#include <string_view>
#include <vector>
#include <wheelfix/finding.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// Whether a finding is about what fails for somebody, or about what the publisher should fix although the
/// wheel works here.
enum class FindingKind { breaks, hygiene };

std::string_view to_string(FindingKind kind) noexcept;

/// As `Severity::error | Severity::note`.
class SeveritySet {
 public:
  constexpr SeveritySet() noexcept = default;
  constexpr SeveritySet(Severity severity) noexcept : bits_(1U << static_cast<unsigned>(severity)) {}

  constexpr bool contains(Severity severity) const noexcept {
    return (bits_ >> static_cast<unsigned>(severity) & 1U) != 0;
  }
  friend constexpr SeveritySet operator|(SeveritySet one, SeveritySet other) noexcept {
    one.bits_ |= other.bits_;
    return one;
  }

 private:
  unsigned bits_ = 0;
};
constexpr SeveritySet operator|(Severity one, Severity other) noexcept {
  return SeveritySet(one) | SeveritySet(other);
}

/// What all findings of one code have in common. All texts are one line.
struct FindingInfo {
  FindingCode code;
  std::string_view name;   ///< the code as text: see to_string
  SeveritySet severities;  ///< those that it may have
  FindingKind kind;
  /// Of what breaks: the severities with which it is hygiene, because nothing is known to need it here.
  SeveritySet hygiene_as = {};
  std::string_view
      meaning;              ///< one to three sentences, with what decides its severity if it may have several
  std::string_view remedy;  ///< what to do, with the command to type if there is one
  std::string_view example;  ///< a finding as a command prints it, without severity and code: `PATH: message`
};

/// Findings that belong together, as they are listed.
struct FindingGroup {
  std::string_view title;
  std::string_view about;  ///< what is checked, and when: Markdown; may be empty
  std::span<const FindingInfo> findings;
};

/// All of them, each once.
std::span<const FindingGroup> finding_catalogue();

const FindingInfo& info_of(FindingCode code) noexcept;

/// What a finding is, by its code and severity.
FindingKind kind_of(const Finding& finding) noexcept;

/// Returns nullptr if no finding has that name.
const FindingInfo* find_finding(std::string_view name);

/// The names that are spelled most like `word`, the best first; empty if not one is like it.
std::vector<std::string_view> names_like(std::string_view word);

}  // namespace wheelfix
#pragma GCC visibility pop

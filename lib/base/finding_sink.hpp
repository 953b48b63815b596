#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>
#include <wheelfix/finding.hpp>
#include <wheelfix/ignore_rule.hpp>

namespace wheelfix {

/// Gathers what checks find in one wheel or folder. It keeps the first findings of each kind (code and
/// severity) up to a limit; the last of these counts the others (Finding::more). So a wheel of 100,000 wrong
/// rows takes no more memory than one of 50.
class FindingSink {
 public:
  static constexpr auto no_limit = std::numeric_limits<std::uint64_t>::max();

  /// `subject`: the path, as given, of the wheel that findings without a wheel are about.
  explicit FindingSink(std::optional<std::string> subject, std::uint64_t most_alike = no_limit)
      : subject_(std::move(subject)), most_alike_(most_alike) {}

  /// Adds a finding after all others. `path`: an entry.
  void error(FindingCode code, std::optional<std::string> path, std::string message, std::string hint = {}) {
    add(code, Severity::error, std::move(path), std::move(message), std::move(hint));
  }
  void warning(FindingCode code, std::optional<std::string> path, std::string message,
               std::string hint = {}) {
    add(code, Severity::warning, std::move(path), std::move(message), std::move(hint));
  }
  void note(FindingCode code, std::optional<std::string> path, std::string message, std::string hint = {}) {
    add(code, Severity::note, std::move(path), std::move(message), std::move(hint));
  }
  void add(FindingCode code, Severity severity, std::optional<std::string> path, std::string message,
           std::string hint = {});

  /// From now on, findings that one of these covers are only counted.
  void ignore(std::vector<IgnoreRule> rules) { rules_ = std::move(rules); }
  bool ignores(const Finding& finding) const;
  std::uint64_t ignored() const { return ignored_; }

  void add(Finding finding) { add_at(end_, std::move(finding)); }
  void add(std::vector<Finding> findings);
  void add(FindingSink other);
  /// Adds one at a place among them, for findings that are reported in another order than they are found.
  /// Those of one place stay in the order in which they are added.
  void add_at(std::size_t place, Finding finding);

  bool has_error() const { return has_error_; }
  /// Paths of errors, including those that are only counted; an empty one for errors without a path.
  std::unordered_set<std::string> error_paths() && { return std::move(error_paths_); }

  std::vector<Finding> take();

 private:
  using Place = std::pair<std::size_t, std::size_t>;  ///< and the number of the addition
  struct Kind {
    std::map<Place, Finding> kept;
    std::uint64_t more = 0;
  };

  std::optional<std::string> subject_;
  std::uint64_t most_alike_;
  std::map<std::pair<FindingCode, Severity>, Kind> kinds_;
  std::size_t end_ = 0;  ///< after the greatest place
  std::size_t added_ = 0;
  bool has_error_ = false;
  std::unordered_set<std::string> error_paths_;
  std::vector<IgnoreRule> rules_;
  std::uint64_t ignored_ = 0;
};

}  // namespace wheelfix

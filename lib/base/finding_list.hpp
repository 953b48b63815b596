#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>
#include <wheelfix/finding.hpp>

namespace wheelfix {

/// Gathers findings, of each kind (code and severity) no more than a number, which are those that come first;
/// the last of them counts the others (Finding::more). So a wheel of 100,000 rows that are all wrong takes no
/// more than one of 50.
class FindingList {
 public:
  explicit FindingList(std::uint64_t most_alike) : most_alike_(most_alike) {}

  /// Behind all that were added before.
  void add(Finding finding) { add_at(end_, std::move(finding)); }
  void add(std::vector<Finding> findings);
  void add(FindingList other);
  /// At a place among them, for what is found in another order than it is told. Those of one place stay in
  /// the order in which they are added.
  void add_at(std::size_t place, Finding finding);

  bool has_error() const { return has_error_; }
  /// Paths of errors, those too that are only counted; an empty one for those without.
  std::unordered_set<std::string> error_paths() && { return std::move(error_paths_); }

  std::vector<Finding> take();

 private:
  using Place = std::pair<std::size_t, std::size_t>;  ///< and the number of the addition
  struct Kind {
    std::map<Place, Finding> told;
    std::uint64_t more = 0;
  };

  std::uint64_t most_alike_;
  std::map<std::pair<std::string, Severity>, Kind, std::less<>> kinds_;
  std::size_t end_ = 0;  ///< behind the greatest place
  std::size_t added_ = 0;
  bool has_error_ = false;
  std::unordered_set<std::string> error_paths_;
};

}  // namespace wheelfix

#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <wheelfix/finding.hpp>

#include "base/text.hpp"

namespace wheelfix {

/// A place in the text of a requirement, and the first fault that was found on the way. Each `take_` moves on
/// and returns true, or stays.
class RequirementCursor {
 public:
  explicit RequirementCursor(std::string_view text) : rest_(text) {}

  std::string_view rest() const { return rest_; }
  /// Empty where there is none.
  const std::string& fault() const { return fault_; }
  /// How much of the text follows the place of the fault.
  std::size_t left_at_fault() const { return left_at_fault_; }

  bool fail(std::string message) { return fail_at(rest_, std::move(message)); }

  /// `rest` begins at the fault and ends with the text.
  bool fail_at(std::string_view rest, std::string message) {
    if (!fault_.empty()) return false;
    fault_ = std::move(message);
    left_at_fault_ = rest.size();
    return false;
  }

  bool expected(std::string_view what) {
    return fail(rest_.empty()
                    ? fmt::format("ends where {} should be", what)
                    : fmt::format("has '{}' where {} should be", printable(rest_.substr(0, 30)), what));
  }

  void skip(std::size_t size) { rest_.remove_prefix(size); }
  void skip_space() { skip(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }

  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    skip(text.size());
    return true;
  }

  /// A word that no letter, digit or underscore follows.
  bool take_word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    if (rest_.size() > word.size() && (is_ascii_alnum(rest_[word.size()]) || rest_[word.size()] == '_'))
      return false;
    skip(word.size());
    return true;
  }

 private:
  std::string_view rest_;
  std::string fault_;
  std::size_t left_at_fault_ = 0;
};

}  // namespace wheelfix

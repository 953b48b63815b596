#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/finding_list.hpp"

namespace wheelfix {

/// What a check finds in one wheel or folder, in order.
class WheelFindings {
 public:
  /// `wheel`: its path as it was given.
  explicit WheelFindings(std::string wheel, std::uint64_t most_alike = static_cast<std::uint64_t>(-1))
      : wheel_(std::move(wheel)), findings_(most_alike) {}

  void add(std::string code, Severity severity, std::optional<std::string> path, std::string message,
           std::string hint) {
    findings_.add({std::move(code), severity, wheel_, std::move(path), std::move(message), std::move(hint)});
  }

  std::vector<Finding> take() { return findings_.take(); }

 private:
  std::string wheel_;
  FindingList findings_;
};

}  // namespace wheelfix

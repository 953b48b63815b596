#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>
#include <wheelfix/finding.hpp>

namespace wheelfix {

/// What a check finds in one wheel or folder, in order.
class WheelFindings {
 public:
  /// `wheel`: its path as it was given.
  explicit WheelFindings(std::string wheel) : wheel_(std::move(wheel)) {}

  void add(std::string code, Severity severity, std::optional<std::string> path, std::string message,
           std::string hint) {
    findings_.push_back(
        {std::move(code), severity, wheel_, std::move(path), std::move(message), std::move(hint)});
  }

  std::vector<Finding> take() { return std::move(findings_); }

 private:
  std::string wheel_;
  std::vector<Finding> findings_;
};

}  // namespace wheelfix

#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>
#include <wheelfix/doctor.hpp>

#include "support/stub_wheel.hpp"

namespace test {

/// Wheels of made-up libraries, examined together.
class MadeSet {
 public:
  struct Made {
    std::string name;
    std::string version = "1.0";
    std::map<std::string, std::string> files = {};  ///< content by entry
    std::vector<std::string> required = {};         ///< Requires-Dist
    std::string tag = "cp311-cp311-manylinux_2_17_x86_64";
  };

  MadeSet& add(const Made& made) {
    WheelText text{.name = made.name, .version = made.version, .tag = made.tag, .files = {}};
    for (const auto& [path, content] : made.files) text.files.push_back({.name = path, .content = content});
    text.metadata = "Metadata-Version: 2.1\nName: " + made.name + "\nVersion: " + made.version + "\n";
    for (const auto& required : made.required) text.metadata += "Requires-Dist: " + required + "\n";
    paths_.push_back(text.write(*folder_));
    return *this;
  }

  const std::vector<std::filesystem::path>& paths() const { return paths_; }
  std::vector<wheelfix::Finding> examine(const wheelfix::DoctorOptions& options = {}) const {
    return wheelfix::examine(paths_, options).findings;
  }

 private:
  std::shared_ptr<TempFolder> folder_ = std::make_shared<TempFolder>();
  std::vector<std::filesystem::path> paths_;
};

/// The only finding of a code.
inline wheelfix::Finding only(const std::vector<wheelfix::Finding>& findings, const std::string& code) {
  std::vector<wheelfix::Finding> found;
  for (const auto& finding : findings)
    if (to_string(finding.code) == code) found.push_back(finding);
  CHECK_MESSAGE(found.size() == 1, code << " is found " << found.size() << " times");
  return found.empty() ? wheelfix::Finding{} : found.front();
}

/// The codes of findings about CUDA, sorted.
inline std::vector<std::string> cuda_codes(const std::vector<wheelfix::Finding>& findings) {
  std::vector<std::string> codes;
  for (const auto& finding : findings) {
    const auto code = to_string(finding.code);
    if (code.find("cuda") != code.npos || code.starts_with("cudnn") || code.starts_with("host"))
      codes.emplace_back(code);
  }
  std::ranges::sort(codes);
  return codes;
}

}  // namespace test

#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>
#include <wheelfix/imports.hpp>

#include "support/stub_wheel.hpp"

namespace test {

/// Wheels of libraries and Python files, by project.
class MadeWheels {
 public:
  void add(const std::string& project, const std::map<std::string, std::string>& files,
           const std::string& required = {}, const std::string& platform = "manylinux_2_17_x86_64",
           const std::string& record_tail = {}) {
    WheelText text{
        .name = project, .tag = "cp311-cp311-" + platform, .files = {}, .record_tail = record_tail};
    for (const auto& [path, content] : files) text.files.push_back({.name = path, .content = content});
    if (!required.empty())
      text.metadata =
          "Metadata-Version: 2.1\nName: " + project + "\nVersion: 1.0\nRequires-Dist: " + required + "\n";
    wheels_.emplace_back(wheelfix::Wheel::open(text.write(folder_)));
  }

  std::unique_ptr<wheelfix::WheelSet> read(const std::string& layout) const {
    return wheelfix::read_wheel_set(wheels_, wheelfix::Layout::parse(layout));
  }

  std::vector<wheelfix::PredictedImport> predict(const std::string& layout) const {
    const auto set = read(layout);
    std::vector<wheelfix::PredictedImport> predicted;
    for (const auto& root : import_roots(set->placed))
      predicted.push_back(wheelfix::predict_import(set->scene(), root));
    return predicted;
  }

 private:
  TempFolder folder_;
  std::vector<wheelfix::WheelEdit> wheels_;
};

}  // namespace test

#pragma once

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>
#include <wheelfix/library.hpp>
#include <wheelfix/repair.hpp>

#include "support/stub_wheel.hpp"

namespace test {

/// Wheels of made-up libraries, and their repair.
class RepairScene {
 public:
  explicit RepairScene(const std::string& layout = "split", std::string tag = "py3-none-manylinux2014_x86_64")
      : tag_(std::move(tag)) {
    options.layout = wheelfix::Layout::parse(layout);
    options.verification = wheelfix::Verification::never;
  }

  wheelfix::WheelEdit make(const std::string& project, const std::map<std::string, std::string>& files,
                           const std::string& requirement = {}) {
    WheelText text{.name = project, .tag = tag_, .files = {}};
    for (const auto& [path, content] : files) text.files.push_back({.name = path, .content = content});
    if (!requirement.empty())
      text.metadata =
          "Metadata-Version: 2.1\nName: " + project + "\nVersion: 1.0\nRequires-Dist: " + requirement + "\n";
    wheelfix::WheelEdit edit(wheelfix::Wheel::open(text.write(folder_)));
    edit.set_local_label("fix.1", wheelfix::LocalLabel::extend);
    return edit;
  }
  void add(const std::string& project, const std::map<std::string, std::string>& files,
           const std::string& requirement = {}) {
    wheels.push_back(make(project, files, requirement));
  }
  void add_other(const std::string& project, const std::map<std::string, std::string>& files) {
    others.push_back(make(project, files));
  }

  /// The folders that each library was given, or the libraries that a package's module loads.
  std::map<std::string, std::string> run() {
    report = wheelfix::repair(wheels, others, options);
    std::map<std::string, std::string> given;
    for (const auto& path : report.paths) {
      std::string text = path.kind == wheelfix::SearchPathKind::rpath ? "rpath" : "runpath";
      for (const auto& folder : path.added) text += " " + folder;
      given[path.entry] = text;
    }
    for (const auto& module : report.preload_modules) {
      std::string text = "preload";
      for (const auto& path : module.libraries) text += " " + path;
      given[module.entry] = text;
    }
    return given;
  }

  /// `rpath A:B` of the library in the edited wheel.
  std::string path_of(const std::string& entry) const {
    for (const auto& wheel : wheels) {
      for (const auto& found : wheelfix::read_libraries(wheel).libraries) {
        if (found.path != entry) continue;
        std::string text = found.info.runpath.empty() ? "rpath" : "runpath";
        CHECK((found.info.rpath.empty() || found.info.runpath.empty()));
        for (const auto* entries : {&found.info.rpath, &found.info.runpath})
          for (const auto& folder : *entries) text += " " + folder;
        return text;
      }
    }
    return "none";
  }

  std::vector<std::string> codes() const {
    std::vector<std::string> codes;
    for (const auto& finding : report.findings) codes.emplace_back(to_string(finding.code));
    return codes;
  }

  std::vector<wheelfix::WheelEdit> wheels;
  std::vector<wheelfix::WheelEdit> others;
  wheelfix::RepairOptions options{.layout = wheelfix::Layout::parse("shared")};
  wheelfix::RepairReport report;

 private:
  TempFolder folder_;
  std::string tag_;
};

}  // namespace test

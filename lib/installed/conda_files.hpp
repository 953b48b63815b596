#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/limits.hpp>

namespace wheelfix {

struct CondaPackage {
  std::string name;
  std::string version;
  std::vector<std::string> files;  ///< relative to the prefix
};

/// A file of PREFIX/conda-meta: a JSON object with `name`, `version` and `files`. Nothing if it isn't one.
std::optional<CondaPackage> parse_conda_package(std::string_view text);

/// What conda installed below a folder of its prefix.
class CondaFiles {
 public:
  /// No packages if `folder` isn't in a conda prefix, a folder that has conda-meta.
  CondaFiles(const std::filesystem::path& folder, const Limits& limits);

  /// Those that have files in the folder, which their paths are relative to.
  const std::vector<CondaPackage>& packages() const { return packages_; }

 private:
  std::vector<CondaPackage> packages_;
};

}  // namespace wheelfix

#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/limits.hpp>
#include <wheelfix/progress.hpp>
#include <wheelfix/version.hpp>
#include <wheelfix/wheel_name.hpp>

namespace wheelfix {

struct PatchedWheel {
  std::filesystem::path path;
  WheelName name;
  std::uint64_t size = 0;
  std::string sha256;  ///< in hexadecimal

  std::string file_name() const { return path.filename().string(); }
};

/// The wheels of one version of a project.
struct PatchedVersion {
  std::string project;  ///< normalised
  Version version;
  std::vector<PatchedWheel> wheels;  ///< by file name

  std::vector<std::string> file_names() const;
  /// The folder that all of them are in. Throws Error{usage} if they are in several.
  std::filesystem::path folder() const;
};

/// The wheels that lock files are to name.
class PatchedWheels {
 public:
  /// `wheels` have local labels. Of several versions with one public part the newest counts.
  explicit PatchedWheels(std::vector<PatchedWheel> wheels);

  /// Wheels, folders of them, and folders that wheelfix-index made; each wheel is opened and hashed. Throws
  /// Error{usage} if there is none with a local label, and what Wheel::open throws.
  static PatchedWheels read(const std::vector<std::filesystem::path>& paths, const Limits& limits,
                            const ProgressCallback& progress);

  std::vector<std::string> projects() const;
  /// By public versions; empty for a project that has no wheels.
  const std::vector<PatchedVersion>& of(std::string_view project) const;

 private:
  std::map<std::string, std::vector<PatchedVersion>, std::less<>> projects_;
};

}  // namespace wheelfix

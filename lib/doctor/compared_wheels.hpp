#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>
#include <wheelfix/doctor.hpp>
#include <wheelfix/imports.hpp>

#include "cache/wheel_cache.hpp"
#include "environment/wheel_code.hpp"

namespace wheelfix {

/// A wheel by its file's name.
struct NamedWheel {
  std::filesystem::path path;
  WheelName name;

  std::string project() const { return normalize_project_name(name.distribution()); }
};

/// What a comparison is of. See compare_versions.
struct ComparedWheels {
  std::string project;               ///< of the versions
  std::vector<NamedWheel> versions;  ///< the oldest first, each file once
  std::vector<NamedWheel> given;     ///< the compared wheel first; none is of that project
  std::vector<std::string> left_out;
  std::vector<Finding> findings;
};

/// Throws Error{usage} as compare_versions.
ComparedWheels sort_out(const std::vector<std::filesystem::path>& given,
                        const std::vector<std::filesystem::path>& versions,
                        const std::optional<std::string>& python);

/// What was read of a wheel.
struct ReadWheel {
  WheelEdit edit;
  WheelLibraries libraries;
  WheelCode code;
};

/// Reads wheels one by one, as far as the cache doesn't have what an earlier run read. The options must
/// outlive it.
class WheelReader {
 public:
  explicit WheelReader(const DoctorOptions& options)
      : options_(options), cache_(options.cache, options.limits, false) {}

  /// Throws as Wheel::open and read_libraries.
  ReadWheel read(const std::filesystem::path& path);
  /// After what was asked of its code.
  void keep(const ReadWheel& wheel) { cache_.keep(wheel.edit.wheel(), wheel.libraries, wheel.code); }

 private:
  const DoctorOptions& options_;
  WheelCache cache_;
};

}  // namespace wheelfix

#pragma once

#include <filesystem>
#include <memory>
#include <vector>
#include <wheelfix/doctor.hpp>
#include <wheelfix/imports.hpp>

#include "base/file.hpp"

namespace wheelfix {

/// With the LD_LIBRARY_PATH of this machine, if it is what the wheels are examined for.
inline LoaderEnvironment environment_of(const DoctorOptions& options) {
  LoaderEnvironment environment;
  if (options.host && options.sysroot == "/")
    environment.library_path = environment_variable("LD_LIBRARY_PATH");
  return environment;
}

/// The wheels with the options; code for GPUs is read only if a machine's GPUs are checked. Throws as
/// read_wheel_set.
inline std::unique_ptr<WheelSet> read_set(std::vector<WheelEdit> wheels, const DoctorOptions& options) {
  return read_wheel_set(
      std::move(wheels), options.layout,
      {.jobs = options.jobs, .progress = options.progress, .cuda_archs = options.host.has_value()},
      {.sysroot = options.sysroot, .platform_tags = {}, .environment = environment_of(options), .abis = {}});
}

/// Also throws as Wheel::open.
inline std::unique_ptr<WheelSet> read_set(const std::vector<std::filesystem::path>& wheels,
                                          const DoctorOptions& options) {
  std::vector<WheelEdit> edits;
  for (const auto& path : wheels) edits.emplace_back(Wheel::open(path, options.limits));
  return read_set(std::move(edits), options);
}

}  // namespace wheelfix

#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/doctor.hpp>
#include <wheelfix/imports.hpp>

#include "cache/wheel_cache.hpp"

namespace wheelfix {

/// Opens and reads wheels, as far as the cache doesn't have what an earlier run read. The options must
/// outlive it.
class SetReader {
 public:
  /// `python`: the one that is asked for, in words.
  explicit SetReader(const DoctorOptions& options, std::string_view python = {});

  /// Throws as Wheel::open.
  void open(const std::filesystem::path& path);
  bool has_wheels() const { return !wheels_.empty(); }
  /// All that were opened; code for GPUs is read only if a machine's GPUs are checked. Throws as
  /// read_wheel_set.
  std::unique_ptr<WheelSet> read();
  /// After `read`: whether an earlier run found all symbols in the same wheels.
  bool is_known_to_bind() const { return is_known_to_bind_; }
  /// Keeps what the set was read to, what was asked of its code since, and whether all symbols are found.
  void keep(const WheelSet& set, bool binds);

 private:
  const DoctorOptions& options_;
  std::string binding_place_;  ///< what decides, beside the wheels, whether all symbols are found
  WheelCache cache_;
  std::vector<WheelEdit> wheels_;
  std::vector<std::optional<WheelLibraries>> known_;  ///< by wheel
  std::vector<WheelCode> codes_;                      ///< by wheel
  bool is_known_to_bind_ = false;
};

/// The libraries of all wheels, of which those that aren't known are read. Throws as read_libraries.
std::vector<WheelLibraries> read_unknown(const std::vector<WheelEdit>& wheels,
                                         std::vector<std::optional<WheelLibraries>> known,
                                         const ReadLibrariesOptions& options);

/// The set of these wheels. Throws as SetReader.
std::unique_ptr<WheelSet> read_set(const std::vector<std::filesystem::path>& wheels,
                                   const DoctorOptions& options);

}  // namespace wheelfix

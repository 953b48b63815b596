#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <wheelfix/library.hpp>

#include "environment/wheel_code.hpp"
#include "wheel/known_wheel.hpp"

namespace wheelfix {

/// What was read of the files of a wheel or of a distribution that is installed. Findings are without the
/// wheel's path.
struct FilesRecord {
  WheelLibraries libraries;
  WheelCode code;
};

/// All that was read of a wheel.
struct WheelRecord : FilesRecord {
  KnownWheel wheel = {};
};

/// As bytes, for a file: the values of a Packer, sealed.
std::string pack_record(const KnownWheel& wheel, const WheelLibraries& libraries, const WheelCode& code);
/// Nothing for bytes that pack_record doesn't make.
std::optional<WheelRecord> parse_record(std::string_view bytes);

/// The same for a part of a file, which isn't sealed.
std::string pack_files_record(const WheelLibraries& libraries, const WheelCode& code);
std::optional<FilesRecord> parse_files_record(std::string_view bytes);

/// Such parts by names of theirs, for a file.
std::string pack_records(const std::map<std::string, std::string>& records);
std::optional<std::map<std::string, std::string>> parse_records(std::string_view bytes);

/// Grows with what is known of code.
std::size_t amount(const WheelCode& code);

}  // namespace wheelfix

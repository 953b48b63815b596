#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>
#include <wheelfix/error.hpp>
#include <wheelfix/finding.hpp>
#include <wheelfix/metadata.hpp>
#include <wheelfix/record.hpp>
#include <wheelfix/wheel_name.hpp>

#include "zip/archive.hpp"

namespace wheelfix {

/// What makes an archive a wheel, as far as it can be read. Wheel::open throws for the first finding of
/// severity error; `verify` reports them all.
struct WheelContents {
  std::optional<WheelName> name;
  std::string dist_info;                ///< empty if there isn't exactly one
  std::optional<std::string> data_dir;  ///< spelled like dist-info, else another folder of name and version
  std::vector<std::string> odd_data_dirs;  ///< folders that end in .data, but aren't spelled like dist-info
  std::optional<HeaderDocument> metadata;
  std::optional<HeaderDocument> wheel_file;
  std::optional<Record> record;
  std::vector<Finding> findings;
};

/// Reads the file's name, the one dist-info and its METADATA, WHEEL and RECORD, and compares name and
/// version. The archive's own findings are not repeated. RECORD may have two rows per entry and some more:
/// those of files that are gone, or that the wheel never had.
WheelContents read_contents(const zip::Archive& archive, const Limits& limits);

/// Throws an Error for the first finding of severity error, of the given code or limit_exceeded.
void throw_first_error(const std::vector<Finding>& findings, ErrorCode code);

/// A finding that says what an Error says.
Finding to_finding(const Error& error, FindingCode code, const std::filesystem::path& wheel);

}  // namespace wheelfix

#pragma once

#include <array>
#include <wheelfix/finding_catalogue.hpp>

/// The groups of the catalogue, a file each.
namespace wheelfix::findings {

std::span<const FindingInfo> of_archive();
std::span<const FindingInfo> of_names_and_metadata();
std::span<const FindingInfo> of_record();
std::span<const FindingInfo> of_writing();
std::span<const FindingInfo> of_imports();
std::span<const FindingInfo> of_tags();
std::span<const FindingInfo> of_search_paths();
std::span<const FindingInfo> of_cuda();
std::span<const FindingInfo> of_host();
std::span<const FindingInfo> of_python();
std::span<const FindingInfo> of_environment();

/// All, in the order in which they are listed.
std::array<FindingGroup, 11> groups();

}  // namespace wheelfix::findings

#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/limits.hpp>
#include <wheelfix/wheel.hpp>

namespace wheelfix {

/// Of one RECORD; the largest known have some 20,000.
constexpr std::size_t most_rows_installed = 200'000;

/// A file of at most `limits.max_document_size` bytes; empty if it can't be read or is larger.
std::string read_small_file(const std::filesystem::path& path, const Limits& limits);

/// The name and version of `torch-2.1.0.dist-info`, `torch-2.1.0-py3.11.egg-info` or `torch.egg-info`.
struct InformationName {
  std::string project;  ///< normalised
  std::string version;  ///< may be empty
};
InformationName information_name(std::string_view name);

/// The name that the wheel of a distribution would have; of unusual names and versions as much as fits there.
/// `tags` are as WHEEL lists them; without one the wheel is for any Python.
WheelName wheel_name_for(std::string_view project, std::string_view version,
                         const std::vector<std::string>& tags = {});

/// A distribution by its .dist-info or .egg-info, a name in the folder, without its files. What can't be read
/// of it is empty, because check_site_packages reports that.
InstalledDistribution read_information(const std::filesystem::path& folder, const std::string& place,
                                       const std::string& name, const Limits& limits);

/// What top_level.txt lists, the names of packages and modules; empty without one.
std::vector<std::string> top_level_names(const InstalledDistribution& distribution, const Limits& limits);

/// The version that a package without metadata has in its code, as a literal: that of `__version__` in
/// NAME/version.py, NAME/_version.py or NAME/__init__.py; empty if there is none.
std::string version_in_code(const std::filesystem::path& folder, const std::string& package,
                            const Limits& limits);

}  // namespace wheelfix

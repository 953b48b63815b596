#include "installed/documents.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <wheelfix/error.hpp>
#include <wheelfix/version.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "wheel/document.hpp"

namespace wheelfix {
namespace {

constexpr std::string_view dist_info_suffix = ".dist-info", egg_info_suffix = ".egg-info";

template <class Document>
Document read_installed(const std::filesystem::path& path, const Limits& limits) {
  try {
    return parse_document<Document>(read_small_file(path, limits), path.string(), most_rows_installed);
  } catch (const Error&) {
    return {};
  }
}

void add_new(std::vector<std::string>& texts, std::string_view text) {
  if (std::ranges::find(texts, text) == texts.end()) texts.emplace_back(text);
}

/// `cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64` for the tags, each `cp311-cp311-manylinux…`.
std::string tag_set(const std::vector<std::string>& tags) {
  std::array<std::vector<std::string>, 3> parts;
  for (const auto& tag : tags) {
    for (const auto& expanded : expand_tag_set(tag)) {
      const auto words = split(expanded, '-');
      for (std::size_t i = 0; i < 3; ++i) add_new(parts[i], words[i]);
    }
  }
  if (parts[0].empty()) return "py3-none-any";
  return fmt::format("{}-{}-{}", fmt::join(parts[0], "."), fmt::join(parts[1], "."),
                     fmt::join(parts[2], "."));
}

/// `2.9.0` of a line `__version__ = '2.9.0'`, also with an annotation.
std::string version_of_line(std::string_view line) {
  constexpr std::string_view name = "__version__";
  if (!line.starts_with(name)) return {};
  const auto equals = line.find('=', name.size());
  if (equals == std::string_view::npos) return {};
  const auto value = trim(line.substr(equals + 1));
  if (value.size() < 2 || (value.front() != '\'' && value.front() != '"')) return {};
  const auto end = value.find(value.front(), 1);
  if (end == std::string_view::npos) return {};
  const auto version = Version::try_parse(value.substr(1, end - 1));
  return version ? version->to_string() : std::string();
}

}  // namespace

std::string read_small_file(const std::filesystem::path& path, const Limits& limits) {
  try {
    return read_file(path, limits.max_document_size);
  } catch (const Error&) {
    return {};
  }
}

InformationName information_name(std::string_view name) {
  const bool is_egg = name.ends_with(egg_info_suffix);
  name.remove_suffix(is_egg ? egg_info_suffix.size() : dist_info_suffix.size());
  const auto python = name.rfind("-py");
  if (is_egg && python != std::string_view::npos) name = name.substr(0, python);
  const auto dash = name.rfind('-');
  if (dash == std::string_view::npos) return {normalize_project_name(name), ""};
  return {normalize_project_name(name.substr(0, dash)), std::string(name.substr(dash + 1))};
}

WheelName wheel_name_for(std::string_view project, std::string_view version,
                         const std::vector<std::string>& tags) {
  std::string name;
  for (const char c : project) {
    const char kept = is_ascii_alnum(c) || c == '.' ? c : '_';
    if (kept != '_' || !name.ends_with('_')) name += kept;
  }
  if (std::ranges::none_of(name, is_ascii_alnum)) name = "unnamed";
  const auto parsed = Version::try_parse(version);
  const auto text = parsed ? parsed->to_string() : "0";
  try {
    return WheelName::parse(fmt::format("{}-{}-{}.whl", name, text, tag_set(tags)));
  } catch (const Error&) {
    return WheelName::parse(fmt::format("{}-{}-py3-none-any.whl", name, text));
  }
}

InstalledDistribution read_information(const std::filesystem::path& folder, const std::string& place,
                                       const std::string& name, const Limits& limits) {
  const auto path = folder / name;
  const bool is_egg = name.ends_with(egg_info_suffix);
  std::error_code ignored;
  const bool is_file = std::filesystem::is_regular_file(path, ignored);
  auto metadata =
      read_installed<HeaderDocument>(is_file ? path : path / (is_egg ? "PKG-INFO" : "METADATA"), limits);
  auto wheel_file = read_installed<HeaderDocument>(path / "WHEEL", limits);
  const auto in_name = information_name(name);
  auto wheel_name =
      wheel_name_for(metadata.get("Name").value_or(in_name.project),
                     metadata.get("Version").value_or(in_name.version), wheel_file.get_all("Tag"));
  return {.folder = folder,
          .place = place,
          .name = std::move(wheel_name),
          .dist_info = name,
          .metadata = std::move(metadata),
          .wheel_file = std::move(wheel_file),
          .record = read_installed<Record>(path / "RECORD", limits)};
}

std::vector<std::string> top_level_names(const InstalledDistribution& distribution, const Limits& limits) {
  std::vector<std::string> names;
  const auto text = read_small_file(distribution.folder / distribution.dist_info / "top_level.txt", limits);
  for (const auto line : split(text, '\n'))
    if (const auto name = trim(line); !name.empty()) names.emplace_back(name);
  return names;
}

std::string version_in_code(const std::filesystem::path& folder, const std::string& package,
                            const Limits& limits) {
  for (const auto* file : {"version.py", "_version.py", "__init__.py"}) {
    const auto text = read_small_file(folder / package / file, limits);
    for (const auto line : split(text, '\n'))
      if (auto version = version_of_line(line); !version.empty()) return version;
  }
  return {};
}

}  // namespace wheelfix

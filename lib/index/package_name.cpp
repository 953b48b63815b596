#include "index/package_name.hpp"

#include <algorithm>
#include <wheelfix/version.hpp>
#include <wheelfix/wheel_name.hpp>

#include "base/text.hpp"

namespace wheelfix {

namespace {

/// The name without its ending; empty where it is no sdist's.
std::string_view sdist_stem(std::string_view file_name) {
  for (const std::string_view ending : {".tar.gz", ".zip"}) {
    if (file_name.ends_with(ending)) return file_name.substr(0, file_name.size() - ending.size());
  }
  return {};
}

/// Source: packaging.python.org, "Names and normalization".
bool is_project_name(std::string_view name) {
  const auto is_allowed = [](char c) { return is_ascii_alnum(c) || c == '-' || c == '_' || c == '.'; };
  return !name.empty() && is_ascii_alnum(name.front()) && is_ascii_alnum(name.back()) &&
         std::ranges::all_of(name, is_allowed);
}

}  // namespace

PackageKind package_kind(std::string_view file_name) {
  if (file_name.ends_with(".whl")) return PackageKind::wheel;
  return sdist_package_names(file_name).empty() ? PackageKind::none : PackageKind::sdist;
}

PackageName wheel_package_name(std::string_view file_name) {
  const auto name = WheelName::parse(file_name);
  return {normalize_project_name(name.distribution()), name.version().to_string()};
}

std::vector<PackageName> sdist_package_names(std::string_view file_name) {
  const auto stem = sdist_stem(file_name);
  std::vector<PackageName> names;
  for (auto dash = stem.find('-'); dash != std::string_view::npos; dash = stem.find('-', dash + 1)) {
    const auto name = stem.substr(0, dash);
    const auto text = stem.substr(dash + 1);
    const auto version = trim(text).size() == text.size() ? Version::try_parse(text) : std::nullopt;
    if (version && is_project_name(name))
      names.push_back({normalize_project_name(name), version->to_string()});
  }
  return names;
}

}  // namespace wheelfix

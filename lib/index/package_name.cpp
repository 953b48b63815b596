#include "index/package_name.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <wheelfix/version.hpp>
#include <wheelfix/wheel_name.hpp>

#include "base/text.hpp"

namespace wheelfix {

namespace {

constexpr std::array<std::string_view, 2> sdist_endings = {".tar.gz", ".zip"};
constexpr std::array<std::string_view, 9> old_sdist_endings = {
    ".tar.bz2", ".tbz", ".tgz", ".tar", ".tar.xz", ".txz", ".tlz", ".tar.lz", ".tar.lzma"};

/// The name without its ending, one of these; empty if it has none of them.
std::string_view stem(std::string_view file_name, std::span<const std::string_view> endings) {
  const auto found =
      std::ranges::find_if(endings, [&](std::string_view ending) { return file_name.ends_with(ending); });
  return found == endings.end() ? std::string_view() : file_name.substr(0, file_name.size() - found->size());
}

/// Source: packaging.python.org, "Names and normalization".
bool is_project_name(std::string_view name) {
  const auto is_allowed = [](char c) { return is_ascii_alnum(c) || c == '-' || c == '_' || c == '.'; };
  return !name.empty() && is_ascii_alnum(name.front()) && is_ascii_alnum(name.back()) &&
         std::ranges::all_of(name, is_allowed);
}

}  // namespace

PackageKind package_kind(std::string_view file_name) {
  if (file_name.starts_with('.')) return PackageKind::none;
  if (file_name.ends_with(".whl")) return PackageKind::wheel;
  if (sdist_package_names(file_name).empty()) return PackageKind::none;
  return stem(file_name, sdist_endings).empty() ? PackageKind::old_sdist : PackageKind::sdist;
}

PackageName wheel_package_name(std::string_view file_name) {
  const auto name = WheelName::parse(file_name);
  return {normalize_project_name(name.distribution()), name.version().to_string()};
}

std::vector<PackageName> sdist_package_names(std::string_view file_name) {
  auto whole = stem(file_name, sdist_endings);
  if (whole.empty()) whole = stem(file_name, old_sdist_endings);
  std::vector<PackageName> names;
  for (auto dash = whole.find('-'); dash != std::string_view::npos; dash = whole.find('-', dash + 1)) {
    const auto name = whole.substr(0, dash);
    const auto text = whole.substr(dash + 1);
    const auto version = trim(text).size() == text.size() ? Version::try_parse(text) : std::nullopt;
    if (version && is_project_name(name))
      names.push_back({normalize_project_name(name), version->to_string()});
  }
  return names;
}

}  // namespace wheelfix

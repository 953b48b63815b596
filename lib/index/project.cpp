#include "index/project.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <wheelfix/version.hpp>

#include "base/url_quote.hpp"
#include "index/page_text.hpp"

namespace wheelfix {

namespace {

struct Ranked {
  Version version;
  PageFile file;
};

bool comes_before(const Ranked& a, const Ranked& b) {
  if (a.file.is_upstream != b.file.is_upstream) return b.file.is_upstream;
  const auto order = b.version <=> a.version;
  return order == 0 ? a.file.file_name < b.file.file_name : order < 0;
}

PageFile page_file(const Package& package, const PageStyle& style) {
  PageFile file{.file_name = package.file_name,
                .url = style.base_url + url_quote(package.file_name),
                .version = package.version,
                .hashes = {{"sha256", package.sha256}},
                .requires_python = package.requires_python,
                .size = package.stamp.size,
                .upload_time = utc_time(package.stamp.mtime_ns)};
  if (!package.metadata_sha256.empty() && style.base_url.empty())
    file.core_metadata = {{"sha256", package.metadata_sha256}};
  return file;
}

}  // namespace

Project make_project(std::string name, const std::vector<const Package*>& packages, const PageStyle& style,
                     const std::vector<PageFile>& upstream) {
  std::vector<Ranked> ranked;
  std::set<std::string_view> names;
  for (const auto* package : packages) {
    ranked.push_back({Version::parse(package->version), page_file(*package, style)});
    names.insert(package->file_name);
  }
  for (const auto& file : upstream) {
    if (names.insert(file.file_name).second) ranked.push_back({Version::parse(file.version), file});
  }
  std::ranges::sort(ranked, comes_before);
  Project project{std::move(name), {}};
  for (auto& one : ranked) project.files.push_back(std::move(one.file));
  return project;
}

std::vector<std::string> Project::versions() const {
  std::vector<std::string> versions;
  std::set<std::string_view> seen;
  for (const auto& file : files) {
    if (seen.insert(file.version).second) versions.push_back(file.version);
  }
  return versions;
}

}  // namespace wheelfix

#include "index/project.hpp"

#include <algorithm>
#include <wheelfix/version.hpp>

namespace wheelfix {

namespace {

struct Ranked {
  Version version;
  const Package* package;
};

bool comes_before(const Ranked& a, const Ranked& b) {
  const auto order = b.version <=> a.version;
  return order == 0 ? a.package->file_name < b.package->file_name : order < 0;
}

}  // namespace

Project make_project(std::string name, std::vector<const Package*> files) {
  std::vector<Ranked> ranked;
  for (const auto* package : files) ranked.push_back({Version::parse(package->version), package});
  std::ranges::sort(ranked, comes_before);
  std::ranges::transform(ranked, files.begin(), &Ranked::package);
  return {std::move(name), std::move(files)};
}

std::vector<std::string> Project::versions() const {
  std::vector<std::string> versions;
  for (const auto* file : files) {
    // Equal versions are together, and have few spellings.
    const auto recent =
        versions.end() - static_cast<std::ptrdiff_t>(std::min<std::size_t>(versions.size(), 8));
    if (std::find(recent, versions.end(), file->version) == versions.end()) versions.push_back(file->version);
  }
  return versions;
}

}  // namespace wheelfix

#include "index/previous.hpp"

#include <string>
#include <unordered_set>
#include <utility>

#include "index/package_name.hpp"
#include "index/project.hpp"

namespace wheelfix {

namespace {

/// Adds to a cache what is in the output folder.
class Recovery {
 public:
  Recovery(const OutputTree& tree, const std::string& link_prefix, Cache& cache)
      : tree_(tree), link_prefix_(link_prefix), cache_(cache) {
    for (const auto& package : cache.packages) known_.insert(package.project + "/" + package.file_name);
  }

  void add_project(const std::string& project) {
    const auto listed = read_json_page(tree_.read(project, "index.v1_json").value_or(""));
    if (!listed.links.empty()) cache_.seals.push_back({project, {}});
    if (cache_.links.empty()) cache_.links = listed.links;
    for (const auto& file : listed.files) add(project, file.file_name, file.sha256, file.has_metadata);
    for (const auto& name : tree_.names(project)) {
      const auto kind = package_kind(name);
      if (kind != PackageKind::none && tree_.read_link(project, name) == link_prefix_ + name)
        add(project, name, "", kind == PackageKind::wheel);
    }
  }

 private:
  void add(const std::string& project, const std::string& file_name, const std::string& sha256,
           bool has_metadata) {
    if (!known_.insert(project + "/" + file_name).second) return;
    Package found;
    found.file_name = file_name;
    found.project = project;
    found.sha256 = sha256;
    found.metadata_sha256 = has_metadata ? "unknown" : "";
    cache_.packages.push_back(std::move(found));
  }

  const OutputTree& tree_;
  const std::string& link_prefix_;
  Cache& cache_;
  std::unordered_set<std::string> known_;
};

}  // namespace

Previous Previous::load(const OutputTree& tree, const std::string& link_prefix) {
  Previous previous;
  auto cache = Cache::parse(tree.read("", cache_name).value_or(""));
  const bool is_known = cache && !tree.was_interrupted();
  if (cache) previous.cache_ = std::move(*cache);
  if (!is_known) previous.recover(tree, link_prefix);
  previous.make_maps();
  return previous;
}

void Previous::make_maps() {
  for (const auto& package : cache_.packages) {
    by_name_.emplace(package.file_name, &package);
    ++counts_[package.project];
    projects_.insert(package.project);
  }
  for (const auto& seal : cache_.seals) {
    seals_.emplace(seal.project, seal.state);
    if (!seal.project.empty()) projects_.insert(seal.project);
  }
}

void Previous::recover(const OutputTree& tree, const std::string& link_prefix) {
  cache_.seals.clear();
  Recovery recovery(tree, link_prefix, cache_);
  for (const auto& project : tree.projects()) {
    // A symlink is another name of a project, as dir2pi makes them, and what is there must not be removed.
    if (tree.read_link("", project).empty()) recovery.add_project(project);
  }
  if (cache_.links.empty()) cache_.links = "symlink";
}

const Package* Previous::find(std::string_view file_name) const {
  const auto found = by_name_.find(file_name);
  return found == by_name_.end() ? nullptr : found->second;
}

std::string_view Previous::seal(std::string_view project) const {
  const auto found = seals_.find(project);
  return found == seals_.end() ? std::string_view() : found->second;
}

std::size_t Previous::count_packages(std::string_view project) const {
  const auto found = counts_.find(project);
  return found == counts_.end() ? 0 : found->second;
}

}  // namespace wheelfix

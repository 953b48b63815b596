#pragma once

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "index/cache.hpp"
#include "index/output_tree.hpp"

namespace wheelfix {

/// What earlier runs left: from the cache, and, if it isn't sound or a run was interrupted, from the existing
/// pages and links. Only what is in here may be removed.
class Previous {
 public:
  static constexpr const char* cache_name = ".wheelfix-index.cache";

  /// `link_prefix` is that of OutputTree::Source: symlinks of that form are an earlier run's.
  static Previous load(const OutputTree& tree, const std::string& link_prefix);

  Previous(Previous&&) = default;

  /// Those found only by their pages or links have no stamp, so that they are read again.
  const std::vector<Package>& packages() const { return cache_.packages; }
  /// By a file's name; null if there is none.
  const Package* find(std::string_view file_name) const;
  const std::string& links() const { return cache_.links; }
  const std::string& settings() const { return cache_.settings; }
  /// The seal of a project, or of the list of projects; empty if there is none.
  std::string_view seal(std::string_view project) const;
  std::size_t count_packages(std::string_view project) const;
  /// All that have pages, those too that list upstream's files alone.
  const std::set<std::string>& projects() const { return projects_; }

 private:
  Previous() = default;
  void recover(const OutputTree& tree, const std::string& link_prefix);
  void make_maps();

  Cache cache_;
  std::unordered_map<std::string_view, const Package*> by_name_;  // views into cache_
  std::unordered_map<std::string_view, std::string_view> seals_;
  std::unordered_map<std::string_view, std::size_t> counts_;
  std::set<std::string> projects_;
};

}  // namespace wheelfix

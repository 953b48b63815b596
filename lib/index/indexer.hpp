#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/index.hpp>

#include "index/output_tree.hpp"
#include "index/package.hpp"
#include "index/previous.hpp"
#include "index/project.hpp"
#include "index/scan.hpp"
#include "index/upstream_files.hpp"

namespace wheelfix {

/// The settings of a run, derived from the options.
struct IndexPlan {
  OutputTree::Source source;
  PageStyle style;
  std::string settings;  ///< Cache::settings

  bool has_links() const { return style.links != "none"; }
};

/// One run, from the list of files to the cache for the next run. Its order keeps readers safe: links and
/// .metadata files, then projects' pages, then the list of projects, then removals.
class Indexer {
 public:
  Indexer(OutputTree& tree, const IndexPlan& plan, const IndexOptions& options);

  IndexReport run();

 private:
  using Group = std::pair<const std::string, std::vector<const Package*>>;

  void check_list() const;
  void match();
  void read_new();
  void read_one(std::size_t i, ProgressMeter& meter);
  void group();
  void find_upstream();
  const std::vector<PageFile>& upstream_of(const std::string& project) const;
  bool is_known(const Package* package) const;
  bool is_outdated(const Group& group) const;
  void find_outdated();
  void write_outdated();
  std::vector<IndexChange> write_project(const Group& group);
  std::vector<std::string> put_beside(const Package& package, const std::string* metadata);
  void write_list();
  void tell_changes();
  void remove_old();
  void remove_old_file(const Package& old);
  void save_cache();
  bool is_kept(const Package& old) const;

  OutputTree& tree_;
  const IndexPlan& plan_;
  const IndexOptions& options_;
  Previous previous_;
  std::int64_t began_ns_;

  std::vector<Package> known_;                ///< of unchanged files
  std::vector<ScannedFile> unknown_;          ///< the largest first, so that the threads end together
  std::vector<std::optional<Package>> read_;  ///< of unknown_
  std::vector<std::optional<LeftOut>> left_out_;
  std::vector<std::vector<std::string>> rewritten_;  ///< files other than pages, for each of unknown_
  std::map<std::string, std::vector<const Package*>> groups_;
  std::vector<const Group*> outdated_;
  std::map<std::string_view, const Package*> now_;  ///< by file name
  UpstreamFiles upstream_;
  bool is_list_outdated_ = false;
  std::vector<std::string> rewritten_lists_;  ///< pages of the list of projects
  IndexReport report_;
};

}  // namespace wheelfix

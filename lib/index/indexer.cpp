#include "index/indexer.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <set>
#include <wheelfix/error.hpp>
#include <wheelfix/version.hpp>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/progress_meter.hpp"
#include "base/workers.hpp"
#include "wheel/read_metadata.hpp"

namespace wheelfix {

namespace {

using How = IndexChange::How;

constexpr const char* html_name = "index.html";
constexpr const char* json_name = "index.v1_json";

std::int64_t now_ns() {
  using namespace std::chrono;
  return duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
}

/// Whether a file may have been changed after it was read without a change of its time: times advance by a
/// kernel tick, on some file systems by two seconds.
bool may_change_unseen(const FileStamp& stamp, std::int64_t began_ns) {
  constexpr std::int64_t second = 1'000'000'000;
  const std::int64_t step = stamp.mtime_ns % second == 0 ? 2 * second : second / 50;
  return stamp.mtime_ns > began_ns - step;
}

std::string path_of(const Package& package) {
  return package.project + "/" + package.file_name;
}

/// An error's message, and what its subject says beyond the file's path.
LeftOut to_left_out(const Error& error, const std::string& path) {
  const bool has_more = error.subject().starts_with(path + ": ");
  return {path, (has_more ? error.subject().substr(path.size() + 2) + ": " : "") + error.message(),
          error.hint()};
}

}  // namespace

Indexer::Indexer(OutputTree& tree, const IndexPlan& plan, const IndexOptions& options)
    : tree_(tree),
      plan_(plan),
      options_(options),
      previous_(Previous::load(tree, plan.source.prefix)),
      began_ns_(now_ns()) {}

IndexReport Indexer::run() {
  check_list();
  match();
  read_new();
  group();
  find_upstream();
  find_outdated();
  write_outdated();
  write_list();
  tell_changes();
  remove_old();
  save_cache();
  tree_.finish();
  report_.output = tree_.folder();
  report_.projects = groups_.size();
  report_.files = now_.size();
  std::ranges::sort(report_.changes, {}, &IndexChange::path);
  std::ranges::sort(report_.left_out, {}, &LeftOut::path);
  return std::move(report_);
}

/// Refuses a folder that another tool made, before anything is written to it.
void Indexer::check_list() const {
  if (!previous_.seal("").empty()) return;
  for (const auto* name : {html_name, json_name}) tree_.check_page("", name);
}

/// Divides the files into those that are known from before and those that must be read.
void Indexer::match() {
  for (auto& file : scan_packages(plan_.source.folder)) {
    const auto* old = previous_.find(file.name);
    if (file.is_readable && old != nullptr && old->stamp == file.stamp) {
      known_.push_back(*old);
    } else {
      unknown_.push_back(std::move(file));
    }
  }
  std::ranges::stable_sort(unknown_, std::greater{}, [](const ScannedFile& file) { return file.stamp.size; });
}

void Indexer::read_new() {
  read_.resize(unknown_.size());
  left_out_.resize(unknown_.size());
  rewritten_.resize(unknown_.size());
  std::uint64_t total = 0;
  for (const auto& file : unknown_) total += file.stamp.size;
  ProgressMeter meter("reading", total, options_.progress);
  for_each_parallel(unknown_.size(), options_.jobs, [&](std::size_t i) { read_one(i, meter); });
  for (auto& left_out : left_out_) {
    if (left_out) report_.left_out.push_back(std::move(*left_out));
  }
}

void Indexer::read_one(std::size_t i, ProgressMeter& meter) {
  const auto& file = unknown_[i];
  const auto path = (plan_.source.folder / file.name).string();
  std::optional<ReadPackage> read;
  try {
    if (!file.is_readable)
      throw Error(ErrorCode::bad_wheel, path, "is not a file, or is a broken link",
                  "remove it, or fix the link");
    read = read_package(plan_.source.folder, file.name, options_.limits, meter);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) throw;
    if (const auto* of_system = dynamic_cast<const SystemError*>(&error);
        of_system != nullptr && of_system->is_of_the_run())
      throw;
    left_out_[i] = to_left_out(error, path);
  }
  if (!read) return;
  rewritten_[i] = put_beside(read->package, &read->metadata);
  read_[i] = std::move(read->package);
}

/// Links the file into its project's folder and puts its METADATA there, and returns the paths of what is
/// new. Without `metadata` the file's is read only if the existing one is wrong.
std::vector<std::string> Indexer::put_beside(const Package& package, const std::string* metadata) {
  std::vector<std::string> written;
  if (!plan_.has_links()) return written;
  const auto* old = previous_.find(package.file_name);
  const bool is_ours = old != nullptr && old->project == package.project &&
                       (previous_.links() == "copy" || previous_.links() == "hardlink");
  if (tree_.link(plan_.source, package.project, package.file_name, package.stamp, is_ours))
    written.push_back(path_of(package));
  if (package.metadata_sha256.empty()) return written;
  const auto name = metadata_name(package.file_name);
  std::string bytes;
  if (metadata == nullptr) {
    const auto existing = tree_.read(package.project, name);
    if (existing && sha256_hex(*existing) == package.metadata_sha256) return written;
    bytes = read_dist_info(File::open(plan_.source.folder / package.file_name), options_.limits).metadata;
    metadata = &bytes;
  }
  if (tree_.write(package.project, name, *metadata)) written.push_back(package.project + "/" + name);
  return written;
}

void Indexer::group() {
  const auto add = [&](const Package& package) {
    groups_[package.project].push_back(&package);
    now_.emplace(package.file_name, &package);
  };
  for (const auto& package : known_) add(package);
  for (const auto& package : read_) {
    if (package) add(*package);
  }
}

/// All before the first of our pages changes.
void Indexer::find_upstream() {
  if (!options_.upstream) return;
  for (const auto& name : options_.upstream->projects) groups_.try_emplace(normalize_project_name(name));
  upstream_ = read_upstream(*options_.upstream, groups_, options_.jobs);
  report_.notes = upstream_.notes;
}

const std::vector<PageFile>& Indexer::upstream_of(const std::string& project) const {
  static const std::vector<PageFile> none;
  const auto found = upstream_.by_project.find(project);
  return found == upstream_.by_project.end() ? none : found->second;
}

bool Indexer::is_known(const Package* package) const {
  return !known_.empty() && !std::less<>{}(package, &known_.front()) &&
         !std::less<>{}(&known_.back(), package);
}

bool Indexer::is_outdated(const Group& group) const {
  const auto& [name, files] = group;
  if (files.size() != previous_.count_packages(name) || upstream_.by_project.contains(name)) return true;
  if (!std::ranges::all_of(files, [&](const Package* file) { return is_known(file); })) return true;
  const auto seal = previous_.seal(name);
  return seal.empty() || seal != tree_.seal(name);
}

void Indexer::find_outdated() {
  const bool is_all = previous_.links() != plan_.style.links || previous_.settings() != plan_.settings;
  std::vector<const Group*> all;
  for (const auto& group : groups_) all.push_back(&group);
  std::vector<char> outdated(all.size(), 1);
  if (!is_all)
    for_each_parallel(all.size(), options_.jobs,
                      [&](std::size_t i) { outdated[i] = is_outdated(*all[i]) ? 1 : 0; });
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (outdated[i] != 0) outdated_.push_back(all[i]);
  }
  const auto is_gone = [&](const std::string& project) { return !groups_.contains(project); };
  const auto seal = previous_.seal("");
  is_list_outdated_ = is_all || !outdated_.empty() || std::ranges::any_of(previous_.projects(), is_gone) ||
                      seal.empty() || seal != tree_.seal("");
}

void Indexer::write_outdated() {
  std::vector<std::vector<IndexChange>> changes(outdated_.size());
  for_each_parallel(outdated_.size(), options_.jobs,
                    [&](std::size_t i) { changes[i] = write_project(*outdated_[i]); });
  for (const auto& some : changes) report_.changes.insert(report_.changes.end(), some.begin(), some.end());
}

/// Writes what is next to the pages for files that were known, then the pages. Returns what was rewritten
/// although the project's files are unchanged.
std::vector<IndexChange> Indexer::write_project(const Group& group) {
  const auto& [name, files] = group;
  std::vector<IndexChange> changes;
  bool is_same = files.size() == previous_.count_packages(name);
  for (const auto* package : files) {
    const auto* old = previous_.find(package->file_name);
    is_same = is_same && old != nullptr && old->project == name && old->sha256 == package->sha256;
    if (!is_known(package)) continue;
    for (auto& path : put_beside(*package, nullptr)) changes.push_back({How::rewritten, std::move(path)});
  }
  const auto project = make_project(name, files, plan_.style, upstream_of(name));
  const bool is_html_new = tree_.write_page(name, html_name, html_page(project, plan_.style));
  const bool is_json_new = tree_.write_page(name, json_name, json_page(project, plan_.style));
  tree_.publish(name);
  if (files.empty() && !previous_.projects().contains(name)) return {{How::added, name + "/" + html_name}};
  if (is_same && is_html_new) changes.push_back({How::rewritten, name + "/" + html_name});
  if (is_same && is_json_new) changes.push_back({How::rewritten, name + "/" + json_name});
  return changes;
}

void Indexer::write_list() {
  if (!is_list_outdated_) return;
  std::vector<Project> projects;
  for (const auto& [name, files] : groups_)
    projects.push_back(make_project(name, files, plan_.style, upstream_of(name)));
  if (tree_.write_page("", html_name, html_list(projects, plan_.style)))
    rewritten_lists_.emplace_back(html_name);
  if (tree_.write_page("", json_name, json_list(projects))) rewritten_lists_.emplace_back(json_name);
}

bool Indexer::is_kept(const Package& old) const {
  const auto found = now_.find(old.file_name);
  return found != now_.end() && found->second->project == old.project;
}

/// The files that were added, changed and removed, and what was written for files that only had to be read
/// again.
void Indexer::tell_changes() {
  for (std::size_t i = 0; i < read_.size(); ++i) {
    if (!read_[i]) continue;
    const auto* old = previous_.find(read_[i]->file_name);
    if (old == nullptr || old->project != read_[i]->project) {
      report_.changes.push_back({How::added, path_of(*read_[i])});
    } else if (old->sha256 != read_[i]->sha256) {
      report_.changes.push_back({How::changed, path_of(*read_[i])});
    } else {
      for (auto& path : rewritten_[i]) report_.changes.push_back({How::rewritten, std::move(path)});
    }
  }
  for (const auto& old : previous_.packages()) {
    if (!is_kept(old)) report_.changes.push_back({How::removed, path_of(old)});
  }
  for (const auto& project : previous_.projects()) {  // of upstream's files alone
    if (!groups_.contains(project) && previous_.count_packages(project) == 0)
      report_.changes.push_back({How::removed, project + "/" + html_name});
  }
  const auto is_of_file = [](const IndexChange& change) { return change.how != How::rewritten; };
  if (std::ranges::any_of(report_.changes, is_of_file)) return;
  for (auto& path : rewritten_lists_) report_.changes.push_back({How::rewritten, std::move(path)});
}

/// Removes what earlier runs made and this one doesn't need, after no page refers to it any more.
void Indexer::remove_old() {
  if (!is_list_outdated_) return;
  for (const auto& old : previous_.packages()) {
    if (previous_.links() != "none" && (!plan_.has_links() || !is_kept(old))) remove_old_file(old);
  }
  for (const auto& project : previous_.projects()) {
    if (groups_.contains(project)) continue;
    tree_.remove(project, html_name, OutputTree::Removable::our_page);
    tree_.remove(project, json_name, OutputTree::Removable::our_page);
    tree_.remove_folder(project);
  }
}

void Indexer::remove_old_file(const Package& old) {
  const auto kind =
      previous_.links() == "symlink" ? OutputTree::Removable::symlink : OutputTree::Removable::link_or_file;
  tree_.remove(old.project, old.file_name, kind);
  if (!old.metadata_sha256.empty())
    tree_.remove(old.project, metadata_name(old.file_name), OutputTree::Removable::link_or_file);
}

void Indexer::save_cache() {
  if (options_.is_check || (unknown_.empty() && !is_list_outdated_)) return;
  Cache cache{.links = plan_.style.links, .settings = plan_.settings, .packages = {}, .seals = {}};
  for (const auto& [name, package] : now_) {
    cache.packages.push_back(*package);
    if (may_change_unseen(package->stamp, began_ns_)) cache.packages.back().stamp = {};
  }
  cache.seals.push_back({"", is_list_outdated_ ? tree_.seal("") : std::string(previous_.seal(""))});
  for (const auto& [name, files] : groups_) cache.seals.push_back({name, std::string(previous_.seal(name))});
  std::set<std::string_view> outdated;
  for (const auto* group : outdated_) outdated.insert(group->first);
  for_each_parallel(cache.seals.size(), options_.jobs, [&](std::size_t i) {
    auto& [project, state] = cache.seals[i];
    if (!outdated.contains(project)) return;
    // A page that has upstream's files is written again each time, and when it no longer has them, too.
    state = upstream_.by_project.contains(project) ? std::string() : tree_.seal(project);
  });
  tree_.write("", Previous::cache_name, cache.to_bytes());
}

}  // namespace wheelfix

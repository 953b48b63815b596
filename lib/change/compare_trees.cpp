#include "change/compare_trees.hpp"

#include <memory>
#include <set>
#include <wheelfix/diff.hpp>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/workers.hpp"
#include "wheel/hash_rows.hpp"
#include "wheel/record_update.hpp"

namespace wheelfix {

namespace {

/// A git mode for permission bits: git knows only whether the owner may execute a file.
unsigned git_mode(unsigned mode) {
  return (mode & 0100) != 0 ? 0100755 : 0100644;
}

bool has_hash(const std::filesystem::path& path, const RecordRow& row) {
  const auto algorithm = algorithm_of(row);
  if (!algorithm) return false;
  constexpr std::uint64_t piece = 1 << 20;
  const auto file = File::open(path);
  if (row.size != std::to_string(file.size())) return false;
  Hasher hasher(*algorithm);
  for (std::uint64_t at = 0; at < file.size(); at += piece)
    hasher.update(file.read(at, static_cast<std::size_t>(std::min(piece, file.size() - at))));
  return hasher.finish_for_record() == comparable_hash(row);
}

}  // namespace

bool FileDifference::is_binary() const {
  const auto has_nul = [](const std::optional<Side>& side) {
    return side && side->content.find('\0') != std::string::npos;
  };
  return has_nul(before) || has_nul(after);
}

std::string FileDifference::to_diff() const {
  FilePair pair{.path = path, .before = {}, .after = {}};
  if (before) pair.before = {before->content, before->mode};
  if (after) pair.after = {after->content, after->mode};
  return make_diff({pair});
}

void TreeComparison::run(const std::function<void(FileDifference)>& use) const {
  const auto old_paths = before.paths();
  const auto new_paths = after.paths();
  std::set<std::string> all = old_paths;
  all.insert(new_paths.begin(), new_paths.end());
  for (const auto& path : all) {
    const bool in_old = old_paths.contains(path);
    const bool in_new = new_paths.contains(path);
    if (is_record_or_signature(path, wheel.dist_info()) || !after.may_have(path)) continue;
    if (!in_old && leave_out && is_left_over(path)) {
      leave_out(path);
      continue;
    }
    if (in_old && in_new && is_same && is_same(path)) continue;
    if (in_old) before.require_in_memory(path, max_size);
    if (in_new) after.require_in_memory(path, max_size);
    const unsigned old_mode = in_old ? before.mode(path) : 0;
    const unsigned new_mode = in_new ? after.mode(path) : 0;
    FileDifference difference{.path = path, .before = {}, .after = {}};
    if (in_old) difference.before = {before.read(path), git_mode(old_mode != 0 ? old_mode : new_mode)};
    if (in_new) difference.after = {after.read(path), git_mode(new_mode != 0 ? new_mode : old_mode)};
    // The label of a patched wheel isn't part of its patch.
    if (in_new && path == wheel.dist_info() + "/METADATA")
      difference.after->content = HeaderDocument::parse(difference.after->content, path)
                                      .with("Version", wheel.metadata().get("Version").value_or(""))
                                      .to_string();
    const bool is_unchanged = in_old && in_new && difference.before->mode == difference.after->mode &&
                              difference.before->content == difference.after->content;
    if (!is_unchanged) use(std::move(difference));
  }
}

std::function<bool(const std::string&)> same_by_record(const Wheel& wheel, const ComparedTree& before,
                                                       const ComparedTree& after, unsigned jobs) {
  const auto listed = after.paths();
  const std::vector<std::string> paths(listed.begin(), listed.end());
  std::vector<char> is_same(paths.size());
  const auto old_paths = before.paths();
  for_each_parallel(paths.size(), jobs, [&](std::size_t i) {
    const auto* row = wheel.record().find(paths[i]);
    if (row == nullptr || !old_paths.contains(paths[i]) || !after.may_have(paths[i])) return;
    const auto old_mode = before.mode(paths[i]), new_mode = after.mode(paths[i]);
    const bool is_known = old_mode != 0 && new_mode != 0;
    if (is_known && git_mode(old_mode) != git_mode(new_mode)) return;
    is_same[i] = has_hash(after.file(paths[i]), *row) ? 1 : 0;
  });
  auto same = std::make_shared<std::set<std::string>>();
  for (std::size_t i = 0; i < paths.size(); ++i)
    if (is_same[i] != 0) same->insert(paths[i]);
  return [same](const std::string& path) { return same->contains(path); };
}

}  // namespace wheelfix

#include "installed/distributions.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <type_traits>
#include <unordered_map>

#include "base/text.hpp"
#include "base/workers.hpp"
#include "installed/conda_files.hpp"
#include "installed/documents.hpp"
#include "installed/files_digest.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

std::string top_of(std::string_view path) {
  return std::string(path.substr(0, path.find('/')));
}

/// `torch` of `torch` and `six` of `six.py`, `_cffi_backend` of its module.
std::string importable_name(std::string_view top) {
  return std::string(top.substr(0, top.find('.')));
}

struct Owner {
  InstalledDistribution distribution;
  std::vector<FullStamp> stamps;  ///< of its files

  void add(SiteFile file) {
    distribution.files.push_back(std::move(file.entry));
    stamps.push_back(file.stamp);
  }
};

// By which views of what they hold stay while the vector grows.
static_assert(std::is_nothrow_move_constructible_v<Owner>);

class Finder {
 public:
  Finder(const fs::path& folder, const std::string& place, SiteFiles site, const Limits& limits)
      : folder_(folder), place_(place), site_(std::move(site)), limits_(limits), conda_(folder, limits) {}

  std::vector<FoundDistribution> run(unsigned jobs) {
    read_all_information(jobs);
    claim_all_listed();
    for (const auto& package : conda_.packages()) add_conda(package);
    for (std::size_t i = 0; i < found_.size(); ++i) claim_named(i);
    const auto listed = listed_owners(jobs);
    for (std::size_t i = 0; i < site_.files.size(); ++i) {
      auto& file = site_.files[i];
      const auto owner = listed[i] ? listed[i] : named_owner(file.entry.path);
      if (owner) found_[*owner].add(std::move(file));
    }
    std::erase_if(found_, [](const Owner& owner) {
      return owner.distribution.files.empty() && owner.distribution.dist_info.empty();
    });
    std::vector<std::string> states(found_.size());
    const auto now = time_now();
    for_each_parallel(found_.size(), jobs, [&](std::size_t i) {
      states[i] = digest_of(found_[i].distribution.files, found_[i].stamps, now);
    });
    std::vector<FoundDistribution> result;
    for (std::size_t i = 0; i < found_.size(); ++i)
      result.push_back({std::move(found_[i].distribution), std::move(states[i])});
    return result;
  }

 private:
  void read_all_information(unsigned jobs) {
    std::vector<std::string_view> names;
    for (const std::string_view name : site_.names) {
      const bool is_information = name.ends_with(".dist-info") || name.ends_with(".egg-info");
      if (is_information && !name.starts_with('~')) names.push_back(name);
    }
    std::vector<std::optional<InstalledDistribution>> read(names.size());
    for_each_parallel(names.size(), jobs, [&](std::size_t i) {
      read[i] = read_information(folder_, place_, std::string(names[i]), limits_);
    });
    for (auto& distribution : read) found_.push_back({std::move(*distribution), {}});
  }

  /// The path must stay.
  void claim(std::string_view path, std::size_t owner) {
    if (path.find("/__pycache__/") != path.npos) return;  // site_ has nothing of those
    by_path_.emplace(path, owner);
    // Most rows are in the same folder as the one before.
    if (const auto folder = folder_part(path); folder != last_folder_ || owner != last_owner_) {
      by_folder_.emplace(folder, owner);
      last_folder_ = folder;
      last_owner_ = owner;
    }
  }

  void claim_all_listed() {
    std::size_t rows = 0;
    for (const auto& owner : found_) rows += owner.distribution.record.rows().size();
    by_path_.reserve(rows);
    for (std::size_t i = 0; i < found_.size(); ++i) claim_listed(i);
  }

  /// What its lists have: RECORD, or installed-files.txt, whose paths are relative to the .egg-info.
  void claim_listed(std::size_t owner) {
    auto& distribution = found_[owner].distribution;
    for (const auto& row : distribution.record.rows()) {
      claim(row.path, owner);
      if (row.path.starts_with("../")) add_outside(found_[owner], std::string(row.path));
    }
    const auto text = read_small_file(folder_ / distribution.dist_info / "installed-files.txt", limits_);
    for (const auto line : split(text, '\n')) {
      const auto path = (fs::path(distribution.dist_info) / trim(line)).lexically_normal().string();
      if (!trim(line).empty() && !path.starts_with("../")) claim(paths_.emplace_back(path), owner);
    }
  }

  /// A file of the prefix, like ../../../lib/libmkl_rt.so.2.
  void add_outside(Owner& owner, const std::string& path) {
    struct stat status;
    if (path.find('\0') != std::string::npos || path.ends_with(".pyc")) return;
    if (::stat((folder_ / path).c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return;
    owner.add(site_file(path, status));
  }

  /// One without a list: by its top_level.txt, else by its name.
  void claim_named(std::size_t owner) {
    const auto& distribution = found_[owner].distribution;
    if (!distribution.record.rows().empty()) return;
    for (const auto& name : top_level_names(distribution, limits_)) by_top_.emplace(name, owner);
    auto name = normalize_project_name(distribution.name.distribution());
    std::ranges::replace(name, '-', '_');
    by_top_.emplace(std::move(name), owner);
  }

  /// By lists, for each file.
  std::vector<std::optional<std::size_t>> listed_owners(unsigned jobs) const {
    constexpr std::size_t at_once = 1000;
    std::vector<std::optional<std::size_t>> owners(site_.files.size());
    for_each_parallel((owners.size() + at_once - 1) / at_once, jobs, [&](std::size_t part) {
      const auto end = std::min(owners.size(), (part + 1) * at_once);
      for (auto i = part * at_once; i < end; ++i) owners[i] = listed_owner(site_.files[i].entry.path);
    });
    return owners;
  }

  std::optional<std::size_t> listed_owner(std::string_view path) const {
    if (const auto listed = by_path_.find(path); listed != by_path_.end()) return listed->second;
    for (auto folder = folder_part(path); !folder.empty();
         folder = folder_part(folder.substr(0, folder.size() - 1)))
      if (const auto near = by_folder_.find(folder); near != by_folder_.end()) return near->second;
    return std::nullopt;
  }

  /// Nothing for a file at the top that nothing lists and Python doesn't import, like a README.
  std::optional<std::size_t> named_owner(const std::string& path) {
    const bool is_import = path.find('/') != std::string::npos || path.ends_with(".py") ||
                           path.ends_with(".so") || path.ends_with(".pyd");
    if (!is_import) return std::nullopt;
    const auto name = importable_name(top_of(path));
    const auto named = by_top_.find(name);
    if (named != by_top_.end()) return named->second;
    if (const auto folded = by_top_.find(ascii_lower(name)); folded != by_top_.end()) return folded->second;
    return by_top_[name] = add(name, version_in_code(folder_, name, limits_));
  }

  /// A package of conda's whose files no RECORD lists.
  void add_conda(const CondaPackage& package) {
    const auto is_listed = [&](const std::string& path) { return by_path_.contains(path); };
    if (std::ranges::any_of(package.files, is_listed)) return;
    const auto owner = add(package.name, package.version);
    std::vector<RecordRow> rows;
    for (const auto& path : package.files) {
      rows.push_back({.path = path, .hash = {}, .size = {}, .text = {}});
      claim(path, owner);
    }
    found_.back().distribution.record = Record().with_rows(rows);
  }

  std::size_t add(std::string_view project, std::string_view version) {
    found_.push_back({{.folder = folder_, .place = place_, .name = wheel_name_for(project, version)}, {}});
    return found_.size() - 1;
  }

  const fs::path& folder_;
  const std::string& place_;
  SiteFiles site_;
  const Limits& limits_;
  CondaFiles conda_;
  std::vector<Owner> found_;
  std::deque<std::string> paths_;  ///< of installed-files.txt
  /// The paths are those of RECORDs, of conda's lists and of paths_.
  std::unordered_map<std::string_view, std::size_t> by_path_;
  std::unordered_map<std::string_view, std::size_t> by_folder_;  ///< with a `/` at its end; not the first
  std::map<std::string, std::size_t> by_top_;
  std::string_view last_folder_;  ///< of claim
  std::size_t last_owner_ = 0;
};

}  // namespace

std::vector<FoundDistribution> find_distributions(const fs::path& folder, const std::string& place,
                                                  SiteFiles site, const Limits& limits, unsigned jobs) {
  return Finder(folder, place, std::move(site), limits).run(jobs);
}

}  // namespace wheelfix

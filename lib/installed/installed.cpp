#include "installed/installed.hpp"

#include <algorithm>
#include <set>

#include "base/path_within.hpp"
#include "base/text.hpp"
#include "installed/distributions.hpp"
#include "installed/path_files.hpp"
#include "installed/site_files.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

/// Without `.`, `..` and a `/` at its end.
fs::path normal(const fs::path& path) {
  auto folder = path.lexically_normal();
  return folder.has_filename() ? folder : folder.parent_path();
}

class Reader {
 public:
  Reader(const fs::path& sysroot, const Limits& limits, unsigned jobs)
      : sysroot_(normal(fs::absolute(sysroot))), limits_(limits), jobs_(jobs) {}

  void read(const fs::path& path, SiteNames names, bool reads_path_files) {
    const auto folder = normal(path);
    if (!read_.insert(fs::absolute(folder)).second) return;
    auto site = list_site_files(folder, names, limits_.max_entries, jobs_);
    result_.findings.insert(result_.findings.end(), site.findings.begin(), site.findings.end());
    const auto leads = reads_path_files ? read_path_files(folder, site.names, limits_) : PathFiles{};
    place(folder, std::move(site));
    for (const auto& package : leads.packages) read_linked(package);
    for (const auto& other : leads.folders) read(other, SiteNames::importable, false);
  }

  InstalledPackages take() { return std::move(result_); }

 private:
  /// The folder as the system below the root knows it.
  std::string place_of(const fs::path& folder) const {
    const auto absolute = normal(fs::absolute(folder));
    const auto inside = path_within(absolute, sysroot_);
    return inside ? "/" + inside->generic_string() : absolute.generic_string();
  }

  void place(const fs::path& folder, SiteFiles site) {
    const auto earlier = known_;
    hide(site);
    for (auto& [distribution, state] :
         find_distributions(folder, place_of(folder), std::move(site), limits_, jobs_)) {
      const auto is_hidden = [&](const RecordRow& row) { return earlier.contains(import_name(row.path)); };
      if (std::ranges::any_of(distribution.record.rows(), is_hidden)) {
        auto rows = distribution.record.rows();
        std::erase_if(rows, is_hidden);
        distribution.record = distribution.record.with_rows(rows);
        result_.shortened.push_back(result_.distributions.size());
      }
      result_.distributions.push_back(Wheel::installed(std::move(distribution)));
      result_.states.push_back(std::move(state));
    }
  }

  /// The name by which Python imports what a path belongs to: `numpy` of `numpy/a.py`, `six` of `six.py`.
  static std::string_view import_name(std::string_view path) {
    return path.substr(0, path.find_first_of("/."));
  }

  /// Removes what an earlier folder has: a package with an __init__.py, or a module, ends Python's search.
  /// Namespace packages are joined.
  void hide(SiteFiles& site) {
    std::erase_if(site.files,
                  [&](const SiteFile& file) { return known_.contains(import_name(file.entry.path)); });
    std::set<std::string, std::less<>> here;
    for (const auto& file : site.files) {
      const auto& path = file.entry.path;
      const auto end = path.find('/');
      const auto top = path.substr(0, std::min(end, path.find('.')));
      const bool is_module = end == std::string::npos && path.ends_with(".py");
      if (is_module || path == top + "/__init__.py") here.insert(top);
    }
    known_.merge(here);
  }

  /// One package of a folder that isn't on sys.path.
  void read_linked(const LinkedPackage& package) {
    const auto folder = normal(package.folder);
    auto site = list_site_files(folder, SiteNames::importable, limits_.max_entries, jobs_);
    const auto is_other = [&](std::string_view path) { return import_name(path) != package.name; };
    std::erase_if(site.files, [&](const SiteFile& file) { return is_other(file.entry.path); });
    std::erase_if(site.names, is_other);
    place(folder, std::move(site));
  }

  fs::path sysroot_;
  const Limits& limits_;
  unsigned jobs_;
  InstalledPackages result_;
  std::set<fs::path> read_;
  std::set<std::string, std::less<>> known_;  ///< packages and modules that hide later ones
};

}  // namespace

InstalledPackages find_installed(const std::vector<SysPathFolder>& folders, const fs::path& sysroot,
                                 const Limits& limits, unsigned jobs) {
  Reader reader(sysroot, limits, jobs);
  for (const auto& folder : folders) reader.read(folder.path, SiteNames::all, folder.reads_path_files);
  return reader.take();
}

}  // namespace wheelfix

#include "doctor/site_packages.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <set>
#include <system_error>
#include <wheelfix/error.hpp>
#include <wheelfix/metadata.hpp>
#include <wheelfix/record.hpp>
#include <wheelfix/version.hpp>
#include <wheelfix/wheel.hpp>

#include "base/file.hpp"
#include "base/finding_sink.hpp"
#include "base/text.hpp"
#include "installed/documents.hpp"
#include "loader/library_names.hpp"
#include "wheel/document.hpp"

namespace wheelfix {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_findings = 20;  ///< of one kind in one distribution; the others are counted
constexpr std::string_view dist_info = ".dist-info", egg_info = ".egg-info";

/// The result of stat for a path: a file's size, or why it has none.
struct FileState {
  enum class Kind { file, folder, missing, unreadable };

  Kind kind = Kind::missing;
  std::uint64_t size = 0;
  int error = 0;
};

FileState state_of(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    const bool is_missing = errno == ENOENT || errno == ENOTDIR;
    return {is_missing ? FileState::Kind::missing : FileState::Kind::unreadable, 0, errno};
  }
  if (S_ISREG(status.st_mode)) return {FileState::Kind::file, static_cast<std::uint64_t>(status.st_size), 0};
  return {S_ISDIR(status.st_mode) ? FileState::Kind::folder : FileState::Kind::missing, 0, 0};
}

class FolderChecker {
 public:
  FolderChecker(const fs::path& folder, const Limits& limits, const InstalledPackages& installed)
      : folder_(folder), limits_(limits), findings_(folder.string()) {
    const auto normal = (folder / "").lexically_normal().parent_path();
    for (std::size_t i = 0; i < installed.distributions.size(); ++i) {
      const auto& distribution = installed.distributions[i];
      if (distribution.path() != normal) continue;
      const bool is_whole = std::ranges::count(installed.shortened, i) == 0;
      known_.emplace(distribution.dist_info(), Known{&distribution, is_whole});
    }
  }

  std::vector<Finding> run() {
    if (!list()) return findings_.take();
    for (const auto& name : names_) {
      if (name.starts_with('~'))
        add_half_deleted(name);
      else if (name.ends_with(dist_info))
        check_distribution(name);
      else if (name.ends_with(egg_info))
        has_all_records_ = false;
    }
    check_versions();
    check_owners();
    return findings_.take();
  }

 private:
  /// All names in the folder, in order. False if it can't be read.
  bool list() {
    std::error_code error;
    for (fs::directory_iterator it(folder_, error), end; !error && it != end; it.increment(error))
      names_.insert(it->path().filename().string());
    if (!error) return true;
    findings_.error(FindingCode::unreadable, std::nullopt, "can't be read: " + error.message(),
                    "give a folder that packages are installed in");
    return false;
  }

  void add_half_deleted(const std::string& name) {
    findings_.warning(
        FindingCode::half_deleted, name,
        "was set aside by pip, which replaces a package's first letters by '~', and was ended before it "
        "could "
        "delete it",
        "delete it, and install the package again if it is missing");
  }

  /// Reports two of one project, because importlib.metadata may take either. An egg-info folder may have no
  /// version in its name.
  void check_versions() {
    std::map<std::string, std::vector<std::string>> folders;
    for (const auto& name : names_) {
      if (!name.starts_with('~') && (name.ends_with(dist_info) || name.ends_with(egg_info)))
        folders[information_name(name).project].push_back(name);
    }
    for (const auto& [project, of_project] : folders) {
      const auto version = information_name(of_project.front()).version;
      for (std::size_t i = 1; i < of_project.size(); ++i) {
        const auto other = information_name(of_project[i]).version;
        const bool is_same = version.empty() || other.empty() || version == other;
        findings_.add(FindingCode::two_versions, is_same ? Severity::warning : Severity::error, of_project[i],
                      fmt::format("is a second distribution of {}: {} is there too", printable(project),
                                  printable(of_project.front())),
                      "nobody knows which one counts: uninstall both, and install one");
      }
    }
    const bool has_packages =
        std::ranges::any_of(names_, [&](const std::string& name) { return is_package(name); });
    if (folders.empty() && has_packages) {
      has_all_records_ = false;
      findings_.warning(FindingCode::no_distributions, std::nullopt,
                        "has packages, and no .dist-info folder that would say what they are",
                        "importlib.metadata and pip don't know them, and missing files can't be found");
    }
  }

  bool is_package(const std::string& name) const {
    return state_of(folder_ / name / "__init__.py").kind == FileState::Kind::file;
  }

  /// Reports packages that no RECORD lists, unless a distribution has no RECORD.
  void check_owners() {
    if (!has_all_records_) return;
    for (const auto& name : names_) {
      if (owned_.contains(name) || name.starts_with('~') || !is_package(name)) continue;
      findings_.note(FindingCode::unowned_package, name, "is a package that no RECORD lists",
                     "it was put there by hand, or its .dist-info folder was deleted");
    }
  }

  void check_distribution(const std::string& name) {
    const auto state = state_of(folder_ / name);
    if (state.kind != FileState::Kind::folder) {
      findings_.error(FindingCode::unreadable, name,
                      state.kind == FileState::Kind::unreadable
                          ? "can't be read: " + std::generic_category().message(state.error)
                          : "is not a folder, though its name is that of one",
                      "install the package again");
      has_all_records_ = false;
      return;
    }
    const auto found = known_.find(name);
    const Known known = found == known_.end() ? Known{} : found->second;
    if (!known.distribution || known.distribution->metadata().to_string().empty()) check_metadata(name);
    if (known.is_whole && !known.distribution->record().rows().empty()) {
      check_rows(name, known.distribution->record(), known.distribution);
    } else if (state_of(folder_ / name / "RECORD").kind == FileState::Kind::missing) {
      has_all_records_ = false;
      findings_.note(FindingCode::no_record, name,
                     "has no RECORD, so missing files can't be found" + installer_note(name),
                     "conda, Debian and others keep lists of their own");
    } else if (const auto record = read<Record>(name, "RECORD", FindingCode::record_unreadable)) {
      check_rows(name, *record, known.distribution);
    } else {
      has_all_records_ = false;
    }
  }

  std::string installer_note(const std::string& name) const {
    constexpr std::size_t longest = 64;
    const auto path = folder_ / name / "INSTALLER";
    const auto state = state_of(path);
    if (state.kind != FileState::Kind::file || state.size > longest) return "";
    try {
      return fmt::format(" (its INSTALLER is {})", printable(trim(read_file(path))));
    } catch (const Error&) {
      return "";
    }
  }

  void check_metadata(const std::string& name) {
    if (state_of(folder_ / name / "METADATA").kind == FileState::Kind::missing) {
      findings_.error(
          FindingCode::no_metadata, name, "has no METADATA",
          "pip and importlib.metadata can't tell what it is: delete it, and install the package again");
    } else {
      read<HeaderDocument>(name, "METADATA", FindingCode::metadata_unreadable);
    }
  }

  template <class Document>
  std::optional<Document> read(const std::string& name, const char* file, FindingCode code) {
    const auto path = folder_ / name / file;
    const auto entry = name + "/" + file;
    const auto state = state_of(path);
    try {
      if (state.kind == FileState::Kind::unreadable)
        throw Error(ErrorCode::io, entry, std::generic_category().message(state.error));
      if (state.kind == FileState::Kind::folder) throw Error(ErrorCode::io, entry, "is a folder");
      require_document_size(state.size, limits_, entry);
      return parse_document<Document>(read_file(path), entry, most_rows_installed);
    } catch (const Error& error) {
      findings_.error(code, entry, error.message(), "install the package again");
      return std::nullopt;
    }
  }

  /// The state of a row's file. pip --target writes paths for one folder and moves the files to another, so
  /// that `../../bin/tool` is in bin.
  FileState state_of_row(std::string_view path, const Wheel* distribution) const {
    if (const auto number = distribution ? distribution->find(path) : std::nullopt)
      return {FileState::Kind::file, distribution->entries()[*number].size, 0};
    if (path.find('\0') != path.npos) return {};
    auto state = state_of(folder_ / path);
    auto inside = path;
    while (inside.starts_with("../")) inside.remove_prefix(3);
    if (state.kind == FileState::Kind::missing && inside.size() < path.size())
      state = state_of(folder_ / inside);
    return state;
  }

  static bool is_compiled(std::string_view path) {
    return path.ends_with(".pyc") && path.find("__pycache__/") != std::string_view::npos;
  }

  /// `distribution`: what was found of it, or null.
  void check_rows(const std::string& name, const Record& record, const Wheel* distribution) {
    struct Tally {
      std::size_t count = 0;
      Severity of_others = Severity::warning;  ///< of those not reported one by one, the gravest
    };
    std::map<FindingCode, Tally> tallies;
    for (const auto& row : record.rows()) {
      owned_.emplace(row.path.substr(0, row.path.find('/')));
      if (row.path.ends_with('/') || is_compiled(row.path)) continue;
      const auto fault = check_row(row, distribution);
      if (!fault) continue;
      auto& tally = tallies[fault->code];
      if (++tally.count <= most_findings)
        findings_.add(fault->code, fault->severity, std::string(row.path), fault->message, fault->hint);
      else if (fault->severity == Severity::error)
        tally.of_others = Severity::error;
    }
    for (const auto& [code, tally] : tallies)
      if (tally.count > most_findings)
        findings_.add(code, tally.of_others, name,
                      fmt::format("{} more files like it", tally.count - most_findings),
                      "install the package again");
  }

  static constexpr auto missing = FindingCode::file_missing, unreadable = FindingCode::file_unreadable,
                        changed = FindingCode::file_changed;

  struct RowFault {
    FindingCode code;
    Severity severity;
    std::string message;
    std::string hint;
  };

  static bool is_code(std::string_view path) { return path.ends_with(".py") || is_named_as_library(path); }

  bool has_folder(std::string_view path) const {
    const auto folder = folder_part(path);
    return folder.empty() || state_of(folder_ / folder).kind == FileState::Kind::folder;
  }

  /// How grave it is that a row's file is missing. The folder may have been copied without its scripts and
  /// data, which are outside of it. Debian's RECORDs list scripts in folders of their build, which never were
  /// here.
  Severity severity_of(std::string_view path) const {
    const bool is_inside = !path.starts_with("../") && !path.starts_with('/');
    return is_inside && (is_code(path) || has_folder(path)) ? Severity::error : Severity::warning;
  }

  std::optional<RowFault> check_row(const RecordRow& row, const Wheel* distribution) const {
    const auto state = state_of_row(row.path, distribution);
    if (state.kind == FileState::Kind::unreadable)
      return RowFault{unreadable, severity_of(row.path),
                      "can't be read: " + std::generic_category().message(state.error),
                      "look at its permissions and links, or install the package again"};
    if (state.kind == FileState::Kind::folder)
      return RowFault{missing, severity_of(row.path), "is a folder, but RECORD lists a file",
                      "install the package again"};
    if (state.kind == FileState::Kind::missing)
      return RowFault{missing, severity_of(row.path), "is in RECORD, but doesn't exist",
                      "install the package again"};
    if (!row.size.empty() && row.size != std::to_string(state.size))
      return RowFault{changed, Severity::warning,
                      fmt::format("RECORD says {} bytes, the file has {}", row.size, state.size),
                      "it was changed after it was installed"};
    return std::nullopt;
  }

  /// A distribution that was found here.
  struct Known {
    const Wheel* distribution = nullptr;
    bool is_whole = false;  ///< its record() is what its RECORD says
  };

  const fs::path& folder_;
  const Limits& limits_;
  std::map<std::string, Known, std::less<>> known_;  ///< by the names of .dist-info folders
  std::set<std::string> names_;
  std::set<std::string> owned_;  ///< first parts of all paths that a RECORD lists
  bool has_all_records_ = true;  ///< of all distributions in the folder
  FindingSink findings_;
};

}  // namespace

std::vector<Finding> check_site_packages(const fs::path& folder, const Limits& limits,
                                         const InstalledPackages& installed) {
  return FolderChecker(folder, limits, installed).run();
}

}  // namespace wheelfix

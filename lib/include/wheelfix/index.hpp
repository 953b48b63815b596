#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wheelfix/limits.hpp>
#include <wheelfix/progress.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// How a project's folder refers to the files, which stay where they are.
enum class LinkKind {
  symlink,   ///< relative, so that the whole tree can be moved
  hardlink,  ///< the same file under a second name: on one file system only
  copy,      ///< a file of its own, with the original's time
};

/// A page that was read from another index.
struct FetchedPage {
  std::string url;           ///< where it was found, after redirects
  std::string content_type;  ///< empty if it isn't known
  std::string bytes;
};

/// Another index that this one stands in front of: a project's page lists its files too, after ours, unless
/// we have a file of that name.
struct Upstream {
  std::string url;  ///< `https://pypi.org/simple`; without credentials
  /// To list, besides those that there are packages of; these too if none of our versions is upstream's.
  std::vector<std::string> projects = {};
  std::vector<std::string> private_projects = {};  ///< projects of ours alone: upstream isn't asked for them
  /// Returns a project's page, by its normalised name; nothing if it has none. May be called from many
  /// threads.
  std::function<std::optional<FetchedPage>(const std::string& project)> fetch = {};
};

struct IndexOptions {
  std::filesystem::path output = {};  ///< empty: the folder `simple` in the indexed one
  LinkKind links = LinkKind::symlink;
  /// Where the files are served from, if not from beside the pages: pages refer to it, and there are neither
  /// links nor .metadata files nor core-metadata attributes, because these must be next to the files (PEP
  /// 658).
  std::optional<std::string> base_url = {};
  std::optional<Upstream> upstream = {};
  std::string title = "Simple index";  ///< of the page that lists the projects
  bool is_check = false;               ///< find out what would change, and write nothing
  unsigned jobs = 0;                   ///< threads; 0: one for each processor
  Limits limits = {};
  ProgressCallback progress = {};
  std::function<void()> waiting = {};  ///< called once if another run holds the index, before waiting for it
};

struct IndexChange {
  enum class How {
    added,
    changed,  ///< other content under the same name
    removed,
    rewritten,  ///< a page, link or .metadata file with unchanged sources, which was missing, damaged
                ///< or made with other options
  };
  How how;
  std::string path;  ///< in the output folder: `torch/torch-2.1.0-….whl`, `torch/index.html`

  auto operator<=>(const IndexChange&) const = default;
};

std::string_view to_string(IndexChange::How how) noexcept;

/// A file that looks like a package, but can't be indexed. The rest is.
struct LeftOut {
  std::string path;  ///< folder as given, and name
  std::string message;
  std::string hint;
};

/// What of an upstream index calls for attention.
struct UpstreamNote {
  enum class Kind {
    shadowed,  ///< `subject`, a file of ours, is another one than upstream's file of that name
    newer,     ///< its pages are of a newer minor version of the API (PEP 629), so something may be missing
    absent,    ///< it has none of the projects
    /// Upstream has a project of that name, `subject`, but none of our versions, local labels aside. Its
    /// files aren't listed, because it may be somebody else's, put there for who looks for ours.
    other_project,
  };
  Kind kind;
  std::string subject;

  auto operator<=>(const UpstreamNote&) const = default;
};

struct IndexReport {
  std::filesystem::path output;
  std::size_t projects = 0;
  std::size_t files = 0;             ///< of the folder; others are upstream's
  std::vector<IndexChange> changes;  ///< sorted by path; without pages that follow from a file's change
  std::vector<LeftOut> left_out;     ///< sorted by path
  std::vector<UpstreamNote> notes;   ///< sorted
};

/// Makes or updates a static simple repository (PEP 503, 629, 658, 691, 700, 714) of the wheels (.whl) and
/// sdists (.tar.gz, .zip) in `folder`. Sdists in older forms (.tar.bz2) are left out; hidden files, other
/// files and folders are ignored. In `options.output`, for each project and for the list of them, index.html
/// and index.v1_json; in a project's folder also a link to each file, and FILE.metadata for each wheel. The
/// same input gives the same bytes.
///
/// It is incremental: what is known about a file (its hash, its metadata) is kept in a cache in the output
/// folder by size, time and inode, and a project without changed files isn't touched. It is safe: runs take
/// turns by a lock; a page is replaced in one step, after all that it refers to is in place and before what
/// it no longer refers to is removed; only what an earlier run made is removed. Nothing is synced to the
/// disk: after a power cut, remove `.wheelfix-index.cache` and run it again.
///
/// Throws Error{io}, Error{output_exists} for an existing page that is not ours, Error{usage} for an invalid
/// base_url or title or a project that upstream doesn't have, Error{bad_archive} for a page of upstream that
/// isn't one, what `fetch` throws, Error{cancelled}. Pages are then as they were before.
IndexReport make_index(const std::filesystem::path& folder, const IndexOptions& options = {});

}  // namespace wheelfix
#pragma GCC visibility pop

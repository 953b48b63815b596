#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <wheelfix/edit.hpp>
#include <wheelfix/file_tree.hpp>
#include <wheelfix/library.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// The folders of a Python's prefix, as sysconfig names the schemes.
enum class InstallScheme {
  posix_prefix,  ///< lib/python3.11/site-packages, bin, include
  nt,            ///< Windows: Lib/site-packages, Scripts, Include
};

/// Where each wheel of a set is installed: all in one site-packages (`shared`), each in a folder of its own,
/// side by side and named like its project with underscores (`split`), or in folders of any names, like
/// `split:python_deps_{name}/site-packages` for Bazel's rules_python. `symlinks` is `shared` with a link for
/// each file, to a folder of its wheel, as Bazel's rules make venvs. `parse` and `to_string` round-trip.
class Layout {
 public:
  /// Throws Error{usage}, listing the layouts, for another word and for a template that is absolute, has `..`
  /// or lacks {name}.
  static Layout parse(std::string_view text);
  const std::string& to_string() const { return text_; }

  bool is_shared() const { return kind_ == Kind::shared; }
  /// The folder on sys.path that a wheel of this project is installed to, an absolute path in a tree of this
  /// layout. `project` may have any spelling.
  std::string folder_of(std::string_view project, InstallScheme scheme = InstallScheme::posix_prefix) const;

  /// Where an entry of a wheel is installed in a tree of this layout. In `split` nothing for what isn't below
  /// a folder on sys.path: headers, scripts and data. Source: packaging.python.org, "Binary distribution
  /// format", "Spread", and sysconfig's schemes. The folder of the Python's version is `python3`.
  std::optional<std::string> path_of(const Wheel& wheel, std::string_view entry,
                                     InstallScheme scheme = InstallScheme::posix_prefix) const;
  /// The file that the link at path_of leads to; nothing if a file is there itself.
  std::optional<std::string> target_of(const Wheel& wheel, std::string_view path) const;

  /// Whether a folder of the tree is out of place for what wheels bring: outside of the prefix, or between it
  /// and site-packages.
  bool leads_out(std::string_view folder) const;

 private:
  enum class Kind { shared, split, symlinks };

  std::string prefix() const;

  std::string text_;
  Kind kind_ = Kind::shared;
  std::string template_;  ///< of split
};

/// Where an entry is installed, relative to its wheel's folder on sys.path; nothing for what goes elsewhere:
/// headers, scripts and data.
std::optional<std::string> installed_path(const Wheel& wheel, std::string_view entry);

/// A library of a wheel, and its place.
struct PlacedLibrary {
  std::size_t wheel = 0;  ///< in the order in which they were added
  std::string entry;
  std::string path;  ///< in the tree, as Python has it: in `symlinks` the link's
  bool is_module = false;  ///< see WheelLibrary, and PlacedWheels::set_abis
};

/// The wheels of a set in a layout: a tree for a Process, and the way back from its paths to entries.
class PlacedWheels {
 public:
  /// `source`: a system's files around them. Wheels for Windows are in a tree that folds case.
  explicit PlacedWheels(Layout layout, std::shared_ptr<FileSource> source = nullptr,
                        FileTree::NameCase name_case = FileTree::NameCase::exact);

  /// Places a wheel as edited; `libraries` is what was read of it. Places folders, libraries, those of
  /// `bad-library` as damaged ones, and what is named like a library but isn't one. A path that two wheels
  /// share has the content of the later one. Symlink entries are files, as pip makes them. What is installed
  /// is placed where it is, by the source's files if there is a source.
  void add(const WheelEdit& edit, const WheelLibraries& libraries);

  /// Places one more library of a wheel that was added. `wheel` is its number.
  void insert(std::size_t wheel, const WheelEdit& edit, const WheelLibrary& library);

  /// The ABIs of the modules that the Python imports, `cp313t`, `abi3`; empty: any. To be set first.
  void set_abis(std::set<std::string> abis) { abis_ = std::move(abis); }

  /// Replaces the library at a path of `libraries()`, as an edit would.
  void replace(const std::string& path, BinaryInfo info);

  /// Where an entry of a wheel is in the tree; see Layout::path_of.
  std::optional<std::string> path_of(const Wheel& wheel, std::string_view entry) const;
  /// The folder on sys.path that a wheel is in.
  std::string folder_of(const Wheel& wheel) const;

  /// A library's path relative to the folder on sys.path that its wheel is in: `../../libx.so` for one that
  /// is elsewhere below the prefix.
  std::string below_sys_path(const PlacedLibrary& library) const;
  /// The path of `libraries()` that a file has, or its own if it isn't one of these.
  std::string path_of(const TreeNode& file) const;

  const Layout& layout() const { return layout_; }
  const FileTree& files() const { return files_; }
  /// In the order of the wheels and of their libraries.
  const std::vector<PlacedLibrary>& libraries() const { return libraries_; }
  /// What a library is, which a later wheel may have replaced. It stays until the library is replaced.
  const BinaryInfo& info(const PlacedLibrary& library) const;
  /// What is at a path as `libraries()` or TreeNode::path has it, or null.
  const PlacedLibrary* find(std::string_view path) const;
  /// What a path leads to as a loader writes it, with `..` and symlinks, or null.
  const PlacedLibrary* find_loaded(std::string_view path) const;

 private:
  InstallScheme scheme() const {
    return files_.folds_case() ? InstallScheme::nt : InstallScheme::posix_prefix;
  }
  /// Places a file, and in `symlinks` the link to it. Returns the file's own path.
  std::string put(const Wheel& wheel, const std::string& path, std::shared_ptr<const FileContent> content);
  /// Python imports .pyd on Windows, and .so on all other systems.
  bool is_module(const WheelLibrary& library) const;
  void note(const std::string& path, const std::string& target, std::size_t library);
  void add_installed(const Wheel& wheel, const WheelLibraries& libraries);

  Layout layout_;
  FileTree files_;
  std::set<std::string> abis_;
  std::vector<std::string> folders_;  ///< on sys.path, by wheel
  std::vector<PlacedLibrary> libraries_;
  std::unordered_map<std::string, std::size_t> by_path_;  ///< a link's too
};

}  // namespace wheelfix
#pragma GCC visibility pop

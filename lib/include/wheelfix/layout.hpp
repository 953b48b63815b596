#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <wheelfix/edit.hpp>
#include <wheelfix/file_tree.hpp>
#include <wheelfix/library.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// Where each wheel of a set is installed: all in one site-packages (`shared`), each in a folder of its own,
/// side by side and named like its project with underscores (`split`), or in folders of any names, like
/// `split:python_deps_{name}/site-packages` for Bazel's rules_python. `parse` and `to_string` round-trip.
class Layout {
 public:
  /// Throws Error{usage}, listing the layouts, for another word and for a template that is absolute, has `..`
  /// or lacks {name}.
  static Layout parse(std::string_view text);
  const std::string& to_string() const { return text_; }

  bool is_shared() const { return template_.empty(); }
  /// The folder that a wheel of this project is installed to, an absolute path in a tree of this layout.
  /// `project` may have any spelling.
  std::string folder_of(std::string_view project) const;

 private:
  std::string text_;
  std::string template_;
};

/// Where an entry is installed, relative to its wheel's folder; nothing for what goes elsewhere: headers,
/// scripts and data. Source: packaging.python.org, "Binary distribution format", "Spread".
std::optional<std::string> installed_path(const Wheel& wheel, std::string_view entry);

/// A library of a wheel, and its place.
struct PlacedLibrary {
  std::size_t wheel = 0;  ///< in the order in which they were added
  std::string entry;
  std::string path;  ///< in the tree
};

/// The wheels of a set in a layout: a tree for a Process, and the way back from its paths to entries.
class PlacedWheels {
 public:
  /// `source`: a system's files around them. Wheels for Windows are in a tree that folds case.
  explicit PlacedWheels(Layout layout, std::shared_ptr<FileSource> source = nullptr,
                        FileTree::NameCase name_case = FileTree::NameCase::exact);

  /// Places a wheel as edited; `libraries` is what was read of it. Places folders, libraries, those of
  /// `bad-library` as damaged ones, and what is named like a library but isn't one. A path that two wheels
  /// share has the content of the later one. Symlink entries are files, as pip makes them.
  void add(const WheelEdit& edit, const WheelLibraries& libraries);

  /// Places one more library of a wheel that was added. `wheel` is its number.
  void insert(std::size_t wheel, const WheelEdit& edit, const WheelLibrary& library);

  /// Replaces the library at a path of `libraries()`, as an edit would.
  void replace(const std::string& path, BinaryInfo info) { files_.add_library(path, std::move(info)); }

  /// The path of an entry of a wheel in the tree; nothing if installed_path has nothing.
  std::optional<std::string> path_of(const Wheel& wheel, std::string_view entry) const;

  const Layout& layout() const { return layout_; }
  const FileTree& files() const { return files_; }
  /// In the order of the wheels and of their libraries.
  const std::vector<PlacedLibrary>& libraries() const { return libraries_; }
  /// What a library is, which a later wheel may have replaced. It stays until the library is replaced.
  const BinaryInfo& info(const PlacedLibrary& library) const;
  /// What is at a path as TreeNode::path has it, or null.
  const PlacedLibrary* find(std::string_view path) const;
  /// What a path leads to as a loader writes it, with `..` and symlinks, or null.
  const PlacedLibrary* find_loaded(std::string_view path) const;

 private:
  Layout layout_;
  FileTree files_;
  std::size_t wheels_ = 0;
  std::vector<PlacedLibrary> libraries_;
  std::unordered_map<std::string, std::size_t> by_path_;
};

}  // namespace wheelfix
#pragma GCC visibility pop

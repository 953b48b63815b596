#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/limits.hpp>

namespace wheelfix {

/// A package that an editable install leads to from elsewhere, by an import hook.
struct LinkedPackage {
  std::string name;              ///< `pkg`
  std::filesystem::path folder;  ///< the one that `pkg` is in
};

/// Where else what is in a folder of sys.path leads.
struct PathFiles {
  std::vector<std::filesystem::path> folders;  ///< added to sys.path, that exist, in order
  std::vector<LinkedPackage> packages;
};

/// The lines of a `.pth` file that name folders.
std::vector<std::string> path_lines(std::string_view text);

/// What a setuptools finder, a Python file of this name, maps packages to.
std::vector<LinkedPackage> linked_packages(const std::string& text, const std::string& name);

/// Reads a folder's `.pth` files as site.py does, in order of name, except for lines that begin with
/// `import`, which Python runs; and the mapping of setuptools' editable finders,
/// `__editable___NAME_finder.py`. `names`: what is in the folder.
PathFiles read_path_files(const std::filesystem::path& folder, const std::vector<std::string>& names,
                          const Limits& limits);

}  // namespace wheelfix

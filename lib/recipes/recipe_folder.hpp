#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/atomic_file.hpp"
#include "base/made_folder.hpp"

namespace wheelfix {

/// What a recipe that is made from edits has in it.
struct MadeRecipe {
  struct Addition {
    std::string entry;
    std::string content;
    bool is_executable = false;
  };
  std::string project;
  std::string version;
  std::string suffix;                 ///< empty: none
  std::vector<std::string> removals;  ///< entries
  std::string patch;                  ///< empty: none
  std::vector<Addition> additions;

  std::string patch_name() const { return project + ".patch"; }
  /// Where an addition's content is, below the folder.
  static std::string file_of(const Addition& addition) { return "files/" + addition.entry; }
  /// The text of wheelfix.toml.
  std::string to_toml() const;
};

/// The files of a recipe in its folder. They are removed again, and those that they replaced come back,
/// unless they are kept.
class RecipeFolder {
 public:
  /// Throws Error{output_exists} for a folder that isn't empty unless `overwrite`, Error{io}.
  RecipeFolder(std::filesystem::path folder, const MadeRecipe& recipe, bool overwrite);
  void keep() noexcept;

 private:
  void write(const std::string& name, const std::string& content, bool is_executable);

  std::filesystem::path folder_;
  Existing existing_;
  MadeFolder made_;
  std::vector<std::unique_ptr<AtomicFile>> files_;
};

}  // namespace wheelfix

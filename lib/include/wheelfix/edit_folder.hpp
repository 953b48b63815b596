#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <wheelfix/edit.hpp>
#include <wheelfix/limits.hpp>
#include <wheelfix/progress.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

struct EditFolderOptions {
  unsigned jobs = 0;  ///< threads; 0: one for each processor
  ProgressCallback progress = {};
};

/// Makes a folder with the files of a wheel, or of what is installed (open_installed), to be edited, and a
/// file in it that says where they are from, for commit_edit_folder. They are those of `edit`, so that a
/// recipe can be applied first, which the commit then has in it. RECORD is left out; of what is installed
/// also what the installer made, and files outside of the folder of sys.path. Whole or not at all: it is
/// removed again if this throws. Throws Error{output_exists} for a folder that isn't empty, Error{bad_wheel}
/// for an installed file that isn't as RECORD says, Error{io | cancelled}.
void make_edit_folder(const WheelEdit& edit, const std::filesystem::path& folder,
                      const EditFolderOptions& options = {});

/// What was done to a file.
struct FolderChange {
  enum class Kind { changed, added, removed };
  std::string path;
  Kind kind = Kind::changed;
  bool is_binary = false;
  std::size_t lines_added = 0, lines_removed = 0;  ///< 0 for a binary file
  std::optional<unsigned> mode = {};               ///< permission bits, if they changed

  bool operator==(const FolderChange&) const = default;
};

struct CommitOptions {
  std::filesystem::path recipe = {};  ///< the folder to write; empty: patches/PROJECT-VERSION
  std::filesystem::path wheel = {};   ///< the wheel that the folder was made from, if it isn't there any more
  std::string suffix = {};            ///< the recipe's local version label; empty: it has none
  bool overwrite = false;             ///< replace a recipe
  std::uint64_t max_input_size = usual_max_input_size;  ///< see diff_wheels
  unsigned jobs = 0;
};

struct CommittedFolder {
  std::vector<FolderChange>
      files;  ///< in order of path; empty if nothing differs, and then nothing is written
  std::vector<std::string> left_out;  ///< files that Python, editors and the like left
  std::filesystem::path recipe;       ///< the folder
  std::filesystem::path source;       ///< the wheel, or the folder of sys.path
  std::string project;
  bool is_installed = false;  ///< it was made from what is installed
};

/// Makes a recipe of what was edited in a folder of make_edit_folder: a patch of texts and of binary files
/// that changed, and what is added and removed. The recipe is read back and applied in memory, and must give
/// the files of the folder. Throws Error{usage} for another folder, Error{bad_wheel} if what the folder was
/// made from has changed since, Error{output_exists} for a recipe that is there already, Error{limit_exceeded
/// | io}.
CommittedFolder commit_edit_folder(const std::filesystem::path& folder, const CommitOptions& options = {});

}  // namespace wheelfix
#pragma GCC visibility pop

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wheelfix {

/// What `wheelfix apply` did to a distribution, a file in its .dist-info. An installer that replaces or
/// removes the distribution removes the file too, because RECORD lists it.
struct RecipeNote {
  static constexpr std::string_view file_name = "wheelfix-recipes.toml";
  static constexpr std::uint64_t max_size = 1 << 20;

  struct Applied {
    std::string name;    ///< of the recipe's folder
    std::string digest;  ///< of its files

    bool operator==(const Applied&) const = default;
  };
  struct File {
    std::string path;  ///< relative to the folder of packages
    std::string hash;  ///< as RECORD has it; empty: it was removed

    bool operator==(const File&) const = default;
  };
  std::vector<Applied> recipes;  ///< in the order in which they were applied
  std::vector<File> files;       ///< that they changed

  bool operator==(const RecipeNote&) const = default;

  /// Throws Error{bad_recipe}.
  static RecipeNote parse(std::string_view text, const std::string& file);
  std::string to_string() const;

  /// The first file that isn't as it was made any more. `note`: this note's file. A file that was written to
  /// before the note was isn't read.
  std::optional<std::string> changed_file(const std::filesystem::path& site,
                                          const std::filesystem::path& note) const;
};

}  // namespace wheelfix

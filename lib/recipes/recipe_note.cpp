#include "recipes/recipe_note.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "toml/toml_table.hpp"
#include "toml/toml_text.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

struct Times {
  std::int64_t written = 0;  ///< in nanoseconds since 1970
  std::int64_t changed = 0;  ///< when it got its name, or its owner or mode
};

std::optional<Times> times_of(const fs::path& path) {
  struct stat status;
  if (::lstat(path.c_str(), &status) != 0) return std::nullopt;
  const auto in_ns = [](const timespec& time) {
    return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
  };
  return Times{in_ns(status.st_mtim), in_ns(status.st_ctim)};
}

std::string hash_of(const fs::path& path) {
  constexpr std::uint64_t piece = 1 << 20;
  const auto file = wheelfix::File::open(path);
  Hasher hasher;
  for (std::uint64_t at = 0; at < file.size(); at += piece)
    hasher.update(file.read(at, static_cast<std::size_t>(std::min(piece, file.size() - at))));
  return hasher.finish_for_record();
}

}  // namespace

RecipeNote RecipeNote::parse(std::string_view text, const std::string& file) {
  const auto table = TomlTable::parse(text, file);
  table.allow_only({"recipe", "changed", "removed"});
  RecipeNote note;
  for (const auto& recipe : table.tables("recipe"))
    note.recipes.push_back({recipe.required_string("name").text, recipe.required_string("digest").text});
  for (const auto& [path, hash] : table.string_pairs("changed")) note.files.push_back({path.text, hash.text});
  for (const auto& path : table.strings("removed")) note.files.push_back({path.text, ""});
  return note;
}

std::string RecipeNote::to_string() const {
  std::string text = "# What `wheelfix apply` did here.\n";
  const auto is_removed = [](const File& file) { return file.hash.empty(); };
  if (std::ranges::any_of(files, is_removed)) {
    text += "removed = [\n";
    for (const auto& file : files)
      if (is_removed(file)) text += fmt::format("  {},\n", toml_quoted(file.path));
    text += "]\n";
  }
  for (const auto& recipe : recipes)
    text += fmt::format("\n[[recipe]]\nname = {}\ndigest = {}\n", toml_quoted(recipe.name),
                        toml_quoted(recipe.digest));
  text += "\n[changed]\n";
  for (const auto& file : files)
    if (!is_removed(file)) text += fmt::format("{} = {}\n", toml_quoted(file.path), toml_quoted(file.hash));
  return text;
}

std::optional<std::string> RecipeNote::changed_file(const fs::path& site, const fs::path& note) const {
  // A commit gives all files their names within this time. Copying an environment may take longer; then the
  // files are read.
  constexpr std::int64_t longest_commit = 10'000'000'000;
  const auto noted = times_of(note).value_or(Times{});
  for (const auto& file : files) {
    const auto times = times_of(site / file.path);
    if (!times && file.hash.empty()) continue;
    if (!times || file.hash.empty()) return file.path;
    const bool is_old = times->written < noted.changed && times->changed < noted.changed + longest_commit;
    if (!is_old && hash_of(site / file.path) != file.hash) return file.path;
  }
  return std::nullopt;
}

}  // namespace wheelfix

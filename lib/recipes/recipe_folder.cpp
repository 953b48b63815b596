#include "recipes/recipe_folder.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <wheelfix/error.hpp>

#include "base/file.hpp"
#include "toml/toml_text.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

/// A glob that matches this path and no other.
std::string as_glob(std::string_view path) {
  std::string glob;
  for (const char c : path) {
    if (std::string_view("*?[\\").find(c) != std::string_view::npos) glob += '\\';
    glob += c;
  }
  return glob;
}

}  // namespace

std::string MadeRecipe::to_toml() const {
  std::string text = fmt::format("# Made by `wheelfix commit`.\nwheel = {}\nversions = {}\n",
                                 toml_quoted(project), toml_quoted("==" + version));
  if (!suffix.empty()) text += fmt::format("suffix = {}\n", toml_quoted(suffix));
  if (!removals.empty()) {
    text += "remove = [\n";
    for (const auto& entry : removals) text += fmt::format("  {},\n", toml_quoted(as_glob(entry)));
    text += "]\n";
  }
  if (!patch.empty()) text += fmt::format("\n[[patch]]\nfile = {}\n", toml_quoted(patch_name()));
  for (const auto& addition : additions)
    text += fmt::format("\n[[add]]\nentry = {}\nfile = {}\n", toml_quoted(addition.entry),
                        toml_quoted(file_of(addition)));
  return text;
}

RecipeFolder::RecipeFolder(fs::path folder, const MadeRecipe& recipe, bool overwrite)
    : folder_(std::move(folder)), existing_(overwrite ? Existing::replace : Existing::refuse) {
  if (!overwrite && is_folder(folder_) && fs::directory_iterator(folder_) != fs::directory_iterator())
    throw Error(ErrorCode::output_exists, folder_.string(), "isn't empty",
                "replace its recipe with --overwrite, or name another folder with -o");
  const auto toml = recipe.to_toml();
  made_.make(folder_);
  if (!recipe.patch.empty()) write(recipe.patch_name(), recipe.patch, false);
  for (const auto& addition : recipe.additions)
    write(MadeRecipe::file_of(addition), addition.content, addition.is_executable);
  write("wheelfix.toml", toml, false);
}

void RecipeFolder::write(const std::string& name, const std::string& content, bool is_executable) {
  const auto path = folder_ / name;
  made_.make(path.parent_path());
  auto file = std::make_unique<AtomicFile>(path, existing_);
  file->append(content);
  file->publish(Durability::none);
  files_.push_back(std::move(file));
  if (is_executable && ::chmod(path.c_str(), 0755) != 0) throw_io_error(path, "make executable", errno);
}

void RecipeFolder::keep() noexcept {
  for (const auto& file : files_) file->keep();
  made_.keep();
}

}  // namespace wheelfix

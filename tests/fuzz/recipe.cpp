// A recipe is read or refused at a line of it, and names no file outside of its folder.
#include <wheelfix/recipe.hpp>

#include <algorithm>
#include <wheelfix/error.hpp>

#include "fuzz/check.hpp"

namespace {

using namespace wheelfix;
namespace fs = std::filesystem;

std::optional<Recipe> parse(std::string_view text) {
  try {
    return parse_recipe(text, "fuzz/wheelfix.toml");
  } catch (const Error& error) {
    CHECK_PROPERTY(error.code() == ErrorCode::bad_recipe);
    CHECK_PROPERTY(error.subject().starts_with("fuzz/wheelfix.toml"));
    return std::nullopt;
  }
}

void check_inside(const fs::path& file) {
  CHECK_PROPERTY(*file.begin() == "fuzz" && std::ranges::find(file, "..") == file.end());
}

void check_rule(const LibraryRule& rule) {
  using enum LibraryRule::Action;
  CHECK_PROPERTY(!rule.glob.empty() && rule.origin.starts_with("fuzz/wheelfix.toml:"));
  CHECK_PROPERTY(!rule.values.empty() || rule.action == remove_rpath);
  if (rule.action == replace_needed) CHECK_PROPERTY(rule.values.size() == 2);
  if (rule.action == set_soname) CHECK_PROPERTY(rule.values.size() == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto recipe = parse(as_text(data, size));
  if (!recipe) return 0;
  CHECK_PROPERTY(recipe->targets.size() == 1);
  for (const auto& patch : recipe->patches) check_inside(patch.file);
  for (const auto& addition : recipe->additions) check_inside(addition.file);
  for (const auto& stub : recipe->stubs) check_inside(stub.file);
  for (const auto& rule : recipe->rules) check_rule(rule);
  const auto rules = recipe->rules.size();
  recipe->append(Recipe(*recipe));
  CHECK_PROPERTY(recipe->rules.size() == 2 * rules && recipe->targets.size() == 2);
  return 0;
}

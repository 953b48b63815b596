#include <fmt/format.h>

#include <algorithm>
#include <wheelfix/error.hpp>
#include <wheelfix/recipe.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "change/patch_files.hpp"
#include "change/refuse_recipe.hpp"
#include "toml/toml_table.hpp"

namespace wheelfix {

namespace {

namespace fs = std::filesystem;
using Action = LibraryRule::Action;

constexpr auto recipe_file = "wheelfix.toml";
constexpr std::uint64_t max_strip = 100;

std::vector<std::string> texts(const std::vector<TomlString>& strings) {
  std::vector<std::string> values;
  for (const auto& value : strings) values.push_back(value.text);
  return values;
}

std::vector<std::string> search_paths(const std::vector<TomlString>& strings) {
  std::vector<std::string> entries;
  for (const auto& value : strings) {
    const auto pieces = split_search_path(value.text);
    entries.insert(entries.end(), pieces.begin(), pieces.end());
  }
  return entries;
}

class RecipeParser {
 public:
  RecipeParser(const TomlTable& table, fs::path folder) : table_(table), folder_(std::move(folder)) {
    table.allow_only({"description", "wheel", "versions", "suffix", "remove", "patch", "add", "rpath-kind",
                      "rpath", "needed", "soname", "stub", "doctor"});
  }

  Recipe parse() {
    if (auto text = table_.string("description")) recipe_.description = std::move(text->text);
    read_target();
    read_suffix();
    read_rpath_kind();
    for (const auto& glob : table_.strings("remove")) recipe_.removals.push_back({glob.text, glob.where});
    for (const auto& table : table_.tables("patch")) read_patch(table);
    for (const auto& table : table_.tables("add")) recipe_.additions.push_back(read_addition(table, "file"));
    for (const auto& table : table_.tables("rpath")) read_rpath(table);
    for (const auto& table : table_.tables("needed")) read_needed(table);
    for (const auto& table : table_.tables("soname")) read_soname(table);
    for (const auto& table : table_.tables("stub")) recipe_.stubs.push_back(read_addition(table, "template"));
    return std::move(recipe_);
  }

 private:
  void read_target() {
    const auto wheel = table_.required_string("wheel");
    const auto versions = table_.string("versions");
    try {
      recipe_.targets.push_back({wheel.text, VersionSpecifiers::parse(versions ? versions->text : ""),
                                 versions ? versions->where : wheel.where});
    } catch (const Error& error) {
      refuse_recipe(versions->where, error.what(), error.hint());
    }
  }

  void read_suffix() {
    const auto suffix = table_.string("suffix");
    if (!suffix) return;
    try {
      (void)with_local_label("1", suffix->text, LocalLabel::extend);
    } catch (const Error& error) {
      refuse_recipe(suffix->where, error.what(), error.hint());
    }
    recipe_.suffix = {suffix->text, suffix->where};
  }

  void read_rpath_kind() {
    const auto kind = table_.string("rpath-kind");
    if (!kind) return;
    if (!table_.has("rpath")) refuse_recipe(kind->where, "rpath-kind is given without [[rpath]]");
    if (kind->text != "keep" && kind->text != "rpath" && kind->text != "runpath")
      refuse_recipe(kind->where, fmt::format("rpath-kind is '{}'", printable(kind->text)),
                    "it must be keep, rpath or runpath");
    recipe_.rpath_kind = {kind->text == "rpath"     ? SearchPathKind::rpath
                          : kind->text == "runpath" ? SearchPathKind::runpath
                                                    : SearchPathKind::keep,
                          kind->where};
  }

  /// A file below the recipe's folder.
  fs::path file_at(const TomlTable& table, std::string_view key) const {
    const auto value = table.required_string(key);
    if (leaves_folder(value.text))
      refuse_recipe(value.where, fmt::format("{} leaves the folder of the recipe", printable(value.text)),
                    "put the file next to the recipe, or name it with an option");
    return folder_ / value.text;
  }

  void read_patch(const TomlTable& table) {
    table.allow_only({"file", "strip"});
    const auto strip = table.integer("strip");
    if (strip && *strip > max_strip) table.refuse("strip", fmt::format("strip is more than {}", max_strip));
    auto& patch = recipe_.patches.emplace_back();
    patch.file = file_at(table, "file");
    if (strip) patch.strip = static_cast<unsigned>(*strip);
  }

  Recipe::Addition read_addition(const TomlTable& table, std::string_view file_key) const {
    table.allow_only({"entry", file_key});
    auto entry = table.required_string("entry");
    return {std::move(entry.text), file_at(table, file_key), std::move(entry.where)};
  }

  /// One rule for each glob of the table's `libraries`.
  void add_rules(const TomlTable& table, Action action, const std::vector<std::string>& values) {
    for (const auto& glob : table.strings("libraries"))
      recipe_.rules.push_back({action, glob.text, values, glob.where});
  }

  void require(const TomlTable& table, std::initializer_list<std::string_view> actions) const {
    if (table.strings("libraries").empty())
      refuse_recipe(table.where(), "libraries names no library", "give globs of paths");
    if (std::ranges::none_of(actions, [&](std::string_view key) { return table.has(key); }))
      refuse_recipe(table.where(), "changes nothing",
                    fmt::format("give one of {}", fmt::join(actions, ", ")));
  }

  /// The key's list, which is there and not empty.
  std::vector<TomlString> filled_list(const TomlTable& table, std::string_view key,
                                      std::string hint = {}) const {
    auto values = table.strings(key);
    if (values.empty()) table.refuse(key, fmt::format("{} is an empty list", key), std::move(hint));
    return values;
  }

  void read_rpath(const TomlTable& table) {
    table.allow_only({"libraries", "set", "remove", "add"});
    require(table, {"set", "remove", "add"});
    if (table.has("set") && (table.has("remove") || table.has("add")))
      table.refuse("set", "is given together with add or remove", "set gives the whole path");
    if (table.has("set")) {
      const auto paths = search_paths(table.strings("set"));
      add_rules(table, paths.empty() ? Action::remove_rpath : Action::set_rpath, paths);
    }
    if (table.has("remove"))
      add_rules(table, Action::remove_rpath,
                search_paths(filled_list(table, "remove", "to remove the whole path, write set = []")));
    if (table.has("add")) add_rules(table, Action::add_rpath, search_paths(filled_list(table, "add")));
  }

  void read_needed(const TomlTable& table) {
    table.allow_only({"libraries", "remove", "replace", "add"});
    require(table, {"remove", "replace", "add"});
    if (table.has("remove")) add_rules(table, Action::remove_needed, texts(filled_list(table, "remove")));
    for (const auto& [old_name, new_name] : table.string_pairs("replace"))
      add_rules(table, Action::replace_needed, {old_name.text, new_name.text});
    if (table.has("add")) add_rules(table, Action::add_needed, texts(filled_list(table, "add")));
  }

  void read_soname(const TomlTable& table) {
    table.allow_only({"library", "soname"});
    const auto library = table.required_string("library");
    recipe_.rules.push_back(
        {Action::set_soname, library.text, {table.required_string("soname").text}, library.where});
  }

  const TomlTable& table_;
  const fs::path folder_;
  Recipe recipe_;
};

template <class T>
void append_to(std::vector<T>& all, std::vector<T>& more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

void Recipe::append(Recipe other) {
  if (suffix && other.suffix && suffix->label != other.suffix->label)
    refuse_recipe(
        other.suffix->where,
        fmt::format("has the suffix {}, and {} has {}", other.suffix->label, suffix->where, suffix->label),
        "choose one with --suffix");
  if (rpath_kind && other.rpath_kind && rpath_kind->kind != other.rpath_kind->kind)
    refuse_recipe(other.rpath_kind->where, fmt::format("has another rpath-kind than {}", rpath_kind->where),
                  "choose one with --rpath-kind");
  // All fields: this doesn't compile if one is forgotten.
  auto& [its_description, its_targets, its_suffix, its_removals, its_patches, its_additions, its_rules,
         its_kind, its_stubs] = other;
  if (!suffix) suffix = std::move(its_suffix);
  if (!rpath_kind) rpath_kind = std::move(its_kind);
  append_to(targets, its_targets);
  append_to(removals, its_removals);
  append_to(patches, its_patches);
  append_to(additions, its_additions);
  append_to(rules, its_rules);
  append_to(stubs, its_stubs);
}

Recipe parse_recipe(std::string_view text, const fs::path& file) {
  const auto table = TomlTable::parse(text, file.string());
  return RecipeParser(table, file.parent_path()).parse();
}

Recipe load_recipe(const fs::path& folder) {
  const auto file = folder / recipe_file;
  Recipe recipe;
  if (fs::exists(file)) recipe = parse_recipe(read_file(file, TomlTable::max_size), file);
  const auto require_in_folder = [&](const std::string& where, const fs::path& named) {
    if (const auto target = target_outside(named, file))
      refuse_recipe(where,
                    fmt::format("{} is a link that leads out of the folder, to {}", printable(named.string()),
                                printable(target->string())),
                    "put the file itself there, or name it with an option");
  };
  for (const auto& patch : recipe.patches) require_in_folder(file.string(), patch.file);
  for (const auto* additions : {&recipe.additions, &recipe.stubs}) {
    for (const auto& addition : *additions) require_in_folder(addition.where, addition.file);
  }
  if (!recipe.patches.empty()) return recipe;
  for (auto& patch :
       list_patch_folder(folder, fs::exists(file) ? PatchFolder::may_be_empty : PatchFolder::has_patches))
    recipe.patches.push_back({std::move(patch), {}});
  return recipe;
}

Recipe::Addition parse_addition(std::string_view text, std::string_view form, std::string where) {
  const auto equals = text.find('=');
  if (equals == 0 || equals == std::string_view::npos || equals + 1 == text.size())
    throw Error(ErrorCode::usage, std::move(where), fmt::format("takes {}, not '{}'", form, printable(text)),
                "ENTRY is the path in the wheel");
  return {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)), std::move(where)};
}

}  // namespace wheelfix

#include "recipes/edit_record.hpp"

#include <fmt/format.h>

#include <set>

#include "base/hash.hpp"
#include "change/installed_tree.hpp"
#include "toml/toml_table.hpp"
#include "toml/toml_text.hpp"
#include "wheel/hash_rows.hpp"

namespace wheelfix {

EditRecord EditRecord::parse(std::string_view text, const std::string& file) {
  const auto table = TomlTable::parse(text, file);
  table.allow_only({"wheel", "installed", "project", "version", "digest", "modes"});
  EditRecord record;
  record.kind = table.has("installed") ? Kind::installed : Kind::wheel;
  record.source = table.required_string(record.kind == Kind::wheel ? "wheel" : "installed").text;
  record.project = table.required_string("project").text;
  record.version = table.required_string("version").text;
  record.digest = table.required_string("digest").text;
  const auto modes = table.required_string("modes").text;
  if (modes != "kept" && modes != "lost") table.refuse("modes", "modes is neither kept nor lost");
  record.modes = modes == "kept" ? FolderTree::Modes::kept : FolderTree::Modes::lost;
  return record;
}

std::string EditRecord::to_string() const {
  return fmt::format(
      "# `wheelfix commit` reads this: what the files here were before they were edited.\n"
      "{} = {}\nproject = {}\nversion = {}\ndigest = {}\nmodes = \"{}\"\n",
      kind == Kind::wheel ? "wheel" : "installed", toml_quoted(source.string()), toml_quoted(project),
      toml_quoted(version), toml_quoted(digest), modes == FolderTree::Modes::kept ? "kept" : "lost");
}

std::string digest_of_files(const Wheel& wheel) {
  std::set<std::string> lines;
  for (const auto& row : wheel.record().rows())
    if (!is_made_by_installer(row.path, wheel.dist_info()))
      lines.insert(std::string(row.path) + '\0' + comparable_hash(row) + '\n');
  Hasher hasher;
  for (const auto& line : lines) hasher.update(line);
  return hasher.finish_as_hex();
}

}  // namespace wheelfix

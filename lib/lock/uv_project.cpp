#include "lock/uv_project.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <wheelfix/error.hpp>

#include "base/file.hpp"
#include "lock/lock_place.hpp"
#include "toml/toml_places.hpp"
#include "toml/toml_table.hpp"
#include "toml/toml_text.hpp"

namespace wheelfix {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t max_project_size = 1 << 20;

/// Empty for a file that isn't there or can't be read: then it has no settings.
std::string read_if_there(const fs::path& path) {
  try {
    return read_file(path, max_project_size);
  } catch (const Error&) {
    return {};
  }
}

TomlPlace read_toml(const fs::path& path) {
  const auto text = read_if_there(path);
  try {
    TomlTable::parse(text, path.string());
  } catch (const Error&) {
    return {};  // uv reports it
  }
  return toml_places(text);
}

const TomlPlace* inner(const TomlPlace* table, std::string_view key) {
  const auto* entry = table == nullptr ? nullptr : table->find(key);
  return entry == nullptr ? nullptr : &entry->value;
}

/// All places that uv's settings name.
std::vector<std::string> places_of(const TomlPlace* settings) {
  std::vector<std::string> places;
  if (const auto* indexes = inner(settings, "index"))
    for (const auto& index : indexes->items) places.emplace_back(index.string("url"));
  for (const auto* key : {"find-links", "extra-index-url", "index-url"})
    if (const auto* value = inner(settings, key)) {
      places.push_back(value->text);
      for (const auto& item : value->items) places.push_back(item.text);
    }
  return places;
}

/// uv compares URLs as they are written; a path may be spelled otherwise.
bool names_place(const TomlPlace* settings, const fs::path& folder, const UvNeeds& needs) {
  return std::ranges::any_of(places_of(settings), [&](const std::string& place) {
    if (place == needs.place || place == "file://" + needs.place) return true;
    return !place.empty() && !is_url(place) && !is_url(needs.place) &&
           is_same_place((folder / place).lexically_normal().string(),
                         (folder / needs.place).lexically_normal().string());
  });
}

std::string setting_lines(const UvNeeds& needs) {
  auto lines = fmt::format("[[tool.uv.index]]\nname = \"patched\"\nurl = {}\n", toml_quoted(needs.place));
  if (needs.is_folder) lines += "format = \"flat\"\n";
  if (!needs.sources.empty()) lines += "\n[tool.uv.sources]\n";
  for (const auto& project : needs.sources) lines += project + " = { index = \"patched\" }\n";
  return lines;
}

}  // namespace

std::string missing_uv_settings(const fs::path& lock, const UvNeeds& needs) {
  const auto folder = lock.parent_path();
  if (lock.filename() != "uv.lock") {
    const auto script = read_if_there(fs::path(lock).replace_extension());
    return script.find(toml_quoted(needs.place)) == std::string::npos ? setting_lines(needs) : std::string();
  }
  const auto project = read_toml(folder / "pyproject.toml"), settings = read_toml(folder / "uv.toml");
  const bool is_named = names_place(inner(inner(&project, "tool"), "uv"), folder, needs) ||
                        names_place(&settings, folder, needs);
  return is_named ? std::string() : setting_lines(needs);
}

}  // namespace wheelfix

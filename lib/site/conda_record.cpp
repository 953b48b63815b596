#include "site/conda_record.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/text.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;
using CondaJson = nlohmann::ordered_json;
using ByPath = std::map<std::string, const CondaChange*, std::less<>>;

bool lists_one_of(const fs::path& file, const std::vector<std::string>& paths) {
  const auto text = read_file(file);
  return std::ranges::any_of(paths, [&](const std::string& path) {
    return text.find(CondaJson(path).dump(-1, ' ', false, CondaJson::error_handler_t::replace)) != text.npos;
  });
}

void update_names(CondaJson& names, const ByPath& changes) {
  auto left = changes;
  auto kept = CondaJson::array();
  for (auto& name : names) {
    const auto found = changes.find(name.get<std::string>());
    if (found == changes.end() || !found->second->is_removed) kept.push_back(name);
    left.erase(name.get<std::string>());
  }
  for (const auto& [path, change] : left)
    if (!change->is_removed) kept.push_back(path);
  names = std::move(kept);
}

void set_state(CondaJson& item, const CondaChange& change) {
  if (change.sha256)
    item["sha256_in_prefix"] = *change.sha256;
  else
    item.erase("sha256_in_prefix");
  if (change.sha256) item["size_in_bytes"] = change.size;
}

void update_paths(CondaJson& items, const ByPath& changes) {
  auto left = changes;
  auto kept = CondaJson::array();
  for (auto& item : items) {
    const auto path = item.at("_path").get<std::string>();
    const auto found = changes.find(path);
    left.erase(path);
    if (found != changes.end() && found->second->is_removed) continue;
    if (found != changes.end()) set_state(item, *found->second);
    kept.push_back(std::move(item));
  }
  for (const auto& [path, change] : left) {
    if (change->is_removed) continue;
    CondaJson item = {{"_path", path}, {"path_type", "hardlink"}};
    set_state(item, *change);
    kept.push_back(std::move(item));
  }
  items = std::move(kept);
}

}  // namespace

std::vector<fs::path> conda_records(const fs::path& prefix, const std::vector<std::string>& paths) {
  std::vector<fs::path> records;
  std::error_code failure;
  for (fs::directory_iterator item(prefix / "conda-meta", failure), end; !failure && item != end;
       item.increment(failure))
    if (item->path().extension() == ".json" && lists_one_of(item->path(), paths))
      records.push_back(item->path());
  std::ranges::sort(records);
  return records;
}

std::optional<std::string> updated_conda_record(std::string_view text,
                                                const std::vector<CondaChange>& changes) {
  ByPath by_path;
  for (const auto& change : changes) by_path.emplace(change.path, &change);
  try {
    auto document = CondaJson::parse(text);
    if (document.contains("files")) update_names(document.at("files"), by_path);
    if (document.contains("paths_data") && document.at("paths_data").contains("paths"))
      update_paths(document.at("paths_data").at("paths"), by_path);
    return document.dump(2, ' ', is_ascii(text)) + (text.ends_with('\n') ? "\n" : "");
  } catch (const CondaJson::exception&) {
    return std::nullopt;
  }
}

}  // namespace wheelfix

#include <algorithm>
#include <nlohmann/json.hpp>

#include "index/project.hpp"

namespace wheelfix {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* generator = "wheelfix-index";

std::string text_of(const Json& document) {
  return document.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// Keys with a leading underscore are private to the maker of the index (PEP 700).
Json meta(const char* version) {
  return {{"api-version", version}, {"_generator", generator}};
}

Json hashes_object(const Hashes& hashes) {
  auto object = Json::object();
  for (const auto& [name, digest] : hashes) object[name] = digest;
  return object;
}

Json file_object(const PageFile& file) {
  Json object = {{"filename", file.file_name}, {"url", file.url}, {"hashes", hashes_object(file.hashes)}};
  if (!file.requires_python.empty()) object["requires-python"] = file.requires_python;
  if (file.core_metadata)
    object["core-metadata"] = file.core_metadata->empty() ? Json(true) : hashes_object(*file.core_metadata);
  if (file.size) object["size"] = *file.size;
  if (!file.upload_time.empty()) object["upload-time"] = file.upload_time;
  object["yanked"] = !file.yanked ? Json(false) : file.yanked->empty() ? Json(true) : Json(*file.yanked);
  if (file.is_upstream) object["_upstream"] = true;
  return object;
}

}  // namespace

std::string json_list(const std::vector<Project>& projects) {
  auto list = Json::array();
  for (const auto& project : projects) list.push_back({{"name", project.name}});
  return text_of({{"meta", meta("1.1")}, {"projects", std::move(list)}});
}

std::string json_page(const Project& project, const PageStyle& style) {
  auto files = Json::array();
  for (const auto& file : project.files) files.push_back(file_object(file));
  // 1.1 promises each file's size (PEP 700), which an upstream's HTML page doesn't have.
  const bool has_sizes =
      std::ranges::all_of(project.files, [](const auto& file) { return file.size.has_value(); });
  auto about = meta(has_sizes ? "1.1" : "1.0");
  about["_links"] = style.links;
  return text_of({{"meta", std::move(about)},
                  {"name", project.name},
                  {"versions", project.versions()},
                  {"files", std::move(files)}});
}

bool is_our_page(std::string_view bytes) {
  return bytes.empty() || bytes.find("\"wheelfix-index\"") != std::string_view::npos;
}

namespace {

/// A page may have been edited: a name in it must not lead out of its folder.
bool is_file_name(std::string_view name) {
  return !name.empty() && !name.starts_with('.') &&
         name.find_first_of(std::string_view("/\0", 2)) == std::string_view::npos;
}

}  // namespace

ListedFiles read_json_page(std::string_view bytes) {
  ListedFiles listed;
  try {
    const auto page = nlohmann::json::parse(bytes);
    if (page.at("meta").at("_generator") != generator) return {};
    listed.links = page.at("meta").at("_links").get<std::string>();
    for (const auto& file : page.at("files")) {
      if (file.contains("_upstream")) continue;
      ListedFile found{file.at("filename").get<std::string>(),
                       file.at("hashes").at("sha256").get<std::string>(), file.contains("core-metadata")};
      if (is_file_name(found.file_name)) listed.files.push_back(std::move(found));
    }
  } catch (const nlohmann::json::exception&) {
    return {};
  }
  return listed;
}

}  // namespace wheelfix

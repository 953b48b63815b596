#include <nlohmann/json.hpp>

#include "index/page_text.hpp"
#include "index/project.hpp"

namespace wheelfix {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* api_version = "1.1";
constexpr const char* generator = "wheelfix-index";

std::string text_of(const Json& document) {
  return document.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// Keys with a leading underscore are private to the maker of the index (PEP 700).
Json meta() {
  return {{"api-version", api_version}, {"_generator", generator}};
}

Json file_object(const Package& file, const PageStyle& style) {
  Json object = {{"filename", file.file_name},
                 {"url", style.base_url + url_quote(file.file_name)},
                 {"hashes", {{"sha256", file.sha256}}}};
  if (!file.requires_python.empty()) object["requires-python"] = file.requires_python;
  if (!file.metadata_sha256.empty() && style.base_url.empty())
    object["core-metadata"] = {{"sha256", file.metadata_sha256}};
  object["size"] = file.stamp.size;
  object["upload-time"] = utc_time(file.stamp.mtime_ns);
  object["yanked"] = false;
  return object;
}

}  // namespace

std::string json_list(const std::vector<Project>& projects) {
  auto list = Json::array();
  for (const auto& project : projects) list.push_back({{"name", project.name}});
  return text_of({{"meta", meta()}, {"projects", std::move(list)}});
}

std::string json_page(const Project& project, const PageStyle& style) {
  auto files = Json::array();
  for (const auto* file : project.files) files.push_back(file_object(*file, style));
  auto about = meta();
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

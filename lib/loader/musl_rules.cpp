#include <array>

#include "base/text.hpp"
#include "loader/machine_names.hpp"
#include "loader/search_entry.hpp"
#include "loader/search_rules.hpp"

namespace wheelfix {
namespace {

struct MuslSearch {
  const std::string& name;
  const TreeNode* node = nullptr;
  FoundFile found = {};
};

class MuslRules : public SearchRules {
 public:
  explicit MuslRules(const LoaderContext& context) : context_(context) {
    library_path_ = plain_list(split_search_path(context.environment.library_path));
    system_folders_ = plain_list(context.system.folders);
  }

  Answer resolve(const NameRequest& request, LoadedSet& loaded) override {
    const auto& name = request.name;
    if (is_c_library(name)) return c_library_itself(request, loaded);
    MuslSearch search{.name = name};
    const bool is_path = name.find('/') != std::string::npos;
    if (is_path) {
      search.node = find_path(context_, name);
      search.found = {.path = name, .node = search.node, .content = {}, .found_by = FoundBy::path};
    } else {
      if (const auto known = loaded.find_name(name)) return already_loaded(request, *known);
      search_everywhere(search, request, loaded);
    }
    if (search.node == nullptr) return not_found(request, loaded);
    return take(search, request, loaded, is_path);
  }

  std::string origin_of(const FoundFile& found) const override { return folder_of(found.path); }

  /// What was searched for is known by its name, what was requested by its path isn't.
  void enter(std::size_t object, const NameRequest& request, FoundBy found_by,
             LoadedSet& loaded) const override {
    if (found_by == FoundBy::start || request.name.find('/') != std::string::npos) return;
    loaded.add_name(request.name, object);
  }

 private:
  /// The names that the C library answers to, whatever follows them. Source: load_library.
  static bool is_c_library(std::string_view name) {
    constexpr std::array<std::string_view, 7> parts = {"c.",  "pthread.", "rt.",  "m.",
                                                       "dl.", "util.",    "xnet."};
    if (!name.starts_with("lib")) return false;
    for (const auto part : parts)
      if (name.substr(3).starts_with(part)) return true;
    return false;
  }

  std::string c_library_path() const {
    return "/lib/ld-musl-" + std::string(machine_names(context_.system.machine).musl) + ".so.1";
  }

  Answer c_library_itself(const NameRequest& request, LoadedSet& loaded) const {
    const auto path = c_library_path();
    if (const auto known = loaded.find_name(path)) return already_loaded(request, *known);
    loaded.add_name(path, loaded.objects().size());  // its place
    return {.found = promised_library(context_, path, FoundBy::promised)};
  }

  Answer not_found(const NameRequest& request, LoadedSet& loaded) const {
    if (request.name.find('/') == std::string::npos) {
      if (context_.system.promised.contains(request.name))
        return {.found = promised_library(context_, request.name, FoundBy::promised)};
      if (context_.system.driver.contains(request.name))
        return {.found = promised_library(context_, request.name, FoundBy::driver)};
    }
    return failure(request, loaded, "No such file or directory");
  }

  static Answer failure(const NameRequest& request, const LoadedSet& loaded, const std::string& words) {
    auto text = "Error loading shared library " + request.name + ": " + words;
    if (request.needed_by) text += " (needed by " + loaded.objects()[*request.needed_by].path + ")";
    return {.failure = std::move(text)};
  }

  Answer take(MuslSearch& search, const NameRequest& request, LoadedSet& loaded, bool is_path) const {
    if (search.node->is_folder()) return failure(request, loaded, "Is a directory");
    search.found.content = search.node->content();
    const auto known = loaded.find_content(search.found.content.get());
    if (known) {
      if (!is_path) name_by_file(*known, loaded);
      return already_loaded(request, *known, &search.found);
    }
    const auto& content = *search.found.content;
    if (content.kind != FileContent::Kind::library || content.info.format != BinaryFormat::elf ||
        content.info.bits != context_.system.bits || !content.info.is_dynamic)
      return failure(request, loaded, "Exec format error");
    return {.found = std::move(search.found)};
  }

  /// An object that was loaded by its path gets its file's name when a search leads to it; one that has a
  /// name keeps it.
  void name_by_file(std::size_t object, LoadedSet& loaded) const {
    const auto& path = loaded.objects()[object].path;
    const auto name = file_name(path);
    loaded.add_name(name, object);
  }

  void add_folder(const std::string& entry, const std::string& text, SearchList& list) const {
    const auto* folder = text.empty() ? nullptr : find_path(context_, text);
    if (folder != nullptr && folder->is_folder())
      list.push_back({.entry = entry, .prefix = text + "/", .folder = folder});
  }

  /// Without tokens: LD_LIBRARY_PATH and the system's folders.
  SearchList plain_list(const std::vector<std::string>& entries) const {
    SearchList list;
    for (const auto& entry : entries) add_folder(entry, entry, list);
    return list;
  }

  /// Empty if one entry has an unknown token.
  SearchList token_list(const std::vector<std::string>& entries, const std::string& origin) const {
    SearchList list;
    for (const auto& entry : entries) {
      const auto text = expand_musl(entry, origin);
      if (!text) return {};
      add_folder(entry, *text, list);
    }
    return list;
  }

  /// DT_RUNPATH, or DT_RPATH without it.
  const SearchList& path_of(std::size_t object, LoadedSet& loaded) const {
    auto& paths = loaded.paths(object);
    if (paths.rpath) return *paths.rpath;
    const auto& info = loaded.objects()[object].info();
    paths.rpath = token_list(info.search_path(), paths.origin);
    return *paths.rpath;
  }

  void search_everywhere(MuslSearch& search, const NameRequest& request, LoadedSet& loaded) const {
    if (!context_.files.may_have(search.name)) return;
    search_list(search, library_path_, FoundBy::library_path, {});
    auto object = request.needed_by ? request.needed_by : loaded.program();
    while (object && search.node == nullptr) {
      search_list(search, path_of(*object, loaded), FoundBy::rpath, object);
      const auto next = loaded.objects()[*object].needed_by;
      object = next || object == loaded.program() ? next : loaded.program();
    }
    search_list(search, system_folders_, FoundBy::system_folder, {});
  }

  void search_list(MuslSearch& search, const SearchList& list, FoundBy found_by,
                   std::optional<std::size_t> path_of) const {
    for (const auto& folder : list) {
      if (search.node != nullptr) return;
      search.node = context_.files.find_in(*folder.folder, search.name);
      if (search.node == nullptr) continue;
      search.found = {.path = folder.prefix + search.name,
                      .node = search.node,
                      .content = {},
                      .found_by = found_by,
                      .path_of = path_of,
                      .entry = folder.entry};
    }
  }

  LoaderContext context_;
  SearchList library_path_;
  SearchList system_folders_;
};

}  // namespace

std::unique_ptr<SearchRules> musl_rules(const LoaderContext& context) {
  return std::make_unique<MuslRules>(context);
}

}  // namespace wheelfix

#include <algorithm>

#include "loader/search_entry.hpp"
#include "loader/search_rules.hpp"

namespace wheelfix {
namespace {

constexpr std::string_view not_there = "cannot open shared object file: No such file or directory";

/// One search, through as many lists as needed.
struct Search {
  const std::string& name;
  bool at_start = false;
  bool other_class = false;  // it came across a library of the other class
  std::optional<FoundFile> found = {};
  std::string failure = {};  // of a file that ends the search

  bool is_over() const { return found || !failure.empty(); }
};

class GlibcRules : public SearchRules {
 public:
  explicit GlibcRules(const LoaderContext& context) : context_(context) {
    for (const auto& folder : context.system.folders) add_folders(folder, folder, system_folders_);
  }

  Answer resolve(const NameRequest& asked, LoadedSet& loaded) override {
    auto request = asked;
    if (request.needed_by)
      request.name = expand_glibc(asked.name, loaded.paths(*asked.needed_by).origin, context_.system);
    if (const auto known = loaded.find_name(request.name)) return already(request, *known, nullptr, loaded);
    if (request.name == context_.system.loader)
      return {.found = promised_library(context_, request.name, FoundBy::loaded_name)};
    Search search{.name = request.name, .at_start = request.at_start};
    if (request.name.find('/') == std::string::npos)
      search_everywhere(search, request, loaded);
    else
      open_path(search, request, loaded);
    if (!search.failure.empty()) return {.failure = search.failure};
    if (!search.found) {
      const auto words = search.other_class ? wrong_class() : std::string(not_there);
      return {.failure = request.name + ": " + words};
    }
    if (const auto known = loaded.find_content(search.found->content.get()))
      return already(request, *known, &*search.found, loaded);
    return {.found = std::move(search.found)};
  }

  std::string origin_of(const FoundFile& found) const override {
    return folder_of(absolute_path(context_, found.path));
  }

  void enter(std::size_t object, const NameRequest& request, FoundBy found_by,
             LoadedSet& loaded) const override {
    const auto& entered = loaded.objects()[object];
    if (entered.info().soname) loaded.add_name(*entered.info().soname, object);
    if (found_by == FoundBy::start) return loaded.add_name("", object);
    loaded.add_name(entered.path, object);
    loaded.add_name(request.name, object);
  }

 private:
  /// Adds a name that leads to the object from now on.
  static Answer already(const NameRequest& request, std::size_t object, const FoundFile* found,
                        LoadedSet& loaded) {
    loaded.add_name(request.name, object);
    return already_loaded(request, object, found);
  }

  std::string wrong_class() const {
    return std::string("wrong ELF class: ELFCLASS") + (context_.system.bits == 32 ? "64" : "32");
  }

  /// Adds the folders that an entry means, if they exist; `text` is the entry with its tokens replaced, and
  /// an empty one means the working directory.
  void add_folders(const std::string& entry, std::string text, SearchList& list) const {
    while (text.size() > 1 && text.ends_with('/')) text.pop_back();
    if (!text.empty() && !text.ends_with('/')) text += '/';
    const auto add = [&](const std::string& prefix) {
      const auto* folder = find_path(context_, prefix);
      if (folder != nullptr && folder->is_folder())
        list.push_back({.entry = entry, .prefix = prefix, .folder = folder});
    };
    for (const auto& subfolder : context_.system.subfolders) add(text + subfolder + "/");
    add(text);
  }

  SearchList make_list(const std::vector<std::string>& entries, const std::string& origin) const {
    SearchList list;
    for (const auto& entry : entries) {
      const auto text = expand_glibc(entry, origin, context_.system);
      if (entry.empty() || !text.empty()) add_folders(entry, text, list);
    }
    return list;
  }

  /// LD_LIBRARY_PATH, which is cut at semicolons too; $ORIGIN is the program's folder.
  const SearchList& library_path(LoadedSet& loaded) {
    if (library_path_) return *library_path_;
    auto text = context_.environment.library_path;
    std::replace(text.begin(), text.end(), ';', ':');
    const auto program = loaded.program();
    library_path_ = make_list(split_search_path(text), program ? loaded.paths(*program).origin : "");
    return *library_path_;
  }

  const SearchList& rpath(std::size_t object, LoadedSet& loaded) const {
    auto& paths = loaded.paths(object);
    const auto& info = loaded.objects()[object].info();
    if (!paths.rpath)
      paths.rpath = make_list(info.runpath.empty() ? info.rpath : std::vector<std::string>(), paths.origin);
    return *paths.rpath;
  }

  const SearchList& runpath(std::size_t object, LoadedSet& loaded) const {
    auto& paths = loaded.paths(object);
    if (!paths.runpath) paths.runpath = make_list(loaded.objects()[object].info().runpath, paths.origin);
    return *paths.runpath;
  }

  void search_everywhere(Search& search, const NameRequest& request, LoadedSet& loaded) {
    if (!context_.files.may_have(search.name)) {
      search_cache(search);
      if (!search.is_over()) search_promises(search);
      return;
    }
    const auto loader = request.needed_by ? request.needed_by : request.caller;
    const bool has_runpath = loader && !loaded.objects()[*loader].info().runpath.empty();
    if (!has_runpath) search_rpaths(search, loader, loaded);
    search_list(search, library_path(loaded), FoundBy::library_path, {});
    if (has_runpath) search_list(search, runpath(*loader, loaded), FoundBy::runpath, loader);
    search_cache(search);
    search_list(search, system_folders_, FoundBy::system_folder, {});
    if (!search.is_over()) search_promises(search);
  }

  void search_rpaths(Search& search, std::optional<std::size_t> loader, LoadedSet& loaded) const {
    const auto program = loaded.program();
    bool did_program = false;
    for (auto object = loader; object && !search.is_over(); object = loaded.objects()[*object].needed_by) {
      search_list(search, rpath(*object, loaded), FoundBy::rpath, object);
      did_program = did_program || object == program;
    }
    if (program && !did_program) search_list(search, rpath(*program, loaded), FoundBy::rpath, program);
  }

  void search_list(Search& search, const SearchList& list, FoundBy found_by,
                   std::optional<std::size_t> path_of) const {
    for (const auto& folder : list) {
      if (search.is_over()) return;
      const auto* node = context_.files.find_in(*folder.folder, search.name);
      if (node == nullptr) continue;
      verify(search, *node, folder.prefix + search.name, found_by);
      if (!search.found) continue;
      search.found->path_of = path_of;
      search.found->entry = folder.entry;
    }
  }

  void search_cache(Search& search) const {
    const auto& cache = context_.system.cache;
    const auto cached = search.is_over() ? cache.end() : cache.find(search.name);
    if (cached == cache.end()) return;
    if (const auto* node = find_path(context_, cached->second))
      verify(search, *node, cached->second, FoundBy::cache);
  }

  void search_promises(Search& search) const {
    if (context_.system.promised.contains(search.name))
      search.found = promised_library(context_, search.name, FoundBy::promised);
    else if (context_.system.driver.contains(search.name))
      search.found = promised_library(context_, search.name, FoundBy::driver);
  }

  void open_path(Search& search, const NameRequest& request, LoadedSet& loaded) const {
    const auto& caller = request.caller;  // what another object needs was expanded before
    const auto path =
        caller ? expand_glibc(request.name, loaded.paths(*caller).origin, context_.system) : request.name;
    if (const auto* node = find_path(context_, path)) verify(search, *node, path, FoundBy::path);
  }

  /// Takes the file, ends the search because of it, or skips it.
  void verify(Search& search, const TreeNode& node, const std::string& path, FoundBy found_by) const {
    const auto words = refusal(node, search.at_start);
    if (!words.empty()) {
      search.failure = path + ": " + words;
      return;
    }
    const auto& info = node.content()->info;
    if (info.bits != context_.system.bits) {
      search.other_class = true;
    } else if (info.machine == context_.system.machine) {
      if (!info.is_dynamic)
        search.failure = path + ": object file has no dynamic section";
      else
        search.found =
            FoundFile{.path = path, .node = &node, .content = node.content(), .found_by = found_by};
    }
  }

  /// Why the file ends the search; empty if it doesn't.
  static std::string refusal(const TreeNode& node, bool at_start) {
    // Before the C library is loaded, the loader has few of its messages.
    if (node.is_folder())
      return std::string("cannot read file data: ") + (at_start ? "Error 21" : "Is a directory");
    const auto& content = *node.content();
    using Kind = FileContent::Kind;
    if (content.kind == Kind::too_short) return "file too short";
    if (content.kind == Kind::damaged) return content.damage;
    if (content.kind == Kind::no_library || content.info.format != BinaryFormat::elf)
      return "invalid ELF header";
    return {};
  }

  LoaderContext context_;
  std::optional<SearchList> library_path_;
  SearchList system_folders_;
};

}  // namespace

std::unique_ptr<SearchRules> glibc_rules(const LoaderContext& context) {
  return std::make_unique<GlibcRules>(context);
}

}  // namespace wheelfix

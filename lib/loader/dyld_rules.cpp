#include <algorithm>

#include "base/text.hpp"
#include "loader/search_entry.hpp"
#include "loader/search_rules.hpp"

namespace wheelfix {
namespace {

/// Of the places that were tried; dyld lists all of them.
constexpr std::size_t longest_told = 8192;

/// One request, through all places that it may lead to.
struct DyldSearch {
  const NameRequest& request;
  LoadedSet& loaded;
  std::optional<std::size_t> known = {};
  std::optional<FoundFile> found = {};
  std::size_t untold = 0;  // places after those
  std::string tried = {};  // `'/a/libx.dylib' (no such file), '/b/libx.dylib' (no such file)`

  bool is_over() const { return known || found; }
};

/// `rest` if the text is only the token, or the token and a path after it.
std::optional<std::string_view> after_token(std::string_view text, std::string_view token) {
  if (!text.starts_with(token)) return std::nullopt;
  text.remove_prefix(token.size());
  return text.empty() || text.starts_with('/') ? std::optional(text) : std::nullopt;
}

/// The system's libraries are in dyld's shared cache, not on disk.
bool is_of_system(std::string_view path) {
  return path.starts_with("/usr/lib/") || path.starts_with("/System/Library/");
}

std::string join_quoted(const BinaryInfo& info) {
  if (info.slices.empty()) return info.machine;
  std::string text;
  for (const auto& slice : info.slices) text += (text.empty() ? "" : ",") + slice.machine;
  return text;
}

class DyldRules : public SearchRules {
 public:
  explicit DyldRules(const LoaderContext& context) : context_(context) {}

  bool is_depth_first() const override { return true; }

  Answer resolve(const NameRequest& request, LoadedSet& loaded) override {
    DyldSearch search{.request = request, .loaded = loaded};
    search_name(search);
    if (search.known) return already_loaded(request, *search.known);
    if (search.found) {
      search.known = loaded.find_content(search.found->content.get());
      if (search.known) return already_loaded(request, *search.known, &*search.found);
      return {.found = std::move(search.found)};
    }
    if (request.kind == NeededKind::weak) return {};
    return {.failure = words(search)};
  }

  /// For a library that is found; dyld knows it by its path without symlinks.
  std::string origin_of(const FoundFile& found) const override { return folder_of(found.path); }

  /// An install name serves requests for just that name.
  void enter(std::size_t object, const NameRequest&, FoundBy, LoadedSet& loaded) const override {
    const auto& entered = loaded.objects()[object];
    loaded.add_name(entered.path, object);
    if (entered.info().soname) loaded.add_name(*entered.info().soname, object);
  }

 private:
  void search_name(DyldSearch& search) const {
    const auto& name = search.request.name;
    if (const auto rest = after_token(name, "@rpath")) {
      search.known = search.loaded.find_name(name);
      if (!search.known) search_rpaths(search, std::string(*rest));
    } else if (name.starts_with('@') || name.starts_with('/')) {
      if (const auto path = expand(search, name, requester(search))) attempt(search, *path, FoundBy::path);
    } else {
      search_relative(search);
    }
  }

  /// A name without a folder that is requested at run time is also looked for in the search paths.
  void search_relative(DyldSearch& search) const {
    const auto& name = search.request.name;
    if (!search.request.needed_by) {
      search.known = search.loaded.find_name("@rpath/" + name);
      if (!search.known) search_rpaths(search, "/" + name);
    }
    if (!search.is_over()) attempt(search, name, FoundBy::path);
  }

  std::optional<std::size_t> requester(const DyldSearch& search) const {
    return search.request.needed_by ? search.request.needed_by : search.request.caller;
  }

  /// The next in the chain of LC_RPATHs: the object that needs this one, for a requested one its caller, then
  /// the program.
  std::optional<std::size_t> next(const DyldSearch& search, std::size_t object) const {
    const auto program = search.loaded.program();
    if (object == program) return std::nullopt;
    if (const auto needed_by = search.loaded.objects()[object].needed_by) return needed_by;
    const auto caller = search.loaded.paths(object).caller;
    return caller ? caller : program;
  }

  /// Nothing if a token can't be replaced.
  std::optional<std::string> expand(const DyldSearch& search, std::string_view text,
                                    std::optional<std::size_t> object) const {
    if (const auto rest = after_token(text, "@loader_path"))
      return object ? std::optional(search.loaded.paths(*object).origin + std::string(*rest)) : std::nullopt;
    if (const auto rest = after_token(text, "@executable_path")) {
      const auto program = search.loaded.program();
      return program ? std::optional(search.loaded.paths(*program).origin + std::string(*rest))
                     : std::nullopt;
    }
    return std::string(text);
  }

  void search_rpaths(DyldSearch& search, const std::string& rest) const {
    for (auto object = requester(search); object; object = next(search, *object)) {
      const auto content = search.loaded.objects()[*object].content;
      for (const auto& entry : search.loaded.objects()[*object].info().rpath) {
        auto folder = expand(search, entry, object);
        if (!folder) continue;
        while (folder->ends_with('/')) folder->pop_back();
        attempt(search, *folder + rest, FoundBy::rpath);
        if (search.found) {
          search.found->path_of = object;
          search.found->entry = entry;
        }
        if (search.is_over()) return;
      }
    }
  }

  void attempt(DyldSearch& search, const std::string& path, FoundBy found_by) const {
    search.known = search.loaded.find_name(path);
    if (search.known) return;
    const auto* node = context_.files.may_have(file_name(path)) ? find_path(context_, path) : nullptr;
    if (node == nullptr) {
      if (is_of_system(path)) search.found = promised_library(context_, path, FoundBy::promised);
      if (!search.found) note(search, path, "no such file");
    } else if (node->is_folder()) {
      note(search, path, "not a file");
    } else {
      take(search, *node, path, found_by);
    }
  }

  void take(DyldSearch& search, const TreeNode& node, const std::string& path, FoundBy found_by) const {
    const auto& content = *node.content();
    if (content.kind == FileContent::Kind::damaged) return note(search, path, content.damage);
    const bool is_library =
        content.kind == FileContent::Kind::library && content.info.format == BinaryFormat::macho;
    if (!is_library) return note(search, path, "slice is not valid mach-o file");
    const auto* slice = slice_for(content.info, context_.system.machine);
    if (slice == nullptr) {
      const bool is_fat = !content.info.slices.empty();
      return note(
          search, path,
          std::string(is_fat ? "fat file, but missing compatible" : "mach-o file, but is an incompatible") +
              " architecture (have '" + join_quoted(content.info) + "', need '" + context_.system.machine +
              "')");
    }
    search.found = FoundFile{
        .path = node.path(), .node = &node, .content = node.content(), .found_by = found_by, .slice = slice};
  }

  static void note(DyldSearch& search, const std::string& path, const std::string& reason) {
    if (search.tried.size() > longest_told) {
      ++search.untold;
      return;
    }
    search.tried += (search.tried.empty() ? "'" : ", '") + path + "' (" + reason + ")";
  }

  std::string words(const DyldSearch& search) const {
    const auto& name = search.request.name;
    auto reason = "tried: " + search.tried;
    if (search.untold > 0) reason += " and " + counted(search.untold, "other place");
    if (search.tried.empty())
      reason = after_token(name, "@rpath") ? "no LC_RPATH's found" : "tried: '" + name + "' (no such file)";
    if (!search.request.needed_by) return reason;
    return "Library not loaded: " + name +
           "\n  Referenced from: " + search.loaded.objects()[*search.request.needed_by].path +
           "\n  Reason: " + reason;
  }

  LoaderContext context_;
};

}  // namespace

std::unique_ptr<SearchRules> dyld_rules(const LoaderContext& context) {
  return std::make_unique<DyldRules>(context);
}

}  // namespace wheelfix

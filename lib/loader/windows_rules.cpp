#include "base/text.hpp"
#include "loader/search_entry.hpp"
#include "loader/search_rules.hpp"
#include "loader/windows_names.hpp"

namespace wheelfix {
namespace {

constexpr std::string_view not_found = "The specified module could not be found.";  // error 126
constexpr std::string_view not_valid = "%1 is not a valid Win32 application.";      // error 193

std::string base_name(std::string_view path) {
  return ascii_lower(path.substr(path.find_last_of("/\\") + 1));
}

class WindowsRules : public SearchRules {
 public:
  explicit WindowsRules(const LoaderContext& context) : context_(context) {}

  Answer resolve(const NameRequest& request, LoadedSet& loaded) override {
    if (request.name.find_first_of("/\\") != std::string::npos) return by_path(request, loaded);
    const auto name = base_name(request.name);
    if (const auto known = loaded.find_name(name)) return already_loaded(request, *known);
    if (is_api_set(name)) return promised(name, FoundBy::promised);
    const bool may_be_there = context_.files.may_have(name);
    for (const auto& [folder, found_by] : folders(request, loaded)) {
      if (!may_be_there) break;
      const auto path = folder + "/" + request.name;
      if (const auto* node = find_path(context_, path); node != nullptr && !node->is_folder())
        return take(request, *node, path, found_by, loaded);
    }
    if (context_.system.promised.contains(name) || is_python(name)) return promised(name, FoundBy::promised);
    if (context_.system.driver.contains(name)) return promised(name, FoundBy::driver);
    if (context_.system.redistributable.contains(name)) return promised(name, FoundBy::redistributable);
    return failure(request.name, not_found);
  }

  std::string origin_of(const FoundFile& found) const override { return folder_of(found.path); }

  void enter(std::size_t object, const NameRequest&, FoundBy, LoadedSet& loaded) const override {
    loaded.add_name(base_name(loaded.objects()[object].path), object);
  }

 private:
  static Answer failure(const std::string& name, std::string_view words) {
    return {.failure = name + ": " + std::string(words)};
  }

  Answer promised(const std::string& name, FoundBy found_by) const {
    return {.found = promised_library(context_, name, found_by)};
  }

  Answer by_path(const NameRequest& request, LoadedSet& loaded) const {
    auto path = request.name;
    for (char& c : path) c = c == '\\' ? '/' : c;
    const auto* node = find_path(context_, path);
    if (node == nullptr || node->is_folder()) return failure(request.name, not_found);
    return take(request, *node, path, FoundBy::path, loaded);
  }

  /// Where a name is looked for, without System32, which is promised.
  std::vector<std::pair<std::string, FoundBy>> folders(const NameRequest& request, LoadedSet& loaded) const {
    std::vector<std::pair<std::string, FoundBy>> result;
    if (auto top = request.needed_by) {
      while (const auto above = loaded.objects()[*top].needed_by) top = above;
      if (loaded.objects()[*top].file != nullptr)
        result.emplace_back(loaded.paths(*top).origin, FoundBy::root_folder);
    }
    if (const auto program = loaded.program())
      result.emplace_back(loaded.paths(*program).origin, FoundBy::dll_folder);
    for (const auto& folder : context_.environment.dll_folders)
      result.emplace_back(folder, FoundBy::dll_folder);
    return result;
  }

  Answer take(const NameRequest& request, const TreeNode& node, const std::string& path, FoundBy found_by,
              const LoadedSet& loaded) const {
    FoundFile found{.path = path, .node = &node, .content = node.content(), .found_by = found_by};
    if (const auto known = loaded.find_content(node.content().get()))
      return already_loaded(request, *known, &found);
    const auto& content = *node.content();
    const bool fits = content.kind == FileContent::Kind::library && content.info.format == BinaryFormat::pe &&
                      content.info.machine == context_.system.machine;
    if (!fits) return failure(path, not_valid);
    return {.found = std::move(found)};
  }

  LoaderContext context_;
};

}  // namespace

std::unique_ptr<SearchRules> windows_rules(const LoaderContext& context) {
  return std::make_unique<WindowsRules>(context);
}

}  // namespace wheelfix

#include "environment/external_libraries.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <wheelfix/loader_system.hpp>

#include "base/text.hpp"

namespace wheelfix {
namespace {

using LoadOnFailure = LoadOptions::OnFailure;

bool is_of_python(std::string_view name) {
  constexpr std::string_view prefix = "libpython";
  return name.starts_with(prefix) && name.size() > prefix.size() && is_ascii_digit(name[prefix.size()]);
}

/// Where a system's files are looked up, if there is one for these libraries.
std::filesystem::path usable_sysroot(const PolicyOptions& options, const LoaderSystem& system) {
  if (options.sysroot.empty() || other_system_below(options.sysroot, system)) return {};
  return options.sysroot;
}

class ExternalFinder {
 public:
  ExternalFinder(const WheelEdit& edit, const std::vector<WheelLibrary>& libraries, const PolicyRules& rules,
                 const std::string& tag, const PolicyOptions& options)
      : libraries_(libraries),
        rules_(rules),
        options_(options),
        system_(promised_system({tag})),
        root_(usable_sysroot(options, system_)),
        placed_(Layout::parse("shared"), root_.empty() ? nullptr : files_below(root_)) {
    placed_.add(edit, {libraries, {}});
    // Without the folders of glibc-hwcaps, whose libraries are for newer processors alone.
    if (!root_.empty()) system_ = system_below(root_, system_);
  }

  std::map<std::string, FoundExternal> run() {
    std::set<std::string_view> needed;
    for (const auto& library : libraries_)
      needed.insert(library.info.needed.begin(), library.info.needed.end());
    for (const auto& library : placed_.libraries()) {
      const auto& info = placed_.info(library);
      const bool is_root = library.is_module || !needed.contains(file_name(library.entry));
      if (is_root && info.is_dynamic) load(library.path, info.is_program);
    }
    return std::move(found_);
  }

 private:
  /// What was loaded, and what each object needs.
  struct Loaded {
    std::vector<LoadedObject> objects;
    std::unordered_multimap<std::size_t, const Resolution*> needs;
    std::unordered_multimap<std::string, std::string> lacks;  ///< by path
  };

  void load(const std::string& path, bool is_program) {
    Process process(placed_.files(), system_, {.library_path = options_.library_path});
    const LoadOptions how{.on_failure = LoadOnFailure::go_on};
    const auto result = is_program ? process.start(path, how) : process.load(path, how);
    Loaded loaded{.objects = process.objects(), .needs = {}, .lacks = {}};
    for (const auto& resolution : result.resolutions)
      if (resolution.needed_by) loaded.needs.emplace(*resolution.needed_by, &resolution);
    for (const auto& failure : result.failures)
      if (!failure.chain.empty()) loaded.lacks.emplace(failure.chain.back(), failure.name);
    if (!loaded.objects.empty()) walk(loaded);
  }

  /// From the first object on. What only promised libraries need isn't reached.
  void walk(const Loaded& loaded) {
    std::vector<std::pair<std::size_t, std::string>> waiting = {{0, ""}};  // with the name of an external one
    std::unordered_set<std::size_t> seen = {0};
    while (!waiting.empty()) {
      const auto [number, external] = waiting.back();
      waiting.pop_back();
      const auto [first, last] = loaded.needs.equal_range(number);
      for (auto need = first; need != last; ++need) {
        const auto& resolution = *need->second;
        const auto next = visit(loaded, number, external, resolution);
        if (next && seen.insert(resolution.object).second) waiting.emplace_back(resolution.object, *next);
      }
      const auto lacks = loaded.lacks.equal_range(loaded.objects[number].path);
      for (auto lack = lacks.first; lack != lacks.second; ++lack)
        if (!is_left_to_system(lack->second)) note(lack->second, loaded.objects[number], external);
    }
  }

  /// The object is to be followed as an external library of this name, or as one of the wheel.
  std::optional<std::string> visit(const Loaded& loaded, std::size_t number, const std::string& external,
                                   const Resolution& need) {
    if (is_left_to_system(need.name)) return std::nullopt;
    const auto& object = loaded.objects[need.object];
    if (object.file != nullptr && placed_.find(object.file->path()) != nullptr) return "";
    const bool is_c_library =
        object.file == nullptr && need.found_by != FoundBy::driver && !rules_.library_since(need.name);
    if (is_c_library) return std::nullopt;
    auto& found = note(need.name, loaded.objects[number], external);
    const bool is_followed = found.library.kind == ExternalLibrary::Kind::library && !found.library.since;
    if (object.file == nullptr || !is_followed) return std::nullopt;
    found.library.path = object.path;
    found.versions_needed = object.info().versions_needed;
    return need.name;
  }

  /// Whether it is nothing that the wheel lacks.
  bool is_left_to_system(const std::string& name) {
    if (name == system_.loader || options_.brought.contains(name)) return true;
    const auto since = rules_.library_since(name);
    return since && *since <= rules_.oldest();
  }

  FoundExternal& note(const std::string& name, const LoadedObject& needs, const std::string& external) {
    auto& found = found_[name];
    auto& library = found.library;
    library.name = name;
    library.since = rules_.library_since(name);
    library.out_of_reach = entry_named(name);
    if (is_of_python(name)) library.kind = ExternalLibrary::Kind::python;
    if (system_.driver.contains(name)) library.kind = ExternalLibrary::Kind::driver;
    auto& needed_by = external.empty() ? library.needed_by : library.needed_by_others;
    const auto who = external.empty() ? placed_.find(needs.file->path())->entry : external;
    if (std::ranges::find(needed_by, who) == needed_by.end()) needed_by.push_back(who);
    return found;
  }

  std::string entry_named(const std::string& name) const {
    const auto found = std::ranges::find_if(libraries_, [&](const WheelLibrary& library) {
      return file_name(library.path) == name || library.info.soname == name;
    });
    return found == libraries_.end() ? "" : found->path;
  }

  const std::vector<WheelLibrary>& libraries_;
  const PolicyRules& rules_;
  const PolicyOptions& options_;
  LoaderSystem system_;
  std::filesystem::path root_;
  PlacedWheels placed_;
  std::map<std::string, FoundExternal> found_;
};

}  // namespace

std::map<std::string, FoundExternal> external_libraries(const WheelEdit& edit,
                                                        const std::vector<WheelLibrary>& libraries,
                                                        const PolicyRules& rules, const std::string& tag,
                                                        const PolicyOptions& options) {
  return ExternalFinder(edit, libraries, rules, tag, options).run();
}

}  // namespace wheelfix

#include <algorithm>
#include <wheelfix/imports.hpp>
#include <wheelfix/platform_tag.hpp>

#include "base/glob.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"
#include "environment/import_code.hpp"
#include "environment/python_loads.hpp"
#include "environment/python_tag.hpp"
#include "environment/required_wheels.hpp"
#include "environment/wheel_set.hpp"

namespace wheelfix {
namespace {

std::vector<std::string> platform_tags(const std::vector<WheelEdit>& wheels) {
  std::vector<std::string> tags;
  for (const auto& edit : wheels) {
    const auto name = edit.output_name();
    tags.insert(tags.end(), name.platform_tags().begin(), name.platform_tags().end());
  }
  return tags;
}

/// The newest Python that a tag is for; nothing if it is for all newer ones too.
std::optional<PlatformVersion> newest_python(const WheelName& name) {
  std::optional<PlatformVersion> newest;
  const auto is_stable = [](const std::string& abi) { return abi.starts_with("abi3"); };
  if (std::ranges::any_of(name.abi_tags(), is_stable)) return std::nullopt;
  for (const auto& tag : name.python_tags()) {
    const auto python = parse_cpython_tag(tag);
    if (!python) return std::nullopt;
    newest = std::max(newest, std::optional(PlatformVersion{python->version.major, python->version.minor}));
  }
  return newest;
}

/// The newest that takes all wheels.
std::optional<PlatformVersion> newest_python(const std::vector<WheelEdit>& wheels) {
  std::optional<PlatformVersion> newest;
  for (const auto& edit : wheels) {
    const auto own = newest_python(edit.wheel().name());
    if (own && (!newest || *own < *newest)) newest = own;
  }
  return newest;
}

/// Whether a wheel's code gives a folder of the tree to os.add_dll_directory: by its place below the wheel's
/// root, or by the end of its path, as below sys.prefix. If nothing is known of what it gives, each of the
/// wheel's own folders may be meant.
bool is_given(const WheelSet& set, std::size_t wheel, const PlacedLibrary& library) {
  const auto folder = std::string(folder_part(library.path));
  const auto root = set.placed.folder_of(set.wheels[wheel].wheel());
  return std::ranges::any_of(set.loads.dll_folders[wheel], [&](const std::string& glob) {
    if (glob == "*") return library.wheel == wheel;
    const auto place = glob.starts_with('/') ? root + glob : glob;
    return glob_matches(place.ends_with('/') ? place : place + '/', folder);
  });
}

/// The folders of DLLs that the wheels add on Windows, in order of their libraries.
std::vector<std::string> find_dll_folders(const WheelSet& set) {
  std::vector<std::string> folders;
  for (const auto& library : set.placed.libraries()) {
    if (!ascii_lower(library.path).ends_with(".dll")) continue;
    auto folder = library.path.substr(0, library.path.rfind('/'));
    if (std::ranges::find(folders, folder) != folders.end()) continue;
    bool is_added = false;
    for (std::size_t wheel = 0; wheel < set.wheels.size() && !is_added; ++wheel)
      is_added = is_given(set, wheel, library);
    if (is_added) folders.push_back(std::move(folder));
  }
  return folders;
}

/// What depends on the libraries of all wheels.
void read_environment(WheelSet& set, SetCode code = {}) {
  code.codes.resize(set.wheels.size());
  // The first of two tasks has one thread.
  for_each_parallel(2, code.jobs, [&](std::size_t task) {
    if (task == 0)
      set.code = std::make_shared<ImportCode>(set.wheels, set.placed, set.system, code.jobs);
    else if (!code.loads)
      read_loads(set.wheels, code.codes, code.jobs);
  });
  set.loads = code.loads ? std::move(*code.loads) : find_loads(set.wheels, code.codes, set.placed);
  set.code->begin_with(std::move(code.codes));
  if (set.system.kind == LoaderKind::windows) set.environment.dll_folders = find_dll_folders(set);
}

}  // namespace

std::unique_ptr<WheelSet> read_wheel_set(std::vector<WheelEdit> wheels, const Layout& layout,
                                         const ReadLibrariesOptions& options, const SetSystem& system) {
  auto libraries = read_libraries(wheels, options);
  return make_wheel_set(std::move(wheels), std::move(libraries), layout,
                        {.codes = {}, .loads = {}, .jobs = options.jobs}, system);
}

std::unique_ptr<WheelSet> make_wheel_set(std::vector<WheelEdit> wheels, std::vector<WheelLibraries> libraries,
                                         const Layout& layout, std::optional<PythonLoads> loads,
                                         const SetSystem& system) {
  return make_wheel_set(std::move(wheels), std::move(libraries), layout,
                        SetCode{.codes = {}, .loads = std::move(loads), .jobs = 0}, system);
}

std::unique_ptr<WheelSet> make_wheel_set(std::vector<WheelEdit> wheels, std::vector<WheelLibraries> libraries,
                                         const Layout& layout, SetCode code, const SetSystem& its) {
  auto system = promised_system(its.platform_tags.empty() ? platform_tags(wheels) : its.platform_tags,
                                newest_python(wheels));
  const auto& sysroot = its.sysroot;
  auto other_sysroot = sysroot.empty() ? std::nullopt : other_system_below(sysroot, system);
  const bool is_promised = sysroot.empty() || other_sysroot;
  if (!is_promised) system = system_below(sysroot, system, host_hwcaps());
  const auto name_case =
      system.kind == LoaderKind::windows ? FileTree::NameCase::folded : FileTree::NameCase::exact;
  PlacedWheels placed(layout, is_promised ? nullptr : files_below(sysroot), name_case);
  auto set = std::make_unique<WheelSet>(WheelSet{.wheels = std::move(wheels),
                                                 .libraries = std::move(libraries),
                                                 .placed = std::move(placed),
                                                 .loads = {},
                                                 .system = std::move(system),
                                                 .other_sysroot = std::move(other_sysroot),
                                                 .environment = its.environment,
                                                 .requires_wheels = {},
                                                 .code = {}});
  set->placed.set_abis(its.abis);
  for (std::size_t i = 0; i < set->wheels.size(); ++i) set->placed.add(set->wheels[i], set->libraries[i]);
  read_environment(*set, std::move(code));
  set->requires_wheels = find_required(set->wheels, set->system);
  return set;
}

void add_libraries(WheelSet& set, const std::vector<AddedLibrary>& libraries) {
  for (const auto& [wheel, entry, content, how] : libraries) {
    auto& edit = set.wheels[wheel];
    edit.set_content(entry, content, how);
    edit.set_mode(entry, 0755);
    const auto library = read_library(edit, entry);
    auto& others = set.libraries[wheel].libraries;
    others.insert(std::ranges::lower_bound(others, entry, {}, &WheelLibrary::path), library);
    set.placed.insert(wheel, edit, library);
  }
  read_environment(set);
}

}  // namespace wheelfix

#include "environment/missing_libraries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <wheelfix/stub.hpp>

#include "base/text.hpp"
#include "environment/import_code.hpp"
#include "environment/library_index.hpp"
#include "environment/required_wheels.hpp"
#include "loader/library_names.hpp"

namespace wheelfix {
namespace {

/// RECORD may name what a wheel can't have: `../x.so`.
bool can_be_entry(const std::string& path) {
  const std::filesystem::path place(path);
  return place.is_relative() && place.lexically_normal().string() == path && *place.begin() != "..";
}

class MissingFinder {
 public:
  MissingFinder(const WheelSet& set, const LibraryIndex& names)
      : set_(set), process_(set.placed.files(), set.system, set.environment), names_(names) {}

  std::vector<MissingLibrary> run() {
    add_recorded();
    for (const auto& load : set_.loads.by_path) add_loaded(load);
    add_needed();
    std::vector<MissingLibrary> result;
    for (auto& [key, library] : found_) result.push_back(std::move(library));
    return result;
  }

 private:
  /// The name by which files are found: the last part of a path, in lower case for Windows.
  std::string name_of(std::string_view path) const {
    const auto name = file_name(path);
    return set_.system.kind == LoaderKind::windows ? ascii_lower(name) : std::string(name);
  }

  MissingLibrary& at(std::size_t wheel, const std::string& entry) {
    auto& library = found_[{wheel, entry}];
    library.wheel = wheel;
    library.entry = entry;
    return library;
  }

  void add_recorded() {
    for (const auto& [wheel, entry] : set_.code->lost_libraries()) {
      if (!can_be_entry(entry)) continue;
      at(wheel, entry).is_recorded = true;
      places_.emplace(std::pair(wheel, name_of(entry)), entry);
    }
  }

  /// A call that may load other files too, or that finds one of its own, lacks nothing.
  void add_loaded(const LoadedByCode& load) {
    std::vector<std::string> wanted;
    std::ranges::copy_if(load.paths, std::back_inserter(wanted),
                         [&](const std::string& path) { return is_named_for(set_.system.kind, path); });
    const auto is_there = [&](const std::string& path) {
      return std::ranges::any_of(set_.wheels, [&](const auto& edit) { return edit.contains(path); });
    };
    if (wanted.empty() || std::ranges::any_of(wanted, is_there)) {
      for (const auto& path : wanted)
        if (!load.is_caught && is_there(path)) loaded_.emplace(load.wheel, path);
      return;
    }
    if (!load.is_complete) return;
    places_.emplace(std::pair(load.wheel, name_of(wanted.front())), wanted.front());
    auto& library = at(load.wheel, wanted.front());
    library.is_certain |= !load.is_caught && !load.is_for_file_there;
    if (std::ranges::count(library.loaded_by, load.entry) == 0) library.loaded_by.push_back(load.entry);
    if (library.message.empty()) library.message = words_for(load.wheel, wanted.front());
  }

  /// The loader's message about a path that doesn't exist, without the folder.
  std::string words_for(std::size_t wheel, const std::string& entry) const {
    const auto path = set_.placed.folder_of(set_.wheels[wheel].wheel()) + "/" + entry;
    const auto folder = folder_part(path);
    Process process(set_.placed.files(), set_.system, set_.environment);
    auto message = printable_message(process.load(path).failures.at(0));
    for (auto at = message.find(folder); at != std::string::npos; at = message.find(folder, at))
      message.erase(at, folder.size());
    return message;
  }

  /// In one process, because a name that is nowhere fails whatever is loaded before.
  void add_needed() {
    const auto& libraries = set_.placed.libraries();
    for (const auto& library : libraries) {
      if (library.is_module || loaded_.contains({library.wheel, library.entry})) load(library, true);
    }
    std::set<std::size_t> failing;
    for (const auto& preloading : set_.loads.preloading) failing.insert(preloading.wheel);
    std::erase_if(failing, [&](std::size_t wheel) { return !has_failing_module(wheel); });
    for (const auto& preloading : set_.loads.preloading) {
      if (!failing.contains(preloading.wheel)) continue;
      for (const auto& path : preloading.paths) load(*set_.placed.find(path), true);
    }
    for (const auto& library : libraries) load(library, false);
  }

  /// Then what the package's own code loads matters.
  bool has_failing_module(std::size_t wheel) const {
    return std::ranges::any_of(set_.placed.libraries(), [&](const PlacedLibrary& library) {
      return library.wheel == wheel && library.is_module &&
             !Process(set_.placed.files(), set_.system, set_.environment).load(library.path).ok();
    });
  }

  void load(const PlacedLibrary& library, bool is_certain) {
    const auto loaded =
        process_.load(library.path, {.caller = {}, .on_failure = LoadOptions::OnFailure::go_on});
    if (is_certain && !loaded.ok() && library.is_module) is_certain = !is_optional(library);
    for (const auto& failure : loaded.failures) {
      if (failure.chain.empty() || names_.has(failure.name)) continue;
      if (const auto* needs = set_.placed.find_loaded(failure.chain.back()))
        add_needed_by(*needs, failure, is_certain);
    }
  }

  bool is_optional(const PlacedLibrary& module) const {
    return predict_import(set_.scene(), {module.wheel, module.entry, module.path}).is_optional;
  }

  void add_needed_by(const PlacedLibrary& needs, const LoadFailure& failure, bool is_certain) {
    const auto key = std::pair(needs.wheel, name_of(failure.name));
    const auto beside = std::string(folder_part(needs.entry)) + std::string(file_name(failure.name));
    auto& library = at(needs.wheel, places_.emplace(key, beside).first->second);
    library.is_certain |= is_certain;
    library.name = failure.name;
    if (library.message.empty()) library.message = printable_message(failure);
    if (needs_.emplace(&library, needs.entry).second) library.needed_by.push_back(needs.entry);
  }

  const WheelSet& set_;
  Process process_;
  const LibraryIndex& names_;
  std::set<std::pair<std::size_t, std::string>> loaded_;  ///< by Python code that fails with them
  /// Entries by wheel and name: the place that RECORD or code names, else next to the first library that
  /// needs it.
  std::map<std::pair<std::size_t, std::string>, std::string> places_;
  std::map<std::pair<std::size_t, std::string>, MissingLibrary> found_;
  std::set<std::pair<const MissingLibrary*, std::string>> needs_;  ///< what is in their needed_by
};

/// `needed by a.so, b.so, c.so and 2 more; `, or nothing.
std::string named_after(std::string_view how, const std::vector<std::string>& paths) {
  constexpr std::size_t most = 3;
  if (paths.empty()) return {};
  std::string text(how);
  for (std::size_t i = 0; i < std::min(most, paths.size()); ++i)
    text += (i == 0 ? " " : ", ") + printable(paths[i]);
  if (paths.size() > most) text += fmt::format(" and {} more", paths.size() - most);
  return text + "; ";
}

/// What is installed without a RECORD has conda's list.
const char* words_for_list(const Wheel& wheel) {
  if (wheel.installation() == nullptr) return "is in RECORD, but not in the wheel";
  return wheel.dist_info().empty() ? "is in conda's list of files, but doesn't exist"
                                   : "is in RECORD, but doesn't exist";
}

std::string advice_to_make(const WheelSet& set, const MissingLibrary& library) {
  const auto& folder = set.wheels[library.wheel].wheel().path().string();
  const auto& program = set.environment.program;
  return fmt::format("`wheelfix repair --env {}` makes it", printable(program.empty() ? folder : program));
}

}  // namespace

std::string remedy_for(const WheelSet& set, const MissingLibrary& library) {
  const bool is_own = library.is_recorded || !library.loaded_by.empty();
  if (is_own && set.wheels[library.wheel].wheel().installation() != nullptr)
    return (library.entry == torch_global_deps ? advice_to_make(set, library) + "; " : "") +
           advice_to_reinstall(set, library.wheel);
  if (format_of(set.system.kind) != BinaryFormat::elf && is_own)
    return "the wheel should have it itself: take the published one again, or give the file to `wheelfix "
           "patch "
           "--add`";
  if (format_of(set.system.kind) != BinaryFormat::elf)
    return advice_for_absent(set, library.wheel, library.name,
                             ", or add the file with `wheelfix patch --add`");
  if (library.entry == torch_global_deps) return "`wheelfix repair --auto-stub` makes it";
  if (is_own) return "`wheelfix repair --lib-dir DIR` takes it from a folder that has it";
  return advice_for_absent(set, library.wheel, library.name,
                           ", or a folder that has it with `wheelfix repair --lib-dir`");
}

Finding without_hint(const WheelSet& set, const MissingLibrary& library) {
  const bool has_place = library.is_recorded || !library.loaded_by.empty();
  const auto& source = set.wheels[library.wheel].wheel();
  return {.code = FindingCode::missing_library,
          .severity = library.is_certain || library.is_recorded ? Severity::error : Severity::warning,
          .wheel = source.path().string(),
          .path = has_place ? library.entry : library.needed_by.front(),
          .message = library.message.empty() ? words_for_list(source) : library.message};
}

Finding to_finding(const WheelSet& set, const MissingLibrary& library) {
  auto finding = without_hint(set, library);
  finding.hint = named_after("needed by", library.needed_by) + named_after("loaded by", library.loaded_by) +
                 remedy_for(set, library);
  return finding;
}

std::vector<MissingLibrary> missing_libraries(const WheelSet& set, const LibraryIndex& names) {
  return MissingFinder(set, names).run();
}

std::vector<MissingLibrary> missing_libraries(const WheelSet& set) {
  return missing_libraries(set, LibraryIndex(set));
}

}  // namespace wheelfix

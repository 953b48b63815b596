#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>
#include <wheelfix/error.hpp>
#include <wheelfix/file_tree.hpp>
#include <wheelfix/graft.hpp>
#include <wheelfix/policy.hpp>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/table.hpp"
#include "base/text.hpp"
#include "environment/tables.hpp"
#include "graft/bill_of_materials.hpp"
#include "graft/debian_packages.hpp"
#include "graft/graft_plan.hpp"
#include "graft/grafted_name.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string, std::less<>>;

/// One wheel and what is added to it.
class WheelGraft {
 public:
  /// `brought`: what other wheels of the set have.
  WheelGraft(WheelEdit edit, std::size_t number, const WheelLibraries& libraries, Names brought,
             const GraftOptions& options)
      : edit_(std::move(edit)),
        number_(number),
        libraries_(libraries),
        options_(options),
        policy_(wheel_policy(edit_, libraries_,
                             {.sysroot = options.sysroot,
                              .library_path = options.library_path,
                              .brought = std::move(brought)})) {}

  WheelEdit run(GraftReport& report) {
    refuse_others();
    choose();
    report_missing(report);
    if (!files_.empty()) {
      add_files();
      note_packages();
    }
    change_libraries(report);
    retag();
    if (!files_.empty()) add_bill();
    report.tags.push_back(edit_.output_name().platform_tags());
    std::ranges::move(grafted_, std::back_inserter(report.libraries));
    return std::move(edit_);
  }

 private:
  std::string wheel_path() const { return edit_.wheel().path().string(); }

  void refuse_others() const {
    if (policy_.system == PlatformTag::System::any)
      throw Error(ErrorCode::bad_wheel, wheel_path(), "has no library, so nothing can be grafted to it",
                  "leave it out, or give it by --with");
    if (policy_.tag.empty())
      throw Error(ErrorCode::bad_wheel, wheel_path(), "has no library of Linux: only those can be grafted",
                  "delvewheel does it for Windows, and delocate for macOS");
    if (PlatformTag::parse(policy_.grafted_tag).system == PlatformTag::System::any_linux)
      throw Error(
          ErrorCode::bad_wheel, wheel_path(), "fits no platform tag that an index takes: " + in_the_way(),
          "build it on an older system, like the images of manylinux; `wheelfix doctor --policy` lists all");
  }

  /// Why not even the newest policy allows it.
  std::string in_the_way() const {
    const auto reason = std::ranges::find_if(policy_.reasons, [](const PolicyReason& one) {
      return one.kind != PolicyReason::Kind::library && !one.since;
    });
    if (reason == policy_.reasons.end()) return "no policy allows it";
    return fmt::format("{} needs {}", printable(reason->path), what_is_needed(*reason));
  }

  /// The new tag by all its names, `manylinux2014_x86_64` too, and those that are of another system.
  std::vector<std::string> new_tags() const {
    std::vector<std::string> tags = {policy_.grafted_tag};
    const auto tag = PlatformTag::parse(tags.front());
    for (const auto& alias : table_rows(linux_policies_table, "aliases")) {
      auto other = fmt::format("{}_{}", alias[0], tag.machine);
      if (PlatformTag::parse(other) == tag) tags.push_back(std::move(other));
    }
    for (const auto& text : edit_.wheel().name().platform_tags()) {
      const auto old = PlatformTag::parse(text);
      const bool is_replaced = old.system == tag.system || old.system == PlatformTag::System::any_linux ||
                               old.system == PlatformTag::System::any;
      if (!is_replaced || (!old.machine.empty() && old.machine != tag.machine)) tags.push_back(text);
    }
    std::ranges::sort(tags);
    return tags;
  }

  /// The externals that the new tag doesn't promise.
  void choose() {
    const auto version = PlatformTag::parse(policy_.grafted_tag).version;
    for (const auto& external : policy_.externals) {
      if (external.kind == ExternalLibrary::Kind::python) names_.dropped.insert(external.name);
      if (external.kind != ExternalLibrary::Kind::library) continue;
      if (external.since && version && *external.since <= *version) continue;
      if (!external.out_of_reach.empty()) continue;  // it needs another search path
      if (external.path.empty())
        missing_.push_back(&external);
      else
        files_[real_path(external.path)].push_back(external.name);
    }
  }

  /// Debian's name for the package of a library. Source: Debian Policy 8.1.
  static std::string package_name(std::string_view soname) {
    const auto at = soname.find(".so.");
    if (at == 0 || at == std::string_view::npos) return {};
    std::string base = ascii_lower(soname.substr(0, at));
    std::ranges::replace(base, '_', '-');
    return base + (is_ascii_digit(base.back()) ? "-" : "") + std::string(soname.substr(at + 4));
  }

  void report_missing(GraftReport& report) const {
    for (const auto* external : missing_) {
      const auto& own = external->needed_by;
      const auto& others = external->needed_by_others;
      const auto& by = own.empty() ? others.front() : own.front();
      const auto package = package_name(external->name);
      report.findings.push_back(
          {.code = FindingCode::missing_library,
           .severity = Severity::error,
           .wheel = wheel_path(),
           .path = own.empty() ? std::nullopt : std::optional(by),
           .message = fmt::format("{}needs {}, which no wheel of the set has, nor the system below {}",
                                  own.empty() ? printable(by) + " " : "", printable(external->name),
                                  options_.sysroot.string()),
           .hint = fmt::format("give the wheel that has it by --with, or install the package{}{}",
                               package.empty() ? "" : ", on Debian mostly " + printable(package),
                               options_.sysroot == "/" ? "; LD_LIBRARY_PATH names further folders" : "")});
    }
  }

  /// The file that a path of the system leads to.
  std::string real_path(const std::string& path) const {
    const auto* node = system_files_.find(path);
    return node == nullptr ? path : node->path();
  }

  fs::path on_this_machine(const fs::path& file) const { return options_.sysroot / file.relative_path(); }

  void add_files() {
    const auto folder = edit_.wheel().name().distribution() + ".libs/";
    for (auto& [file, names] : files_) {
      auto content =
          read_file(on_this_machine(file), options_.max_library_size, "--max-entry-size raises the limit");
      auto sha256 = sha256_hex(content);
      const auto entry = folder + grafted_name(file.filename().string(), sha256);
      if (!edit_.contains(entry)) {
        edit_.set_content(entry, std::move(content));
        edit_.set_mode(entry, 0755);
      }
      for (const auto& name : names) names_.entries.emplace(name, entry);
      grafted_.push_back({.wheel = number_,
                          .entry = entry,
                          .names = names,
                          .file = file,
                          .sha256 = std::move(sha256),
                          .package = {},
                          .licence_entry = {}});
    }
    std::ranges::sort(grafted_, {}, &GraftedLibrary::entry);
  }

  void note_packages() {
    std::set<std::string> paths;
    for (const auto& library : grafted_) paths.insert(library.file.string());
    const auto packages = debian_packages_of(options_.sysroot, paths);
    for (auto& library : grafted_) {
      const auto found = packages.find(library.file.string());
      if (found == packages.end()) continue;
      const auto& package = found->second;
      library.package = {package.name, package.version, package.url, main_licence(package.copyright)};
      if (package.copyright.empty()) continue;
      library.licence_entry = fmt::format("{}/licenses/{}.libs/{}/copyright", edit_.wheel().dist_info(),
                                          edit_.wheel().name().distribution(), package.name);
      edit_.set_content(*library.licence_entry, package.copyright);
    }
  }

  void change_libraries(GraftReport& report) {
    std::vector<LibraryRule> rules;
    for (const auto& unedited : libraries_.libraries) {
      if (unedited.info.format != BinaryFormat::elf || !names_.concern(unedited.info)) continue;
      auto library = unedited;
      if (is_script(edit_.wheel(), library.path)) library.path = move_script(library.path);
      std::ranges::move(rules_for_own(edit_.wheel(), library, names_), std::back_inserter(rules));
    }
    for (const auto& library : grafted_)
      std::ranges::move(rules_for_grafted(library.entry, read_library(edit_, library.entry).info, names_),
                        std::back_inserter(rules));
    auto done =
        apply_library_rules(edit_, rules, {.verification = options_.verification, .jobs = options_.jobs});
    std::ranges::move(done.findings, std::back_inserter(report.findings));
  }

  /// Programs in bin are moved to a folder beside the package, because from bin no search path leads to it on
  /// every system. A script that starts the program takes its place.
  std::string move_script(const std::string& entry) {
    const auto name = std::string(file_name(entry));
    const auto place = fmt::format("{}.scripts/{}", edit_.wheel().name().distribution(), name);
    const auto mode = edit_.mode(entry);
    edit_.rename(entry, place);
    edit_.set_content(entry, starting_script(place));
    edit_.set_mode(entry, mode);
    return place;
  }

  void retag() {
    auto tags = edit_.wheel().name().tags();
    tags.platform = new_tags();
    if (tags != edit_.wheel().name().tags()) edit_.set_tags(std::move(tags));
  }

  /// Under the first name that is free, because an earlier one has other libraries.
  void add_bill() {
    const auto folder = edit_.wheel().dist_info() + "/sboms/wheelfix";
    std::string entry;
    for (unsigned number = 1; entry.empty() || edit_.contains(entry); ++number)
      entry = fmt::format("{}{}.cdx.json", folder, number == 1 ? "" : fmt::format("-{}", number));
    edit_.set_content(entry, bill_of_materials(edit_.output_name(), grafted_, options_.tool_version));
  }

  WheelEdit edit_;
  std::size_t number_;
  const WheelLibraries& libraries_;
  const GraftOptions& options_;
  WheelPolicy policy_;
  FileTree system_files_{FileTree::NameCase::exact, files_below(options_.sysroot)};
  std::map<fs::path, std::vector<std::string>> files_;  ///< what is grafted, by file the names
  std::vector<const ExternalLibrary*> missing_;
  NewNames names_;
  std::vector<GraftedLibrary> grafted_;
};

/// What is known of a wheel's libraries after it was grafted; only what changed is read again.
WheelLibraries read_grafted(const WheelEdit& edit, const WheelLibraries& before, unsigned jobs) {
  auto libraries = read_edited_libraries(edit, before, {.jobs = jobs});
  for (auto& library : libraries.libraries) library.symbols.reset();
  return libraries;
}

/// The names of the libraries of all wheels but one.
Names names_of_others(const std::vector<WheelLibraries>& libraries, std::size_t own) {
  Names names;
  for (std::size_t i = 0; i < libraries.size(); ++i) {
    if (i == own) continue;
    for (const auto& library : libraries[i].libraries) {
      names.emplace(file_name(library.path));
      if (library.info.soname) names.insert(*library.info.soname);
    }
  }
  return names;
}

}  // namespace

GraftReport graft(std::vector<WheelEdit>& wheels, const std::vector<WheelEdit>& others,
                  const GraftOptions& options) {
  auto libraries =
      read_libraries(wheels, {.jobs = options.jobs, .progress = options.progress, .symbols = true});
  std::ranges::move(read_libraries(others, {.jobs = options.jobs, .progress = options.progress}),
                    std::back_inserter(libraries));
  GraftReport report;
  std::vector<WheelEdit> edited;
  for (std::size_t i = 0; i < wheels.size(); ++i)
    edited.push_back(
        WheelGraft(wheels[i], i, libraries[i], names_of_others(libraries, i), options).run(report));
  for (std::size_t i = 0; i < edited.size(); ++i)
    libraries[i] = read_grafted(edited[i], libraries[i], options.jobs);
  report.read = std::move(libraries);
  wheels = std::move(edited);
  return report;
}

}  // namespace wheelfix

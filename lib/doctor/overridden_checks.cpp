#include "doctor/overridden_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <wheelfix/error.hpp>
#include <wheelfix/version.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "cuda/names.hpp"
#include "library/entry_source.hpp"
#include "loader/library_names.hpp"

namespace wheelfix {
namespace {

using Release = std::vector<std::uint64_t>;

/// `8.9.7` of libcudnn.so.8.9.7. Nothing for one number, which is that of the soname.
std::optional<Release> release_in(std::string_view name) {
  constexpr std::string_view mark = ".so.";
  const auto at = name.find(mark);
  if (at == name.npos) return std::nullopt;
  const auto version = Version::try_parse(name.substr(at + mark.size()));
  return version && version->release().size() > 1 ? std::optional(version->release()) : std::nullopt;
}

/// As far as both say: 8.9.2 and 8.9.2.26 are the same.
bool is_same(const Release& a, const Release& b) {
  return std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(std::min(a.size(), b.size())),
                    b.begin());
}

bool has_compatible_versions(std::string_view name) {
  return name.starts_with("libstdc++.so") || name.starts_with("libgcc_s.so");
}

class OverriddenChecker {
 public:
  OverriddenChecker(const WheelSet& set, const std::filesystem::path& sysroot)
      : set_(set), sysroot_(sysroot) {}

  std::vector<Finding> run(const std::vector<PredictedImport>& imports) {
    for (const auto& predicted : imports)
      for (const auto& library : predicted.from_outside) check(library);
    for (const auto& library : set_.placed.libraries())
      if (is_cudnn_itself(library)) check_parts(library);
    return std::move(findings_);
  }

 private:
  bool is_cudnn_itself(const PlacedLibrary& library) const {
    const auto name = parse_cuda_library(file_name(library.path));
    return set_.placed.files().has_source() && file_name(library.path).starts_with("libcudnn.so.") && name &&
           name->product == CudaProduct::cudnn;
  }

  /// cuDNN's parts, libcudnn_ops.so.9, which it opens by their names when they are needed. Source: NVIDIA's
  /// cuDNN documentation, "Sub-libraries".
  void check_parts(const PlacedLibrary& cudnn) {
    Process process(set_.placed.files(), set_.system, set_.environment);
    const auto loaded = process.load(cudnn.path, {.on_failure = LoadOptions::OnFailure::go_on});
    for (const auto& part : set_.placed.libraries()) {
      const auto name = std::string(file_name(part.path));
      if (part.wheel != cudnn.wheel || !name.starts_with("libcudnn_")) continue;
      const auto opened = process.load(name, {.caller = loaded.first_object});
      if (!opened.ok() || opened.resolutions.empty()) continue;
      const auto& found = opened.resolutions.front();
      check({.name = name,
             .needed_by = cudnn.path,
             .path = process.objects()[found.object].path,
             .loaded_by = cudnn.path},
            part);
    }
  }

  void check(const OutsideLibrary& library) {
    if (const auto* meant = library_meant(library)) check(library, *meant);
  }

  /// Each name and file once.
  void check(const OutsideLibrary& library, const PlacedLibrary& meant) {
    if (!known_.emplace(library.name, library.path).second) return;
    const auto* loaded = set_.placed.files().find(library.path);
    if (loaded == nullptr || loaded->is_folder() || set_.placed.find(loaded->path()) != nullptr) return;
    const auto file = sysroot_ / std::filesystem::path(loaded->path()).relative_path();
    if (is_other_version(library.name, meant, *loaded, file)) report(library, meant, loaded->path());
  }

  /// What the search paths of the library that needs it lead to, in a process of its own with nothing around.
  const PlacedLibrary* library_meant(const OutsideLibrary& library) {
    auto& meant = meant_by_[library.needed_by];
    if (meant.empty()) {
      Process process(set_.placed.files(), set_.system);
      const auto result = process.load(library.needed_by, {.on_failure = LoadOptions::OnFailure::go_on});
      for (const auto& found : result.resolutions)
        if (found.needed_by == result.first_object)
          meant[found.name] = set_.placed.find_loaded(process.objects()[found.object].path);
    }
    const auto found = meant.find(library.name);
    return found == meant.end() ? nullptr : found->second;
  }

  bool is_other_version(const std::string& name, const PlacedLibrary& meant, const TreeNode& loaded,
                        const std::filesystem::path& file) const {
    const auto release = release_in(file_name(loaded.path()));
    const auto wanted = release_of(meant);
    if (release && wanted) {
      if (is_same(*release, *wanted)) return false;
      return !has_compatible_versions(name) || *release < *wanted;
    }
    return !has_compatible_versions(name) && !has_content_of(meant, file);
  }

  /// That of NVIDIA's projects is their libraries' own.
  std::optional<Release> release_of(const PlacedLibrary& library) const {
    const auto& name = set_.wheels[library.wheel].wheel().name();
    if (is_nvidia_project(name.distribution())) return name.version().release();
    const auto* node = set_.placed.files().find(library.path);
    return release_in(file_name(node == nullptr ? library.path : node->path()));
  }

  bool has_content_of(const PlacedLibrary& library, const std::filesystem::path& path) const {
    constexpr std::uint64_t piece = 1 << 20;
    try {
      const auto file = File::open(path);
      const auto& edit = set_.wheels[library.wheel];
      Inflater inflater;
      const auto entry = open_entry(edit, library.entry, inflater);
      if (entry->size() != file.size()) return false;
      FileBytes bytes(file);
      for (std::uint64_t at = 0; at < file.size(); at += piece)
        if (entry->read_up_to(at, piece) != bytes.read_up_to(at, piece)) return false;
      return true;
    } catch (const Error&) {
      return false;
    }
  }

  void report(const OutsideLibrary& library, const PlacedLibrary& meant, const std::string& loaded) {
    const auto* needing = set_.placed.find(library.needed_by);
    const auto& owner = set_.wheels[meant.wheel].wheel().name();
    findings_.push_back(
        {.code = FindingCode::overridden_library,
         .severity = Severity::warning,
         .wheel = set_.wheels[needing->wheel].wheel().path().string(),
         .path = needing->entry,
         .message = fmt::format("libraries of {} are loaded instead of the packages' own\n"
                                "  {} is {}, not {} of {} {}",
                                printable(std::filesystem::path(library.path).parent_path().string()),
                                printable(library.name), printable(loaded), printable(meant.entry),
                                owner.distribution(), owner.version().to_string()),
         .hint = hint_for(library)});
  }

  std::string hint_for(const OutsideLibrary& library) const {
    if (is_of_library_path(library.path))
      return "LD_LIBRARY_PATH has that folder, and the loader searches it before a library's RUNPATH: remove "
             "it from LD_LIBRARY_PATH";
    const auto& program = set_.environment.program;
    const auto* by = set_.placed.find_loaded(library.loaded_by);
    if (by == nullptr)
      return fmt::format(
          "{} loads it first, and a process has one library of a name: use another Python, or "
          "packages that are built for this one",
          printable(library.loaded_by.empty() ? program : library.loaded_by));
    return fmt::format(
        "{} is loaded first, finds only that one, and a process has one library of a name: "
        "import what is in {} first",
        printable(by->entry), printable(library.needed_by));
  }

  bool is_of_library_path(const std::string& path) const {
    auto folders = set_.environment.library_path;
    std::ranges::replace(folders, ';', ':');
    const auto folder = std::filesystem::path(path).parent_path();
    const auto list = split_search_path(folders);
    return std::ranges::any_of(list, [&](const std::string& entry) {
      const auto text = std::filesystem::path(entry).lexically_normal();
      return (text.has_filename() ? text : text.parent_path()) == folder.lexically_normal();
    });
  }

  const WheelSet& set_;
  const std::filesystem::path& sysroot_;
  std::set<std::pair<std::string, std::string>> known_;
  std::map<std::string, std::map<std::string, const PlacedLibrary*>> meant_by_;  ///< by what needs, then name
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> check_overridden(const WheelSet& set, const std::vector<PredictedImport>& imports,
                                      const std::filesystem::path& sysroot) {
  return OverriddenChecker(set, sysroot).run(imports);
}

}  // namespace wheelfix

#include "environment/load_trial.hpp"

#include <algorithm>
#include <filesystem>
#include <unordered_set>

#include "loader/library_names.hpp"
#include "loader/search_entry.hpp"

namespace wheelfix {
namespace {

/// The search path of a library that applies to what it needs, or a library further down its chain.
const std::vector<std::string>& path_that_counts(const LoaderSystem& system, const BinaryInfo& info,
                                                 bool needs_it_itself) {
  static const std::vector<std::string> none;
  if (info.runpath.empty()) return info.rpath;
  return needs_it_itself || system.kind == LoaderKind::musl ? info.runpath : none;
}

std::string expanded(const LoaderSystem& system, const std::string& entry, const std::string& origin) {
  if (system.kind == LoaderKind::musl) return expand_musl(entry, origin).value_or("");
  return expand_glibc(entry, origin, system);
}

bool leads_elsewhere(const WheelSet& set, const std::string& text, std::size_t wheel) {
  if (!text.starts_with('/') || set.placed.files().find(text) != nullptr) return false;
  const auto folder = std::filesystem::path(text).lexically_normal().string();
  const auto& source = set.wheels[wheel].wheel();
  const auto root = set.placed.folder_of(source) + "/";
  return !folder.starts_with(root) || !source.metadata().get_all("Requires-Dist").empty();
}

}  // namespace

bool LoadTrial::lacks(const std::string& name) const {
  return std::ranges::find(failures, name, &LoadFailure::name) != failures.end();
}

LoadTrial try_load(const Process& process, const std::string& path) {
  Process copy(process);
  auto result = copy.load(path, {.on_failure = LoadOptions::OnFailure::go_on});
  LoadTrial trial;
  std::unordered_set<std::string> lacking;
  for (auto& failure : result.failures)
    if (lacking.insert(failure.name).second) trial.failures.push_back(std::move(failure));
  for (auto& resolution : result.resolutions) trial.found.insert(std::move(resolution.name));
  for (const auto& object : result.mapped)
    if (object.file != nullptr) trial.reached.insert(object.file->path());
  return trial;
}

bool may_be_elsewhere(const WheelSet& set, const LoadFailure& failure) {
  if (format_of(set.system.kind) != BinaryFormat::elf) return false;
  bool is_last = true;
  const auto paths = failure.chain.paths();
  for (auto path = paths.rbegin(); path != paths.rend(); ++path, is_last = false) {
    const auto* library = set.placed.find_loaded(*path);
    if (library == nullptr) continue;
    const auto& info = set.placed.info(*library);
    for (const auto& entry : path_that_counts(set.system, info, is_last)) {
      if (leads_elsewhere(set, expanded(set.system, entry, folder_of(*path)), library->wheel)) return true;
    }
    if (is_last && set.system.kind == LoaderKind::glibc && !info.runpath.empty()) return false;
  }
  return false;
}

}  // namespace wheelfix

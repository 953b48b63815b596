#include "lock/patched_wheels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <wheelfix/error.hpp>
#include <wheelfix/wheel.hpp>

#include "base/file_hash.hpp"
#include "base/progress_meter.hpp"
#include "base/text.hpp"

namespace wheelfix {

namespace {

namespace fs = std::filesystem;

void add_wheels_in(const fs::path& folder, std::set<fs::path>& found) {
  std::error_code error;
  for (fs::directory_iterator item(folder, error), end; !error && item != end; item.increment(error)) {
    const auto name = item->path().filename().string();
    if (name.ends_with(".whl") && !name.starts_with('.')) found.insert(item->path());
  }
  if (error) throw_io_error(folder, "list", error.value());
}

/// In an index each project has a folder, and there is a page that lists them.
void add_wheels_of_index(const fs::path& folder, std::set<fs::path>& found) {
  std::error_code error;
  for (fs::directory_iterator item(folder, error), end; !error && item != end; item.increment(error))
    if (is_folder(item->path())) add_wheels_in(item->path(), found);
  if (error) throw_io_error(folder, "list", error.value());
}

std::set<fs::path> find_wheels(const std::vector<fs::path>& paths) {
  std::set<fs::path> found;
  for (const auto& path : paths) {
    std::error_code ignored;
    if (!is_folder(path)) {
      found.insert(path);
    } else if (fs::exists(path / "index.html", ignored)) {
      add_wheels_of_index(path, found);
    } else {
      add_wheels_in(path, found);
    }
  }
  return found;
}

}  // namespace

std::vector<std::string> PatchedVersion::file_names() const {
  std::vector<std::string> names;
  for (const auto& wheel : wheels) names.push_back(wheel.file_name());
  return names;
}

fs::path PatchedVersion::folder() const {
  const auto first = wheels.front().path.parent_path();
  for (const auto& wheel : wheels)
    if (wheel.path.parent_path() != first)
      throw Error(ErrorCode::usage, printable(wheel.path.string()),
                  fmt::format("is in another folder than {}", printable(wheels.front().path.string())),
                  "put all wheels of a project into one folder, or name an index that has them with --index");
  return first;
}

PatchedWheels::PatchedWheels(std::vector<PatchedWheel> wheels) {
  std::ranges::sort(wheels, {}, &PatchedWheel::file_name);
  for (auto& wheel : wheels) {
    const auto project = normalize_project_name(wheel.name.distribution());
    const auto version = wheel.name.version();
    auto& versions = projects_[project];
    const auto same = std::ranges::find(versions, version.public_string(), [](const PatchedVersion& other) {
      return other.version.public_string();
    });
    if (same == versions.end()) {
      versions.push_back({project, version, {std::move(wheel)}});
    } else if (same->version == version) {
      same->wheels.push_back(std::move(wheel));
    } else if (same->version < version) {
      *same = {project, version, {std::move(wheel)}};
    }
  }
}

PatchedWheels PatchedWheels::read(const std::vector<fs::path>& paths, const Limits& limits,
                                  const ProgressCallback& progress) {
  std::vector<Wheel> opened;
  std::uint64_t total = 0;
  for (const auto& path : find_wheels(paths)) {
    if (WheelName::parse(path.filename().string()).version().local().empty()) continue;
    opened.push_back(Wheel::open(path, limits));
    total += File::open(path).size();
  }
  if (opened.empty())
    throw Error(ErrorCode::usage, printable(paths.front().string()),
                "has no wheel whose version has a local label",
                "`wheelfix patch` and `wheelfix repair` write such wheels");
  ProgressMeter meter("hashing", total, progress);
  std::vector<PatchedWheel> wheels;
  for (const auto& wheel : opened) {
    const auto file = File::open(wheel.path());
    wheels.push_back({wheel.path(), wheel.name(), file.size(),
                      hash_file(file, [&](std::uint64_t size) { meter.add(size); }).finish_as_hex()});
    wheel.require_unchanged();
  }
  return PatchedWheels(std::move(wheels));
}

std::vector<std::string> PatchedWheels::projects() const {
  std::vector<std::string> names;
  for (const auto& [name, versions] : projects_) names.push_back(name);
  return names;
}

const std::vector<PatchedVersion>& PatchedWheels::of(std::string_view project) const {
  static const std::vector<PatchedVersion> nothing;
  const auto found = projects_.find(project);
  return found == projects_.end() ? nothing : found->second;
}

}  // namespace wheelfix

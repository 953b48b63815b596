#include "binary/helper_place.hpp"

#include <fmt/format.h>

#include <system_error>
#include <vector>

#include "base/file.hpp"
#include "base/own_folder.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

constexpr OwnFolder helpers = {WHEELFIX_HELPER_DIR_FROM_BIN, WHEELFIX_HELPER_DIR_FROM_LIB,
                               WHEELFIX_HELPER_DIR};

/// Where the helper may be when nobody says: installed with wheelfix, or built beside the running program.
std::vector<fs::path> built_in_places(const std::string& name) {
  auto places = places_of(helpers);
  if (const auto running = program_folder(); !running.empty())
    places.insert(places.begin() + 1, running / ".." / name);
  return places;
}

}  // namespace

HelperPlace find_helper(const std::string& name) {
  if (const auto folder = environment_variable("WHEELFIX_LIBEXEC"); !folder.empty()) {
    auto path = fs::path(folder) / name;
    if (is_executable_file(path)) return {std::move(path), std::nullopt};
    return {path, fmt::format("{}, which WHEELFIX_LIBEXEC leads to, is not a program", path.string())};
  }
  // What a helper reads is handed to it as an open file, which it opens by its name there.
  std::error_code ignored;
  if (!fs::exists("/proc/self/fd", ignored))
    return {{}, fmt::format("{} needs /proc, which isn't mounted", name)};
  for (const auto& place : built_in_places(name)) {
    if (is_executable_file(place / name)) return {place / name, std::nullopt};
  }
  return {{}, fmt::format("{} is not installed", name)};
}

}  // namespace wheelfix

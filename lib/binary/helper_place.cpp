#include "binary/helper_place.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <link.h>

#include <system_error>
#include <vector>

#include "base/file.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

/// The folder of the shared library that has this code; empty if the program itself has it, or is static.
fs::path library_folder() {
  static const char here = 0;
  Dl_info ignored;
  ::link_map* object = nullptr;
  if (::dladdr1(&here, &ignored, reinterpret_cast<void**>(&object), RTLD_DL_LINKMAP) == 0) return {};
  const fs::path file = object->l_name;  // the program's is empty
  return file.is_absolute() ? file.parent_path() : fs::path();
}

/// Where the helper may be when nobody says: installed with the running program, built beside it, installed
/// with this library, installed where it was meant to be.
std::vector<fs::path> built_in_places(const std::string& name) {
  std::error_code ignored;
  const auto running = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  std::vector<fs::path> places;
  if (!running.empty()) places = {running / WHEELFIX_HELPER_DIR_FROM_BIN, running / ".." / name};
  if (const auto folder = library_folder(); !folder.empty())
    places.push_back(folder / WHEELFIX_HELPER_DIR_FROM_LIB);
  places.emplace_back(WHEELFIX_HELPER_DIR);
  return places;
}

}  // namespace

HelperPlace find_helper(const std::string& name) {
  if (const auto folder = environment_variable("WHEELFIX_LIBEXEC"); !folder.empty()) {
    auto path = fs::path(folder) / name;
    if (is_executable_file(path)) return {std::move(path), std::nullopt};
    return {path, fmt::format("{}, which WHEELFIX_LIBEXEC leads to, is not a program", path.string())};
  }
  for (const auto& place : built_in_places(name)) {
    if (is_executable_file(place / name)) return {place / name, std::nullopt};
  }
  return {{}, fmt::format("{} is not installed", name)};
}

}  // namespace wheelfix

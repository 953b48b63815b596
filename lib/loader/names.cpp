#include <array>
#include <wheelfix/loader.hpp>

namespace wheelfix {

std::string_view to_string(LoaderKind kind) noexcept {
  constexpr std::array<std::string_view, 4> names = {"glibc", "musl", "dyld", "windows"};
  return names.at(static_cast<std::size_t>(kind));
}

std::string_view to_string(FoundBy found_by) noexcept {
  constexpr std::array<std::string_view, 13> names = {
      "start", "path",          "loaded-name", "loaded-file", "rpath",    "library-path", "runpath",
      "cache", "system-folder", "root-folder", "dll-folder",  "promised", "driver"};
  return names.at(static_cast<std::size_t>(found_by));
}

}  // namespace wheelfix

#include <array>
#include <wheelfix/finding.hpp>
#include <wheelfix/loader.hpp>

namespace wheelfix {

std::string_view to_string(LoaderKind kind) noexcept {
  constexpr std::array<std::string_view, 4> names = {"glibc", "musl", "dyld", "windows"};
  return names.at(static_cast<std::size_t>(kind));
}

std::string_view to_string(FoundBy found_by) noexcept {
  constexpr std::array<std::string_view, 14> names = {
      "start", "path",          "loaded-name", "loaded-file", "rpath",    "library-path", "runpath",
      "cache", "system-folder", "root-folder", "dll-folder",  "promised", "driver",       "redistributable"};
  return names.at(static_cast<std::size_t>(found_by));
}

std::string printable_message(const LoadFailure& failure) {
  auto text = printable(failure.message);
  for (const std::string_view line : {"Referenced from: ", "Reason: ", "Expected in: "}) {
    const auto broken = "\\x0a  " + std::string(line);
    if (const auto at = text.find(broken); at != std::string::npos) text.replace(at, 4, "\n");
  }
  return text;
}

}  // namespace wheelfix

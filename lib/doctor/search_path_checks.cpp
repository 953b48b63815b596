#include <fmt/format.h>

#include <array>

#include "base/finding_sink.hpp"
#include "base/text.hpp"
#include "binary/read_binary.hpp"
#include "doctor/tag_checks.hpp"

namespace wheelfix {

namespace {

constexpr std::string_view removal = "remove it with `wheelfix patch --remove-rpath`";

/// Resolves `..` without looking at files; a path above the root stays at the root.
std::string normalised(std::string_view path) {
  std::vector<std::string_view> parts;
  for (const auto part : split(path, '/')) {
    if (part == ".." && !parts.empty()) parts.pop_back();
    if (!part.empty() && part != "." && part != "..") parts.push_back(part);
  }
  std::string text;
  for (const auto part : parts) text.append("/").append(part);
  return text.empty() ? "/" : text;
}

class SearchPathChecker {
 public:
  SearchPathChecker(const Wheel& wheel, const WheelLibraries& libraries, const Layout& layout,
                    const Limits& limits)
      : wheel_(wheel),
        libraries_(libraries),
        layout_(layout),
        folder_(layout.folder_of(wheel.name().distribution())),
        findings_(wheel.path().string(), limits.max_alike) {}

  std::vector<Finding> run() {
    for (const auto& library : libraries_.libraries) {
      const auto parts = parts_of(library.info);
      for (const auto& part : parts)
        if (&part == &parts.front() || part.rpath != parts.front().rpath) check_library(library, part);
    }
    return findings_.take();
  }

 private:
  void check_library(const WheelLibrary& library, const BinaryInfo& info) {
    if (!info.rpath.empty() && !info.runpath.empty()) {
      findings_.note(
          FindingCode::rpath_and_runpath, library.path,
          fmt::format("has both RPATH ({}) and RUNPATH ({})", printable(join_search_path(info.rpath)),
                      printable(join_search_path(info.runpath))),
          "RPATH has no effect together with RUNPATH");
    }
    const bool is_elf = info.format == BinaryFormat::elf;
    const auto kind = !is_elf ? "LC_RPATH" : info.runpath.empty() ? "RPATH" : "RUNPATH";
    for (const auto& entry : info.search_path()) check_entry(library, kind, entry, is_elf);
  }

  /// The rest of an entry that begins with the library's own folder; nothing for other entries.
  static std::optional<std::string_view> after_origin(std::string_view entry, bool is_elf) {
    constexpr std::array<std::string_view, 2> elf = {"$ORIGIN", "${ORIGIN}"};
    constexpr std::array<std::string_view, 2> macho = {"@loader_path", "@loader_path"};
    for (const auto token : is_elf ? elf : macho) {
      const auto rest = entry.starts_with(token) ? std::optional(entry.substr(token.size())) : std::nullopt;
      if (rest && (rest->empty() || rest->front() == '/')) return rest;
    }
    return std::nullopt;
  }

  void check_entry(const WheelLibrary& library, const char* kind, const std::string& entry, bool is_elf) {
    const auto named = [&] { return fmt::format("has the {} entry '{}'", kind, printable(entry)); };
    if (entry.starts_with('/')) {
      findings_.warning(FindingCode::rpath_outside, library.path,
                        named() + ", a folder of the system that it was built on",
                        std::string(removal) + ": nobody knows what is there on another system");
    } else if (const auto rest = after_origin(entry, is_elf)) {
      check_target(library, named(), *rest);
    } else if (is_elf || !entry.starts_with('@')) {
      findings_.warning(FindingCode::rpath_relative, library.path,
                        named() + (entry.empty() ? ", which means the working directory"
                                                 : ", which depends on the working directory"),
                        fmt::format("an entry should begin with {}: `wheelfix patch --set-rpath` changes it",
                                    is_elf ? "$ORIGIN" : "@loader_path"));
    }
  }

  void check_target(const WheelLibrary& library, const std::string& named, std::string_view rest) {
    const auto own = layout_.path_of(wheel_, library.path);
    if (!own) return;
    const auto target = normalised(own->substr(0, own->rfind('/')) + std::string(rest));
    if (layout_.leads_out(target)) {
      findings_.warning(FindingCode::rpath_outside, library.path,
                        named + ", which leads out of the folder of all wheels", std::string(removal));
      return;
    }
    const auto inside = target.starts_with(folder_ + "/") ? target.substr(folder_.size() + 1) : std::string();
    if (!inside.empty() && wheel_.find(inside)) {
      findings_.warning(FindingCode::rpath_file, library.path, named + ", which is a file",
                        "the loader looks for folders: name the one that the file is in");
    }
  }

  const Wheel& wheel_;
  const WheelLibraries& libraries_;
  const Layout& layout_;
  std::string folder_;  ///< that the wheel is installed to
  FindingSink findings_;
};

}  // namespace

std::vector<Finding> check_search_paths(const Wheel& wheel, const WheelLibraries& libraries,
                                        const Layout& layout, const Limits& limits) {
  return SearchPathChecker(wheel, libraries, layout, limits).run();
}

}  // namespace wheelfix

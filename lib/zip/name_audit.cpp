#include "zip/name_audit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "base/hidden_character.hpp"
#include "base/text.hpp"
#include "base/unicode.hpp"
#include "zip/windows_name.hpp"

namespace wheelfix::zip {

namespace {

constexpr std::size_t max_path_size = 4096;      // PATH_MAX of Linux
constexpr std::size_t max_component_size = 255;  // NAME_MAX

constexpr const char* path_too_long = "is longer than 4096 bytes";
constexpr const char* component_too_long = "has a component of more than 255 bytes";

bool is_about_length(std::string_view reason) {
  return reason == path_too_long || reason == component_too_long;
}

/// Whether a component may be that of a device, like `aux.h` or `com1`. It has plain characters alone.
bool is_like_device(std::string_view component) {
  if (component.size() < 3) return false;
  if (component.size() > 3 && component[3] != '.' && !is_ascii_digit(component[3])) return false;
  constexpr std::array<std::string_view, 6> beginnings = {"con", "prn", "aux", "nul", "com", "lpt"};
  const std::array<char, 3> begin = {ascii_lower(component[0]), ascii_lower(component[1]),
                                     ascii_lower(component[2])};
  return std::ranges::find(beginnings, std::string_view(begin.data(), begin.size())) != beginnings.end();
}

constexpr std::array<bool, 256> plain_characters() {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0; c < 128; ++c) plain[c] = is_ascii_alnum(static_cast<char>(c));
  for (const char c : {'_', '-', '+', '=', '@', ',', '.'}) plain[static_cast<unsigned char>(c)] = true;
  return plain;
}

/// Whether it is one of the names that nearly all entries have, of which no check of names says anything.
bool is_plain(std::string_view path) {
  static constexpr auto plain = plain_characters();
  if (path.size() > max_component_size) return false;
  if (path.ends_with('/')) path.remove_suffix(1);
  for (std::size_t begin = 0;;) {
    auto end = begin;
    while (end < path.size() && plain[static_cast<unsigned char>(path[end])]) ++end;
    if (end == begin || path[end - 1] == '.' || is_like_device(path.substr(begin, end - begin))) return false;
    if (end == path.size()) return true;
    if (path[end] != '/') return false;
    begin = end + 1;
  }
}

/// Finds out by hashes whether any of the paths may clash, which is seldom so.
class ClashFilter {
 public:
  /// False only if there is no clash.
  bool may_clash(const std::vector<std::string_view>& paths) {
    for (const auto path : paths) {
      if (!is_ascii(path) || folders_.size() > 4 * paths.size() + 1000) return true;
      add(path);
    }
    std::ranges::sort(names_);
    if (std::ranges::adjacent_find(names_) != names_.end()) return true;
    std::ranges::sort(folders_);
    return std::ranges::any_of(
        folders_, [this](std::uint64_t folder) { return std::ranges::binary_search(names_, folder); });
  }

 private:
  /// A slash of the last path, and the hash of all up to it.
  struct Slash {
    std::size_t at;
    std::uint64_t hash;
  };

  /// The folders that it shares with the path before are hashed already.
  void add(std::string_view path) {
    const auto differs = static_cast<std::size_t>(std::ranges::mismatch(path, last_).in1 - path.begin());
    while (!slashes_.empty() && slashes_.back().at >= differs) slashes_.pop_back();
    auto hash = slashes_.empty() ? 0 : slashes_.back().hash;
    for (auto i = slashes_.empty() ? 0 : slashes_.back().at + 1; i < path.size(); ++i) {
      const bool is_slash = path[i] == '/';
      if (is_slash) folders_.push_back(hash);
      hash = ((hash ^ static_cast<unsigned char>(ascii_lower(path[i]))) + 1) * 0x9E3779B97F4A7C15;
      hash ^= hash >> 32;
      if (is_slash) slashes_.push_back({i, hash});
    }
    names_.push_back(hash);
    last_ = path;
  }

  std::vector<std::uint64_t> names_;
  std::vector<std::uint64_t> folders_;
  std::vector<Slash> slashes_;
  std::string_view last_;
};

/// A name for comparison without case and normal form, with NULs for slashes, so that what is in a folder
/// comes right after the folder's own name.
struct FoldedName {
  std::string text;
  std::string_view path;
};

std::vector<FoldedName> folded_names(const std::vector<std::string_view>& paths) {
  std::vector<FoldedName> names;
  names.reserve(paths.size());
  for (const auto path : paths) {
    names.push_back({folded_name(path), path});
    std::ranges::replace(names.back().text, '/', '\0');
  }
  std::ranges::stable_sort(names, {}, &FoldedName::text);
  return names;
}

constexpr const char* ask_for_another =
    "unpackers disagree about such an archive: ask the publisher for another one";

void add_twin(std::string_view path, std::string_view twin, FindingSink& findings) {
  if (path == twin) {
    findings.error(FindingCode::duplicate_entry, std::string(path), "is in the archive twice",
                   ask_for_another);
    return;
  }
  findings.error(
      FindingCode::case_fold_twins, std::string(path),
      fmt::format("is the same path as {} if {}", printable(twin),
                  ascii_lower(path) == ascii_lower(twin) ? "case is ignored"
                                                         : "case and Unicode's normal form are ignored"),
      "one would overwrite the other on Windows and macOS: rename one of them");
}

}  // namespace

const char* unsafe_name_reason(std::string_view path) {
  if (path.empty()) return "is empty";
  if (path.size() > max_path_size) return path_too_long;
  if (path.find('\0') != std::string_view::npos) return "has a NUL";
  if (path.find('\\') != std::string_view::npos) return "has a backslash";
  if (!is_valid_utf8(path)) return "is not UTF-8";
  if (path.front() == '/') return "is absolute";
  if (path.size() >= 2 && is_ascii_alpha(path[0]) && path[1] == ':') return "begins with a drive letter";
  if (path.ends_with('/')) path.remove_suffix(1);
  for (const auto component : split(path, '/')) {
    if (component.size() > max_component_size) return component_too_long;
    if (component == "..") return "climbs out with '..'";
    if (component.empty() || component == ".") return "has an empty component or '.'";
  }
  return nullptr;
}

void audit_name(const std::string& path, FindingSink& findings) {
  if (is_plain(path)) return;
  if (const char* reason = unsafe_name_reason(path)) {
    findings.error(FindingCode::unsafe_path, path, fmt::format("its name {}", reason),
                   is_about_length(reason)
                       ? "no common file system holds such a name: give the file a shorter one"
                       : "don't install this wheel: unpacking it could write outside its folder");
  }
  if (const char* reason = windows_name_reason(path)) {
    findings.warning(FindingCode::reserved_name, path,
                     fmt::format("its name {}, which Windows can't hold", reason),
                     "rename the file if the wheel is for Windows too");
  }
  if (const auto hidden = hidden_character(path); !hidden.empty()) {
    findings.error(FindingCode::hidden_character, path,
                   fmt::format("its name has {}, which isn't visible", printable(hidden)),
                   "uv refuses it, and such names are made to look like others: rename the file");
  }
}

/// As neighbours in the order of names.
void audit_clashes(const std::vector<std::string_view>& paths, FindingSink& findings) {
  if (!ClashFilter().may_clash(paths)) return;
  const auto names = folded_names(paths);
  const FoldedName* file = nullptr;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto& name = names[i];
    if (i > 0 && name.text == names[i - 1].text) add_twin(name.path, names[i - 1].path, findings);
    const bool is_inside = file != nullptr && name.text.size() > file->text.size() &&
                           name.text.starts_with(file->text) && name.text[file->text.size()] == '\0';
    if (is_inside) {
      findings.error(FindingCode::file_is_directory, std::string(name.path),
                     fmt::format("is in {}, which is a file", printable(file->path)), ask_for_another);
    } else if (!name.path.ends_with('/')) {
      file = &name;
    }
  }
}

}  // namespace wheelfix::zip

#include "graft/debian_packages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>
#include <wheelfix/file_tree.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "base/url_quote.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t max_status_size = 64 << 20;
constexpr std::uint64_t max_text_size = 4 << 20;

/// `Name: value` of a control file, if the line is that field; names ignore case.
std::optional<std::string_view> field(std::string_view line, std::string_view name) {
  const bool is_it = line.size() > name.size() && line[name.size()] == ':' &&
                     ascii_lower(line.substr(0, name.size())) == ascii_lower(name);
  return is_it ? std::optional(trim(line.substr(name.size() + 1))) : std::nullopt;
}

/// Calls `use` with the lines of each paragraph; those end at empty lines.
template <typename Use>
void for_each_paragraph(std::string_view text, Use use) {
  std::vector<std::string_view> lines;
  for (const auto line : split(text, '\n')) {
    if (!trim(line).empty()) {
      lines.push_back(line);
      continue;
    }
    if (!lines.empty()) use(lines);
    lines.clear();
  }
  if (!lines.empty()) use(lines);
}

std::optional<std::string_view> field_of(const std::vector<std::string_view>& lines, std::string_view name) {
  for (const auto line : lines)
    if (const auto value = field(line, name)) return value;
  return std::nullopt;
}

/// A file of the system below `root`, whose symlinks stay below it; empty if there is none.
std::string read_below(const fs::path& root, const FileTree& tree, const std::string& path,
                       std::uint64_t max_size) {
  const auto* node = tree.find(path);
  if (node == nullptr || node->is_folder()) return {};
  return read_file(root / fs::path(node->path()).relative_path(), max_size);
}

std::vector<fs::path> package_lists(const fs::path& root) {
  std::vector<fs::path> lists;
  std::error_code none;
  for (const auto& item : fs::directory_iterator(root / "var/lib/dpkg/info", none))
    if (item.path().extension() == ".list") lists.push_back(item.path());
  std::ranges::sort(lists);
  return lists;
}

/// The files by the names that lists may have for them.
std::map<std::string, std::string> listed_names(const std::set<std::string>& files) {
  std::map<std::string, std::string> names;
  for (const auto& file : files) {
    names.emplace(file, file);
    if (file.starts_with("/usr/lib")) names.emplace(file.substr(4), file);
  }
  return names;
}

}  // namespace

std::set<std::string> files_in_list(std::string_view list, const std::set<std::string>& files) {
  std::set<std::string> found;
  for (const auto line : split(list, '\n'))
    if (auto path = std::string(line); files.contains(path)) found.insert(std::move(path));
  return found;
}

std::optional<std::string> version_in_status(std::string_view status, std::string_view package,
                                             std::string_view architecture) {
  std::optional<std::string> version;
  for_each_paragraph(status, [&](const auto& lines) {
    if (version || field_of(lines, "Package") != package) return;
    if (!architecture.empty() && field_of(lines, "Architecture") != architecture) return;
    if (const auto text = field_of(lines, "Version")) version = std::string(*text);
  });
  return version;
}

std::string system_id(std::string_view os_release) {
  for (auto line : split(os_release, '\n')) {
    line = trim(line);
    if (!line.starts_with("ID=")) continue;
    line.remove_prefix(3);
    if (line.size() > 1 && (line.front() == '"' || line.front() == '\'') && line.back() == line.front())
      line = line.substr(1, line.size() - 2);
    return std::string(line);
  }
  return {};
}

std::optional<std::string> main_licence(std::string_view copyright) {
  bool is_readable = false;
  std::optional<std::string> licence;
  for_each_paragraph(copyright, [&](const auto& lines) {
    const auto format = field_of(lines, "Format");
    if (format && format->find("copyright-format") != std::string_view::npos) is_readable = true;
    const auto text = field_of(lines, "License");
    if (licence || field_of(lines, "Files") != "*" || !text || text->empty()) return;
    licence = std::string(*text);
  });
  return is_readable ? licence : std::nullopt;
}

std::map<std::string, SystemPackage> debian_packages_of(const fs::path& root,
                                                        const std::set<std::string>& files) {
  std::map<std::string, SystemPackage> packages;
  const auto names = listed_names(files);
  std::set<std::string> wanted;
  for (const auto& [name, file] : names) wanted.insert(name);
  const FileTree tree(FileTree::NameCase::exact, files_below(root));
  std::string status, system;
  for (const auto& list : files.empty() ? std::vector<fs::path>() : package_lists(root)) {
    const auto found = files_in_list(read_file(list, max_status_size), wanted);
    if (found.empty()) continue;
    if (status.empty()) {
      status = read_below(root, tree, "/var/lib/dpkg/status", max_status_size);
      system = system_id(read_below(root, tree, "/etc/os-release", max_text_size));
    }
    const auto stem = list.stem().string();
    const auto colon = std::min(stem.find(':'), stem.size());
    SystemPackage package{.name = stem.substr(0, colon), .version = {}, .url = {}, .copyright = {}};
    package.version = version_in_status(status, package.name,
                                        std::string_view(stem).substr(std::min(colon + 1, stem.size())))
                          .value_or("");
    package.url =
        fmt::format("pkg:deb/{}{}{}", system.empty() ? "" : url_quote(system) + "/", url_quote(package.name),
                    package.version.empty() ? "" : "@" + url_quote(package.version));
    package.copyright =
        read_below(root, tree, fmt::format("/usr/share/doc/{}/copyright", package.name), max_text_size);
    for (const auto& name : found) packages.emplace(names.at(name), package);
  }
  return packages;
}

}  // namespace wheelfix

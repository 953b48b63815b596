#include "installed/path_files.hpp"

#include <algorithm>
#include <wheelfix/error.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "installed/documents.hpp"
#include "python/string_literals.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

void add_folders(const fs::path& folder, const std::string& text, std::vector<fs::path>& folders) {
  for (const auto& line : path_lines(text)) {
    auto path = (folder / line).lexically_normal();
    if (!path.has_filename()) path = path.parent_path();
    if (is_folder(path) && std::ranges::find(folders, path) == folders.end())
      folders.push_back(std::move(path));
  }
}

}  // namespace

/// Source: site.addpackage.
std::vector<std::string> path_lines(std::string_view text) {
  std::vector<std::string> lines;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (const auto part : split(text, '\n')) {
    const auto line = trim(part);
    if (line.empty() || line.starts_with('#') || line.find('\0') != std::string_view::npos) continue;
    if (line.starts_with("import ") || line.starts_with("import\t")) continue;
    lines.emplace_back(line);
  }
  return lines;
}

/// `MAPPING: dict[str, str] = {'pkg': '/src/pkg'}`, one line, as setuptools' editable_wheel.py writes it.
std::vector<LinkedPackage> linked_packages(const std::string& text, const std::string& name) {
  std::vector<LinkedPackage> packages;
  const auto begin = text.find("\nMAPPING");
  if (begin == std::string::npos) return packages;
  const auto end = std::min(text.find('\n', begin + 1), text.size());
  try {
    const auto line = text.substr(begin + 1, end - begin - 1) + "\n";
    const auto literals = python::string_literals(python::read_source(line, name));
    for (std::size_t i = 0; i + 1 < literals.size(); i += 2) {
      const fs::path target(literals[i + 1].value);
      const auto& package = literals[i].value;
      const bool is_named_so = target.filename() == package || target.filename() == package + ".py";
      if (target.is_absolute() && is_named_so) packages.push_back({package, target.parent_path()});
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::bad_python) throw;
  }
  return packages;
}

PathFiles read_path_files(const fs::path& folder, const std::vector<std::string>& names,
                          const Limits& limits) {
  PathFiles found;
  for (const auto& name : names) {
    // site.py skips hidden files.
    if (name.ends_with(".pth") && !name.starts_with('.'))
      add_folders(folder, read_small_file(folder / name, limits), found.folders);
    if (name.starts_with("__editable___") && name.ends_with("_finder.py"))
      std::ranges::move(linked_packages(read_small_file(folder / name, limits), name),
                        std::back_inserter(found.packages));
  }
  return found;
}

}  // namespace wheelfix

#include "environment/import_code.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <wheelfix/error.hpp>
#include <wheelfix/version.hpp>

#include "base/text.hpp"
#include "base/workers.hpp"
#include "environment/required_wheels.hpp"
#include "loader/library_names.hpp"
#include "python/syntax.hpp"

namespace wheelfix {
namespace {

/// `a/b` of `a/b.cpython-311-x86_64-linux-gnu.so`
std::string without_suffix(const std::string& path) {
  return path.substr(0, path.find('.', folder_part(path).size()));
}

std::string parent_of(const std::string& name) {
  return name.substr(0, std::min(name.rfind('.'), name.size()));
}

/// Whether code has an import in a block: on a line that doesn't begin with it.
bool may_import_in_block(std::string_view code) {
  constexpr std::string_view word = "import";
  for (auto at = code.find(word); at != code.npos; at = code.find(word, at + word.size())) {
    const auto line = code.substr(code.find_last_of("\n\r", at) + 1);
    if (!line.starts_with(word) && !line.starts_with("from")) return true;
  }
  return false;
}

/// Whether code has what catches a failed import, and an import for that.
bool may_catch(std::string_view code) {
  constexpr std::array<std::string_view, 3> words = {"Error", "Exception", "except:"};
  return std::ranges::any_of(words, [&](auto word) { return code.find(word) != code.npos; }) &&
         may_import_in_block(code);
}

using WrittenImports = std::vector<python::WrittenImport>;

/// Nothing if the file can't be read.
std::optional<WrittenImports> caught_in(const WheelEdit& edit, const std::string& entry) {
  const auto text = find_python_code(edit, entry);
  if (!text) return std::nullopt;
  if (!may_catch(*text)) return WrittenImports();
  try {
    auto imports =
        python::written_imports(python::read_syntax(*text, entry), *installed_path(edit.wheel(), entry));
    std::erase_if(imports, [](const python::WrittenImport& written) { return !written.is_caught; });
    return imports;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::bad_python) throw;
    return WrittenImports();
  }
}

}  // namespace

ImportCode::ImportCode(const std::vector<WheelEdit>& wheels, const PlacedWheels& placed,
                       const LoaderSystem& system, unsigned jobs)
    : wheels_(wheels), platform_(python_platform(system)), jobs_(jobs) {
  for (const auto& root : import_roots(placed)) {
    const auto path = installed_path(wheels[root.wheel].wheel(), root.entry);
    if (path) extensions_.emplace(without_suffix(*path), root);
  }
  std::string last_folder;
  for (std::size_t i = 0; i < wheels.size(); ++i) {
    for (auto& entry : wheels[i].paths()) {
      auto path = installed_path(wheels[i].wheel(), entry);
      if (!path) continue;
      if (folder_part(*path) != last_folder) add_folder(last_folder = folder_part(*path));
      if (!path->ends_with(".py")) continue;
      const auto [place, is_new] = sources_.try_emplace(path->substr(0, path->size() - 3));
      if (is_new) place->second = {i, std::move(entry), std::move(*path)};
    }
  }
}

void ImportCode::begin_with(std::vector<WheelCode> codes) {
  codes_ = std::move(codes);
  for (auto& code : codes_) {
    if (code.platform == platform_) continue;
    code.platform = platform_;
    code.steps.clear();
  }
}

void ImportCode::add_folder(std::string_view folder) {
  while (!folder.empty() && folders_.emplace(folder.substr(0, folder.size() - 1)).second)
    folder = folder_part(folder.substr(0, folder.size() - 1));
}

ImportCode::Module ImportCode::find(const std::string& name) const {
  auto path = name;
  std::ranges::replace(path, '.', '/');
  for (const auto& file : {path + "/__init__", path}) {
    if (const auto found = extensions_.find(file); found != extensions_.end())
      return {.extension = &found->second};
    if (const auto found = sources_.find(file); found != sources_.end()) return {.source = &found->second};
  }
  return {.is_folder = folders_.contains(path)};
}

std::string ImportCode::name_of(const ImportRoot& root) const {
  auto name = without_suffix(installed_path(wheels_[root.wheel].wheel(), root.entry).value_or(root.entry));
  if (name.ends_with("/__init__")) name.resize(name.rfind('/'));
  std::ranges::replace(name, '/', '.');
  return name;
}

bool ImportCode::is_namesake(const ImportRoot& root) const {
  const auto name = name_of(root);
  const auto& project = wheels_[root.wheel].wheel().name().distribution();
  return normalize_project_name(name.substr(0, name.find('.'))) == normalize_project_name(project);
}

const python::ImportSteps& ImportCode::steps(const Source& source) {
  auto& code = codes_[source.wheel];
  const auto [place, is_new] = code.steps.try_emplace(source.entry);
  if (!is_new) return place->second;
  try {
    const auto text = find_python_code(wheels_[source.wheel], source.entry);
    code.is_whole = code.is_whole && text;
    if (text)
      place->second = python::import_steps(python::read_syntax(*text, source.entry), source.path, platform_);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::bad_python) throw;
  }
  return place->second;
}

const std::vector<ImportCode::LostLibrary>& ImportCode::lost_libraries() {
  if (lost_) return *lost_;
  lost_.emplace();
  for (std::size_t wheel = 0; wheel < wheels_.size(); ++wheel)
    for (const auto& row : wheels_[wheel].wheel().record().rows())
      if (is_named_as_library(row.path) && !wheels_[wheel].contains(row.path))
        lost_->push_back({wheel, std::string(row.path)});
  return *lost_;
}

bool ImportCode::has_caught_import(std::size_t wheel, const std::string& name) {
  const auto parent = parent_of(name);
  const auto last = name.substr(std::min(parent.size() + 1, name.size()));
  return std::ranges::any_of(caught_imports(wheel), [&](const python::WrittenImport& written) {
    return written.module == name ||
           (written.module == parent && std::ranges::count(written.names, last) > 0);
  });
}

const std::vector<python::WrittenImport>& ImportCode::caught_imports(std::size_t wheel) {
  auto& code = codes_[wheel];
  auto& caught = code.caught;
  if (caught) return *caught;
  const auto& edit = wheels_[wheel];
  auto files = edit.paths();
  std::erase_if(files, [&](const std::string& entry) {
    const auto path = installed_path(edit.wheel(), entry);
    return !path || !path->ends_with(".py");
  });
  std::vector<std::optional<WrittenImports>> found(files.size());
  for_each_parallel(files.size(), jobs_, [&](std::size_t i) { found[i] = caught_in(edit, files[i]); });
  caught.emplace();
  for (auto& imports : found) {
    code.is_whole = code.is_whole && imports;
    if (imports) std::ranges::move(*imports, std::back_inserter(*caught));
  }
  return *caught;
}

}  // namespace wheelfix

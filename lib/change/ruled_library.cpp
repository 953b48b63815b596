#include "change/ruled_library.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "loader/machine_names.hpp"

namespace wheelfix {
namespace {

using Action = LibraryRule::Action;
using Names = std::vector<std::string>;

void add_missing(Names& names, const Names& added) {
  for (const auto& name : added) {
    if (!contains(names, name)) names.push_back(name);
  }
}

/// Returns whether there were any.
bool take_out(Names& names, const Names& removed) {
  return std::erase_if(names, [&](const std::string& name) { return contains(removed, name); }) > 0;
}

/// What every process of glibc has loaded, so that a library may require versions from it without needing it.
bool is_always_loaded(const std::string& name, const BinaryInfo& info) {
  return name == "libc.so.6" || name == machine_names(info.machine).loader;
}

}  // namespace

RuledLibrary::RuledLibrary(const BinaryInfo& info)
    : path_(info.search_path()), needed_(info.needed), soname_(info.soname) {
  for (const auto& need : info.versions_needed) version_files_.push_back(need.file);
}

bool RuledLibrary::apply(const LibraryRule& rule) {
  switch (rule.action) {
    case Action::set_rpath:
      keep_kind_ = false;
      path_ = rule.values;
      return true;
    case Action::add_rpath:
      keep_kind_ = false;
      add_missing(path_, rule.values);
      return true;
    case Action::remove_rpath:
      if (!rule.values.empty()) return take_out(path_, rule.values);
      path_.clear();
      return true;
    case Action::add_needed:
      add_missing(needed_, rule.values);
      return true;
    case Action::remove_needed:
      return take_out(needed_, rule.values);
    case Action::replace_needed: {
      const bool found = contains(needed_, rule.values[0]);
      std::replace(needed_.begin(), needed_.end(), rule.values[0], rule.values[1]);
      if (found) std::replace(version_files_.begin(), version_files_.end(), rule.values[0], rule.values[1]);
      return found;
    }
    case Action::set_soname:
      soname_ = rule.values[0];
      return true;
  }
  return true;
}

std::pair<LibraryEdit, std::set<How>> RuledLibrary::changes(const BinaryInfo& info,
                                                            SearchPathKind kind) const {
  std::pair<LibraryEdit, std::set<How>> result;
  auto& [edit, how] = result;
  const RuledLibrary before(info);
  const bool is_of_kind = kind == SearchPathKind::keep || path_.empty() ||
                          (kind == SearchPathKind::rpath ? info.runpath : info.rpath).empty();
  if (path_ != before.path_ || !(keep_kind_ || is_of_kind)) {
    edit.search_path = path_;
    if (!keep_kind_) edit.kind = kind;
    how.insert(How::rpath);
  }
  if (needed_ != before.needed_) {
    edit.needed = needed_;
    how.insert(How::needed);
  }
  if (soname_ != before.soname_) {
    edit.soname = soname_;
    how.insert(How::soname);
  }
  for (std::size_t i = 0; i < version_files_.size(); ++i) {
    const auto &old = before.version_files_[i], &file = version_files_[i];
    const bool goes =
        !contains(needed_, file) && contains(before.needed_, old) && !is_always_loaded(file, info);
    if (goes || file != old) edit.version_files[old] = goes ? std::nullopt : std::optional(file);
  }
  return result;
}

}  // namespace wheelfix

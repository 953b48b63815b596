#include "graft/graft_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <wheelfix/error.hpp>
#include <wheelfix/layout.hpp>

#include "base/glob.hpp"
#include "base/text.hpp"
#include "loader/search_entry.hpp"

namespace wheelfix {
namespace {

using Action = LibraryRule::Action;
using Paths = std::vector<std::string>;

constexpr auto rule_origin = "--graft";

/// For a Python string between apostrophes.
std::string quoted_for_python(std::string_view text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted;
}

/// For the needed names of a library. Returns whether a grafted one is among them.
bool add_needed_rules(const std::string& glob, const BinaryInfo& info, const NewNames& names,
                      std::vector<LibraryRule>& rules) {
  bool is_grafted = false;
  for (const auto& name : info.needed) {
    if (names.dropped.contains(name) && !info.is_program)
      rules.push_back({Action::remove_needed, glob, {name}, rule_origin});
    const auto found = names.entries.find(name);
    if (found == names.entries.end()) continue;
    is_grafted = true;
    rules.push_back(
        {Action::replace_needed, glob, {name, std::string(file_name(found->second))}, rule_origin});
  }
  return is_grafted;
}

/// A set_rpath without folders isn't one; the whole path goes.
void add_path_rule(const std::string& glob, const BinaryInfo& info, Paths path,
                   std::vector<LibraryRule>& rules) {
  if (path == info.search_path()) return;
  const auto action = path.empty() ? Action::remove_rpath : Action::set_rpath;
  rules.push_back({action, glob, std::move(path), rule_origin});
}

}  // namespace

bool NewNames::concern(const BinaryInfo& info) const {
  return std::ranges::any_of(info.needed, [&](const auto& name) {
    return entries.contains(name) || (dropped.contains(name) && !info.is_program);
  });
}

bool is_script(const Wheel& wheel, std::string_view entry) {
  return entry.starts_with(wheel.data_dir_name() + "/scripts/");
}

std::string starting_script(std::string_view program) {
  return fmt::format(
      "#!python\n"
      "import os, sys, sysconfig\n"
      "\n"
      "if __name__ == '__main__':\n"
      "    os.execv(os.path.join(sysconfig.get_path('platlib'), '{}'), sys.argv)\n",
      quoted_for_python(program));
}

std::string place_on_sys_path(const Wheel& wheel, const std::string& entry) {
  if (auto place = installed_path(wheel, entry)) return *place;
  throw Error(
      ErrorCode::bad_wheel, fmt::format("{}: {}", wheel.path().string(), printable(entry)),
      "needs libraries that would be grafted, but is installed outside of site-packages, from where no "
      "search path leads there on every system",
      "have the package's own code start it, from a folder of the package");
}

std::vector<std::string> new_search_path(const BinaryInfo& info, const std::string& added) {
  Paths path;
  for (const auto& entry : info.search_path())
    if (entry.starts_with('$') && entry != added) path.push_back(entry);
  if (!added.empty()) path.push_back(added);
  return path;
}

std::vector<LibraryRule> rules_for_own(const Wheel& wheel, const WheelLibrary& library,
                                       const NewNames& names) {
  std::vector<LibraryRule> rules;
  const auto glob = literal_glob(library.path);
  if (!add_needed_rules(glob, library.info, names, rules)) return rules;
  // From the folder on sys.path, as a root.
  const auto place = "/" + place_on_sys_path(wheel, library.path);
  const auto grafted = "/" + names.entries.begin()->second;
  add_path_rule(glob, library.info, new_search_path(library.info, origin_entry(place, grafted)), rules);
  return rules;
}

std::vector<LibraryRule> rules_for_grafted(const std::string& entry, const BinaryInfo& info,
                                           const NewNames& names) {
  const auto glob = literal_glob(entry);
  std::vector<LibraryRule> rules = {
      {Action::set_soname, entry, {std::string(file_name(entry))}, rule_origin}};
  const bool needs_grafted = add_needed_rules(glob, info, names, rules);
  add_path_rule(glob, info, needs_grafted ? Paths{"$ORIGIN"} : Paths(), rules);
  return rules;
}

}  // namespace wheelfix

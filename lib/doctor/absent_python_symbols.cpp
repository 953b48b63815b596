#include "doctor/absent_python_symbols.hpp"

#include <set>

#include "doctor/tag_checks.hpp"
#include "environment/python_symbols.hpp"

namespace wheelfix {
namespace {

std::optional<PythonVersion> version_of(const std::optional<CPythonTag>& tag) {
  return tag && !tag->debug ? std::optional(tag->version) : std::nullopt;
}

/// The one CPython of wheels that are for one.
std::optional<PythonVersion> common_python(const WheelSet& set) {
  std::set<PythonVersion> pythons;
  for (const auto& edit : set.wheels)
    for (const auto& tag : wheel_tags(edit.wheel().name()))
      if (const auto version = version_of(parse_cpython_tag(tag.abi))) pythons.insert(*version);
  return pythons.size() == 1 ? std::optional(*pythons.begin()) : std::nullopt;
}

}  // namespace

AbsentPythonSymbols::AbsentPythonSymbols(const WheelSet& set, const std::optional<PythonTarget>& python) {
  if (!python)
    python_ = common_python(set);
  else if (!python->tags.empty())
    python_ = version_of(parse_cpython_tag(python->tags.front().second));
}

const AbsentPythonSymbols::Names* AbsentPythonSymbols::of(std::string_view entry) {
  const auto suffix = extension_suffix(entry);
  const auto python = suffix && suffix->python ? version_of(parse_cpython_tag(*suffix->python)) : python_;
  if (!python) return nullptr;
  const auto [names, is_new] = names_.try_emplace(*python);
  if (is_new) names->second = symbols_absent_in(*python);
  return &names->second;
}

}  // namespace wheelfix

#include "lock/uncovered.hpp"

#include <algorithm>
#include <set>
#include <wheelfix/error.hpp>

namespace wheelfix {

namespace {

std::vector<std::string> tags_of(const std::string& file_name) {
  try {
    return WheelName::parse(file_name).expanded_tags();
  } catch (const Error&) {
    return {};  // an sdist, or what no installer takes
  }
}

}  // namespace

std::vector<std::string> uncovered_files(const std::vector<std::string>& old, const PatchedVersion& version) {
  std::set<std::string> tags;
  for (const auto& wheel : version.wheels)
    for (auto& tag : wheel.name.expanded_tags()) tags.insert(std::move(tag));
  if (tags.contains("py3-none-any")) return {};
  std::vector<std::string> uncovered;
  for (const auto& name : old) {
    const auto own = tags_of(name);
    if (std::ranges::none_of(own, [&](const std::string& tag) { return tags.contains(tag); }))
      uncovered.push_back(name);
  }
  return uncovered;
}

}  // namespace wheelfix

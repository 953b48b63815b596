#include "loader/loaded_set.hpp"

#include <algorithm>

namespace wheelfix {

std::size_t LoadedSet::add(LoadedObject object, std::string origin, std::optional<std::size_t> caller) {
  const bool is_program =
      has_program_ && objects_.empty();  // mapped by the kernel: loaders don't know its file
  if (!is_program) by_content_.emplace(object.content.get(), objects_.size());
  objects_.push_back(std::move(object));
  paths_.push_back({.origin = std::move(origin), .caller = caller, .rpath = {}, .runpath = {}});
  return objects_.size() - 1;
}

void LoadedSet::add_name(std::string_view name, std::size_t object) {
  const auto found = by_name_.find(name);
  if (found == by_name_.end())
    by_name_.emplace(name, object);
  else
    found->second = std::min(found->second, object);
}

std::optional<std::size_t> LoadedSet::find_name(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::size_t> LoadedSet::find_content(const FileContent* content) const {
  const auto found = by_content_.find(content);
  return found == by_content_.end() ? std::nullopt : std::optional(found->second);
}

void LoadedSet::truncate(std::size_t size) {
  if (objects_.size() == size) return;
  const auto is_gone = [&](const auto& item) { return item.second >= size; };
  std::erase_if(by_name_, is_gone);
  std::erase_if(by_content_, is_gone);
  objects_.resize(size);
  paths_.resize(size);
  if (size == 0) has_program_ = false;
}

}  // namespace wheelfix

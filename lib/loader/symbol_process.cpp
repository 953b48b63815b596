#include "loader/symbol_process.hpp"

#include <algorithm>

namespace wheelfix {

void SymbolProcess::start(const LoadResult& result) {
  add(result);
  for (std::size_t object = 0; object < objects_.size(); ++object) make_global(object);
}

std::optional<SymbolFailure> SymbolProcess::load(const LoadResult& result, Visibility visibility) {
  const auto before = objects_.size();
  add(result);
  const BindRequest request{
      .root = result.resolutions.front().object, .first_new = before, .global_scope = global_scope_};
  if (auto failure = first_symbol_failure(kind_, *index_, objects_, request)) {
    objects_.resize(before);
    return failure;
  }
  if (visibility == Visibility::global)
    for (const auto object : local_scope(objects_, request.root)) make_global(object);
  return std::nullopt;
}

void SymbolProcess::add(const LoadResult& result) {
  for (const auto& object : result.mapped)
    objects_.push_back({.path = object.path, .names = {}, .file = find_file_(object), .needed = {}});
  for (const auto& resolution : result.resolutions) {
    auto& names = objects_[resolution.object].names;
    if (std::ranges::find(names, resolution.name) == names.end()) names.push_back(resolution.name);
    if (resolution.needed_by) objects_[*resolution.needed_by].needed.push_back(resolution.object);
  }
}

void SymbolProcess::make_global(std::size_t object) {
  is_global_.resize(objects_.size());
  if (!is_global_[object]) global_scope_.push_back(object);
  is_global_[object] = true;
}

}  // namespace wheelfix

#include "lock/toml_lock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <wheelfix/error.hpp>
#include <wheelfix/finding.hpp>
#include <wheelfix/version.hpp>

#include "toml/toml_table.hpp"

namespace wheelfix {

TomlLock::TomlLock(std::string_view text, std::string file, std::string_view packages_key)
    : text_(text), file_(std::move(file)) {
  TomlTable::parse(text, file_, max_size);
  root_ = toml_places(text);
  packages_ = root_.find(packages_key);
  if (packages_ != nullptr && !packages_->value.has_header)
    refuse(packages_->begin,
           fmt::format("{0} isn't written as [[{0}]], as installers and resolvers write it", packages_key));
}

const std::vector<TomlPlace>& TomlLock::packages() const {
  static const std::vector<TomlPlace> nothing;
  return packages_ == nullptr ? nothing : packages_->value.items;
}

std::vector<const PatchedVersion*> TomlLock::match(const PatchedWheels& wheels) const {
  std::vector<Pin> pins;
  std::vector<std::size_t> pinned;
  for (std::size_t i = 0; i < packages().size(); ++i) {
    const auto& package = packages()[i];
    const auto version = package.string("version");
    if (version.empty()) continue;
    pinned.push_back(i);
    pins.push_back({normalize_project_name(package.string("name")), std::string(version),
                    line(package.find("version")->begin)});
  }
  const auto of_pins = match_pins(pins, wheels, file_);
  std::vector<const PatchedVersion*> matched(packages().size());
  for (std::size_t i = 0; i < pins.size(); ++i) matched[pinned[i]] = of_pins[i];
  return matched;
}

void TomlLock::require(const TomlPlace& table, std::string_view key, TomlPlace::Kind kind) const {
  const auto* entry = table.find(key);
  if (entry != nullptr && entry->value.kind != kind)
    refuse(entry->begin,
           fmt::format("{} isn't a {}", key, kind == TomlPlace::Kind::list ? "list" : "string"));
}

void TomlLock::refuse(std::size_t place, std::string message, std::string hint) const {
  throw Error(ErrorCode::bad_recipe, fmt::format("{}:{}", file_, line(place)), std::move(message),
              std::move(hint));
}

}  // namespace wheelfix

#include "lock/lock_place.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/url_quote.hpp"

namespace wheelfix {

namespace {

namespace fs = std::filesystem;

std::string_view without_slashes(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  return url;
}

}  // namespace

std::string path_from(const fs::path& file, const fs::path& path) {
  const auto from = fs::absolute(file).lexically_normal().parent_path();
  auto to = fs::absolute(path).lexically_normal();
  if (!to.has_filename()) to = to.parent_path();
  return to.lexically_relative(from).generic_string();
}

bool is_same_place(std::string_view one, std::string_view other) {
  return without_slashes(one) == without_slashes(other);
}

bool is_url(std::string_view text) {
  return text.find("://") != std::string_view::npos;
}

std::string file_name_of_url(std::string_view url) {
  return url_unquote(file_name(url.substr(0, url.find_first_of("?#"))));
}

std::string LockPlaces::url_of(const PatchedVersion& version, const PatchedWheel& wheel) const {
  const auto name = url_quote(wheel.file_name());
  if (!base_url.empty()) return fmt::format("{}/{}", without_slashes(base_url), name);
  return fmt::format("{}/{}/{}", without_slashes(index), version.project, name);
}

}  // namespace wheelfix

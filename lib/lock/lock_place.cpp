#include "lock/lock_place.hpp"

namespace wheelfix {

namespace fs = std::filesystem;

std::string path_from(const fs::path& file, const fs::path& folder) {
  const auto from = fs::absolute(file).lexically_normal().parent_path();
  auto to = fs::absolute(folder).lexically_normal();
  if (!to.has_filename()) to = to.parent_path();
  return to.lexically_relative(from).generic_string();
}

bool is_same_place(std::string_view one, std::string_view other) {
  while (one.ends_with('/')) one.remove_suffix(1);
  while (other.ends_with('/')) other.remove_suffix(1);
  return one == other;
}

bool is_url(std::string_view text) {
  return text.find("://") != std::string_view::npos;
}

}  // namespace wheelfix

#include "lock/lock_place.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/text.hpp"

namespace wheelfix {

namespace {

namespace fs = std::filesystem;

/// As it is in a URL: a raw `+` is a space for some servers.
std::string url_quoted(std::string_view name) {
  std::string quoted;
  for (const char c : name) {
    const bool is_plain = is_ascii_alnum(c) || c == '-' || c == '_' || c == '.' || c == '~';
    quoted += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return quoted;
}

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
  url = file_name(url.substr(0, url.find_first_of("?#")));
  std::string name;
  for (std::size_t i = 0; i < url.size(); ++i) {
    unsigned code = 0;
    const auto digits = url.substr(i, 3);
    if (digits.size() == 3 && digits[0] == '%' &&
        std::from_chars(digits.data() + 1, digits.data() + 3, code, 16).ptr == digits.data() + 3) {
      name += static_cast<char>(code);
      i += 2;
    } else {
      name += url[i];
    }
  }
  return name;
}

std::string LockPlaces::url_of(const PatchedVersion& version, const PatchedWheel& wheel) const {
  const auto name = url_quoted(wheel.file_name());
  if (!base_url.empty()) return fmt::format("{}/{}", without_slashes(base_url), name);
  return fmt::format("{}/{}/{}", without_slashes(index), version.project, name);
}

}  // namespace wheelfix

#include "base/glob.hpp"

#include <fnmatch.h>

namespace wheelfix {

bool glob_matches(const std::string& glob, const std::string& text) {
  return ::fnmatch(glob.c_str(), text.c_str(), 0) == 0;
}

bool is_glob(std::string_view text) noexcept {
  return text.find_first_of("*?[\\") != std::string_view::npos;
}

std::string literal_glob(std::string_view path) {
  std::string glob;
  for (const char c : path) {
    if (c == '*' || c == '?' || c == '[' || c == '\\') glob += '\\';
    glob += c;
  }
  return glob;
}

}  // namespace wheelfix

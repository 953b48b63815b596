#include "site/site_paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <wheelfix/error.hpp>

#include "base/text.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

bool is_below(const fs::path& path, const fs::path& folder) {
  const auto [in_folder, in_path] = std::ranges::mismatch(folder, path);
  return in_folder == folder.end() && in_path != path.end();
}

/// The nearest folder above a file that exists.
fs::path existing_folder(fs::path folder) {
  std::error_code ignored;
  while (folder.has_relative_path() && !fs::exists(fs::symlink_status(folder, ignored)))
    folder = folder.parent_path();
  return folder;
}

[[noreturn]] void refuse_path(const fs::path& site, const std::string& path, std::string message) {
  throw Error(ErrorCode::bad_wheel, site.string() + ": " + printable(path), std::move(message),
              "only files of the environment itself are changed");
}

}  // namespace

fs::path outermost_folder(const fs::path& site) {
  const auto python = site.parent_path(), lib = python.parent_path();
  const auto name = python.filename().string();
  if (name.starts_with("python") && lib.filename().string().starts_with("lib")) return lib.parent_path();
  if (name == "Lib") return lib;
  return site;
}

fs::path file_inside(const fs::path& site, const std::string& path) {
  if (path.find('\0') != std::string::npos || !is_valid_utf8(path))
    refuse_path(site, path, "has a name that isn't UTF-8 or has a NUL in it");
  const auto file = (site / path).lexically_normal();
  if (!is_below(file, outermost_folder(site)))
    refuse_path(site, path, "is outside of " + outermost_folder(site).string());
  const auto folder = existing_folder(file.parent_path());
  std::error_code failure;
  const auto real = fs::canonical(folder, failure);
  if (failure || !fs::is_directory(real, failure))
    refuse_path(site, path, printable(folder.string()) + " isn't a folder");
  if (real != folder)
    refuse_path(site, path,
                fmt::format("is in {}, a folder that is a link to {}", printable(folder.string()),
                            printable(real.string())));
  return file;
}

}  // namespace wheelfix

#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace wheelfix {

/// In each folder of packages that is changed: what a commit puts there and removes.
constexpr std::string_view staging_name = ".wheelfix";

/// The outermost folder in which files of a folder of packages are changed: its prefix, if its path is like
/// `PREFIX/lib/python3.11/site-packages`, because RECORD lists scripts as `../../../bin/NAME`; else itself.
std::filesystem::path outermost_folder(const std::filesystem::path& site);

/// A path relative to a folder of packages, which is canonical, on this machine. Throws Error{bad_wheel} if
/// it leaves outermost_folder, also by a folder that is a symlink: what is outside belongs to others, like
/// the cache of an installer.
std::filesystem::path file_inside(const std::filesystem::path& site, const std::string& path);

}  // namespace wheelfix

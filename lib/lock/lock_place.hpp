#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace wheelfix {

/// The path of a folder as a file names it: relative to the file's folder, with `/`.
std::string path_from(const std::filesystem::path& file, const std::filesystem::path& folder);

/// Whether two URLs or paths are one place, but for slashes at the end.
bool is_same_place(std::string_view one, std::string_view other);

/// Whether a text is a URL, `https://…`.
bool is_url(std::string_view text);

}  // namespace wheelfix

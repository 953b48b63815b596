#include "base/made_folder.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/file.hpp"

namespace wheelfix {

MadeFolder::~MadeFolder() {
  for (auto folder = made_.rbegin(); folder != made_.rend(); ++folder) ::rmdir(folder->c_str());
}

void MadeFolder::make(const std::filesystem::path& folder) {
  std::filesystem::path path;
  for (const auto& part : folder) {
    path /= part;
    std::error_code failure;
    if (std::filesystem::is_directory(path, failure)) continue;
    if (std::filesystem::create_directory(path, failure)) made_.push_back(path);
    if (failure == std::errc::file_exists) throw_io_error(folder, "make the folder", ENOTDIR);
    if (failure) throw_io_error(folder, "make the folder", failure.value());
  }
}

}  // namespace wheelfix

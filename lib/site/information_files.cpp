#include "site/information_files.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <wheelfix/applied_changes.hpp>

#include "base/file.hpp"

namespace wheelfix {

namespace fs = std::filesystem;

Wheel with_information_files(const Wheel& wheel) {
  auto distribution = *wheel.installation();
  distribution.files = wheel.entries();
  distribution.metadata = wheel.metadata();
  distribution.wheel_file = wheel.wheel_file();
  distribution.record = wheel.record();
  const auto folder = wheel.path() / wheel.dist_info();
  const auto own = applied_folder(wheel);
  std::error_code failure;
  if (wheel.dist_info().empty() || !is_folder(folder)) return wheel;
  for (fs::recursive_directory_iterator item(folder, failure), end; !failure && item != end;
       item.increment(failure)) {
    struct stat status {};
    if (::stat(item->path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    auto path = item->path().lexically_relative(wheel.path()).generic_string();
    if (is_of_applied_changes(path, own)) continue;
    const auto size = static_cast<std::uint64_t>(status.st_size);
    distribution.files.push_back(
        {.path = std::move(path), .size = size, .compressed_size = size, .mode = status.st_mode});
  }
  return Wheel::installed(std::move(distribution));
}

}  // namespace wheelfix

#include "base/new_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <wheelfix/error.hpp>

#include "base/file.hpp"
#include "base/text.hpp"

namespace wheelfix {

namespace fs = std::filesystem;

NewFolder::NewFolder(const fs::path& folder, const std::string& hint) : folder_(folder) {
  std::error_code failure;
  if (fs::exists(folder, failure) && !is_folder(folder))
    throw Error(ErrorCode::output_exists, folder.string(), "is a file", hint);
  if (is_folder(folder) && fs::directory_iterator(folder) != fs::directory_iterator())
    throw Error(ErrorCode::output_exists, folder.string(), "isn't empty", hint + ", or remove this one");
  made_.make(folder);
}

NewFolder::~NewFolder() {
  if (is_kept_) return;
  std::error_code ignored;
  for (fs::directory_iterator it(folder_, ignored), end; !ignored && it != end; it.increment(ignored))
    fs::remove_all(it->path(), ignored);
}

void NewFolder::make_folders_of(const std::vector<std::string>& paths) const {
  std::string last;
  for (const auto& path : paths) {
    const std::string folder(folder_part(path));
    if (folder == last) continue;
    last = folder;
    std::error_code failure;
    fs::create_directories(folder_ / folder, failure);
    if (failure) throw_io_error(folder_ / folder, "make the folder", failure.value());
  }
}

bool NewFolder::write_file(const fs::path& path, unsigned mode,
                           const std::function<void(const Sink&)>& fill) const {
  const auto target = folder_ / path;
  const unsigned wanted = (mode & 0111) != 0 ? 0777 : 0666;
  const Descriptor file(::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, wanted));
  if (file.get() < 0) throw_io_error(target, "make", errno);
  fill([&](std::string_view piece) { write_all(file.get(), piece, target); });
  struct stat status;
  if (::fstat(file.get(), &status) != 0) throw_io_error(target, "read", errno);
  return ((status.st_mode & 0100) != 0) == (wanted == 0777);
}

void NewFolder::keep() noexcept {
  is_kept_ = true;
  made_.keep();
}

}  // namespace wheelfix

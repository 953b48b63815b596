#include "index/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>
#include <wheelfix/error.hpp>

namespace wheelfix {

FolderLock::FolderLock(const std::filesystem::path& folder, const std::function<void()>& waiting,
                       const ProgressCallback& progress) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) throw_io_error(folder, "make the folder", failure.value());
  file_ = Descriptor(::open((folder / file_name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (file_.get() < 0) throw_io_error(folder / file_name, "open", errno);
  for (bool is_first = true; ::flock(file_.get(), LOCK_EX | LOCK_NB) != 0; is_first = false) {
    if (errno != EWOULDBLOCK && errno != EINTR) throw_io_error(folder / file_name, "lock", errno);
    if (is_first && waiting) waiting();
    if (progress && !progress({"waiting", 0, 0}))
      throw Error(ErrorCode::cancelled, "", "waiting for another run was cancelled");
    std::this_thread::sleep_for(
        std::chrono::milliseconds(20));  // not a flock that waits: a signal would not end it
  }
}

}  // namespace wheelfix

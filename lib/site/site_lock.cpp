#include "site/site_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <wheelfix/error.hpp>

#include "base/text.hpp"
#include "site/site_paths.hpp"

namespace wheelfix {
namespace {

constexpr const char* lock_name = "lock";

[[noreturn]] void refuse_locked(const std::filesystem::path& folder) {
  std::string holder;
  try {
    holder = trim(read_file(folder / lock_name, 20));
  } catch (const Error&) {
    // It has ended meanwhile.
  }
  throw Error(ErrorCode::io, folder.parent_path().string(),
              holder.empty()
                  ? "is being changed by another run of wheelfix"
                  : fmt::format("is being changed by another run of wheelfix, process {}", printable(holder)),
              "run it again when that one has ended");
}

}  // namespace

SiteLock::SiteLock(const std::filesystem::path& site) : folder_(site / staging_name) {
  while (!try_to_lock()) {
  }
  const auto number = std::to_string(::getpid()) + "\n";
  // For the error of another run, which does without it if the disk is full.
  if (::ftruncate(file_.get(), 0) == 0) [[maybe_unused]]
    const auto written = ::write(file_.get(), number.data(), number.size());
}

SiteLock::~SiteLock() {
  if (file_.get() < 0) return;  // moved from
  ::unlink((folder_ / lock_name).c_str());
  ::rmdir(folder_.c_str());
}

/// False if the one that had the lock has removed its file meanwhile.
bool SiteLock::try_to_lock() {
  if (::mkdir(folder_.c_str(), 0755) != 0 && errno != EEXIST)
    throw_io_error(folder_.parent_path(), "write to the folder", errno);
  const auto file = folder_ / lock_name;
  file_ = Descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (file_.get() < 0 && errno == ENOENT) return false;
  if (file_.get() < 0) {
    const int error = errno;
    ::rmdir(folder_.c_str());
    throw_io_error(file, "open", error);
  }
  if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) return false;
    if (errno != EWOULDBLOCK) throw_io_error(file, "lock", errno);
    refuse_locked(folder_);
  }
  struct stat locked {
  }, there{};
  return ::fstat(file_.get(), &locked) == 0 && ::stat(file.c_str(), &there) == 0 &&
         locked.st_ino == there.st_ino && locked.st_dev == there.st_dev;
}

}  // namespace wheelfix

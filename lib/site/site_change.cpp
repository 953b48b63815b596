#include "site/site_change.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "base/file_hash.hpp"
#include "site/site_paths.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

}  // namespace

SiteChange::SiteChange(const Wheel& wheel)
    : wheel_(wheel),
      site_(wheel.path()),
      record_path_(wheel.dist_info() + "/RECORD"),
      notes_(site_.string()) {}

FileWork SiteChange::work_for(const std::string& path) const {
  FileWork work{.path = path, .target = file_inside(site_, path)};
  struct stat status {};
  work.is_there = ::lstat(work.target.c_str(), &status) == 0;
  return work;
}

void SiteChange::look(FileWork& work) const {
  if (!work.is_there) return;
  struct stat status {};
  if (::lstat(work.target.c_str(), &status) != 0) throw_io_error(work.target, "read", errno);
  const auto file = File::open(work.target);
  const bool is_link = S_ISLNK(status.st_mode);
  work.stamp_before = is_link ? stamp_of(status) : file.stamp();
  work.before = {.hash = hash_file(file).finish_for_record(),
                 .size = file.size(),
                 .mode = status.st_mode & 07777U,
                 .mtime_ns = work.stamp_before->mtime_ns,
                 .link = is_link ? fs::read_symlink(work.target).string() : std::string()};
  if (is_link && ::stat(work.target.c_str(), &status) == 0) work.before->mode = status.st_mode & 07777U;
  file.require_unchanged();
}

StagedAttributes SiteChange::old_attributes(const FileWork& work) {
  struct stat status {};
  if (::stat(work.target.c_str(), &status) != 0) throw_io_error(work.target, "stat", errno);
  return {.mode = status.st_mode, .user = status.st_uid, .group = status.st_gid};
}

void SiteChange::stage(FileWork& work, const fs::path& folder, std::size_t number) const {
  if (work.is_removed) return;
  if (!work.link.empty()) {
    work.staged = stage_link(folder, number, work.target, work.link, *work.attributes);
    return;
  }
  auto attributes = work.attributes;
  if (!attributes) attributes = old_attributes(work);
  work.staged = stage_file(folder, number, work.target, *attributes, work.content);
  check_staged(work);
}

}  // namespace wheelfix

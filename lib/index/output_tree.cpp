#include "index/output_tree.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <wheelfix/error.hpp>

#include "base/atomic_file.hpp"
#include "base/bytes.hpp"
#include "index/project.hpp"

namespace wheelfix {

namespace {

namespace fs = std::filesystem;

Descriptor open_folder(int parent, const fs::path& path) {
  return Descriptor(::openat(parent, path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

std::string join(const std::string& project, const std::string& name) {
  return project.empty() ? name : project + "/" + name;
}

std::optional<struct stat> look_at(int folder, const std::string& path, int flags) {
  struct stat status {};
  if (::fstatat(folder, path.c_str(), &status, flags) != 0) return std::nullopt;
  return status;
}

std::optional<std::string> read_at(int folder, const std::string& path, const fs::path& root) {
  const Descriptor descriptor(::openat(folder, path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (descriptor.get() < 0 && errno == ENOENT) return std::nullopt;
  if (descriptor.get() < 0) throw_io_error(root / path, "open", errno);
  const auto file = File::from_descriptor(descriptor.get(), root / path);
  return file.read(0, static_cast<std::size_t>(file.size()));
}

void copy_with_time(const fs::path& from, const fs::path& to) {
  const auto source = File::open(from);
  struct stat status {};
  if (::fstat(source.fd(), &status) != 0) throw_io_error(from, "stat", errno);
  AtomicFile copy(to, Existing::replace);
  copy.append_from(source, 0, source.size(), 1, [](std::uint64_t) {});
  const std::array times = {status.st_mtim, status.st_mtim};
  if (::futimens(copy.reopen().fd(), times.data()) != 0) throw_io_error(to, "set the time of", errno);
  copy.commit(Durability::none);
}

/// An absolute path without symlinks, as far as it exists.
fs::path resolved(const fs::path& path) {
  std::error_code failure;
  auto real = fs::weakly_canonical(fs::absolute(path), failure);
  if (failure) throw_io_error(path, "resolve", failure.value());
  return real;
}

}  // namespace

std::string link_prefix(const fs::path& folder, const fs::path& output) {
  const auto way = resolved(folder).lexically_relative(resolved(output) / "project");
  return way.string() + "/";
}

OutputTree::OutputTree(fs::path folder, Mode mode) : folder_(std::move(folder)), mode_(mode) {
  root_ = open_folder(AT_FDCWD, folder_);
  if (root_.get() < 0 && !(is_check() && errno == ENOENT)) throw_io_error(folder_, "open the folder", errno);
  was_interrupted_ = root_.get() >= 0 && look_at(root_.get(), staging_name, AT_SYMLINK_NOFOLLOW).has_value();
  if (was_interrupted_ && !is_check()) staging();
}

OutputTree::~OutputTree() {
  if (staging_.get() < 0) return;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder_ / staging_name, ignored))
    fs::remove_all(entry.path(), ignored);
}

void OutputTree::finish() {
  if (staging_.get() < 0) return;
  staging_ = Descriptor();
  std::error_code failure;
  fs::remove_all(folder_ / staging_name, failure);
  if (failure) throw_io_error(folder_ / staging_name, "remove", failure.value());
}

const std::set<std::string, std::less<>>& OutputTree::projects() const {
  std::call_once(listed_, [&] {
    if (root_.get() < 0) return;
    std::error_code failure;
    for (const auto& entry : fs::directory_iterator(folder_, failure)) {
      auto name = entry.path().filename().string();
      if (!name.starts_with('.') && entry.is_directory()) projects_.insert(std::move(name));
    }
    if (failure) throw_io_error(folder_, "read the folder", failure.value());
  });
  return projects_;
}

std::optional<std::string> OutputTree::read(const std::string& project, const std::string& name) const {
  return root_.get() < 0 ? std::nullopt : read_at(root_.get(), join(project, name), folder_);
}

std::string OutputTree::read_link(const std::string& project, const std::string& name) const {
  std::string target(4096, '\0');
  const auto size =
      root_.get() < 0 ? -1
                      : ::readlinkat(root_.get(), join(project, name).c_str(), target.data(), target.size());
  target.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  return target;
}

std::vector<std::string> OutputTree::names(const std::string& project) const {
  std::error_code failure;
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder_ / project, failure))
    names.push_back(entry.path().filename().string());
  if (failure) throw_io_error(folder_ / project, "read the folder", failure.value());
  return names;
}

int OutputTree::staging() {
  std::call_once(staging_made_, [&] {
    std::error_code failure;
    fs::remove_all(folder_ / staging_name, failure);
    if (failure) throw_io_error(folder_ / staging_name, "remove", failure.value());
    if (::mkdirat(root_.get(), staging_name, 0777) != 0)
      throw_io_error(folder_ / staging_name, "make the folder", errno);
    staging_ = open_folder(root_.get(), staging_name);
    if (staging_.get() < 0) throw_io_error(folder_ / staging_name, "open the folder", errno);
  });
  return staging_.get();
}

/// Not a project's name: those have no dot.
std::string OutputTree::temporary_name() {
  return fmt::format("{}.tmp", temporaries_++);
}

OutputTree::Place OutputTree::place(const std::string& project, const std::string& name) {
  const bool is_new = root_.get() < 0 || (!project.empty() && !projects().contains(project));
  if (!is_new) return {root_.get(), join(project, name), false};
  if (is_check()) return {-1, join(project, name), true};
  if (::mkdirat(staging(), project.c_str(), 0777) != 0 && errno != EEXIST)
    throw_io_error(folder_ / project, "make the folder", errno);
  return {staging(), join(project, name), true};
}

void OutputTree::create(int folder, const std::string& path, std::string_view bytes) const {
  const Descriptor file(::openat(folder, path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (file.get() < 0) throw_io_error(folder_ / path, "write", errno);
  write_all(file.get(), bytes, folder_ / path);
}

void OutputTree::move_to(const std::string& temporary, const Place& place) {
  if (::renameat(staging(), temporary.c_str(), place.folder, place.path.c_str()) != 0)
    throw_io_error(folder_ / place.path, "rename", errno);
}

bool OutputTree::replace(const Place& place, const std::optional<std::string>& existing,
                         std::string_view bytes) {
  if (existing == bytes) return false;
  if (is_check()) return true;
  if (place.is_new) {
    create(place.folder, place.path, bytes);
  } else {
    const auto temporary = temporary_name();
    create(staging(), temporary, bytes);
    move_to(temporary, place);
  }
  return true;
}

bool OutputTree::write(const std::string& project, const std::string& name, std::string_view bytes) {
  const auto where = place(project, name);
  return replace(where, where.is_new ? std::nullopt : read_at(where.folder, where.path, folder_), bytes);
}

bool OutputTree::write_page(const std::string& project, const std::string& name, std::string_view bytes) {
  const auto where = place(project, name);
  const auto existing = where.is_new ? std::nullopt : read_at(where.folder, where.path, folder_);
  if (existing && !is_our_page(*existing)) refuse_page(where.path);
  return replace(where, existing, bytes);
}

void OutputTree::check_page(const std::string& project, const std::string& name) const {
  const auto existing = read(project, name);
  if (existing && !is_our_page(*existing)) refuse_page(join(project, name));
}

void OutputTree::refuse_page(const std::string& path) const {
  refuse(path,
         "move the folder away, or name another with --output: an index that dir2pi made can be made again "
         "from the packages");
}

void OutputTree::refuse(const std::string& path, const std::string& hint) const {
  throw Error(ErrorCode::output_exists, (folder_ / path).string(),
              "exists already, and wheelfix-index did not make it", hint);
}

/// Whether the wanted file is in place; throws if another one is there that may not be replaced.
bool OutputTree::is_in_place(const Source& source, const Place& place, const std::string& name,
                             const FileStamp& stamp, bool is_ours) const {
  const auto there = look_at(place.folder, place.path, AT_SYMLINK_NOFOLLOW);
  if (!there) return false;
  if (S_ISLNK(there->st_mode))
    return source.kind == LinkKind::symlink && read_link("", place.path) == source.prefix + name;
  const auto found = stamp_of(*there);
  const bool is_same = found.inode == stamp.inode && found.size == stamp.size;
  const bool is_copy = !is_same && found.size == stamp.size && found.mtime_ns == stamp.mtime_ns;
  if (!S_ISREG(there->st_mode) || (!is_same && !is_copy && !is_ours))
    refuse(place.path, "move it away, or name another folder with --output");
  return (source.kind == LinkKind::hardlink && is_same) || (source.kind == LinkKind::copy && is_copy);
}

void OutputTree::make_link(const Source& source, int folder, const std::string& path,
                           const std::string& name) const {
  if (source.kind == LinkKind::symlink) {
    if (::symlinkat((source.prefix + name).c_str(), folder, path.c_str()) != 0)
      throw_io_error(folder_ / path, "link", errno);
  } else if (source.kind == LinkKind::hardlink) {
    if (::linkat(AT_FDCWD, (source.folder / name).c_str(), folder, path.c_str(), AT_SYMLINK_FOLLOW) == 0)
      return;
    if (errno != EXDEV && errno != EPERM) throw_io_error(folder_ / path, "link", errno);
    throw Error(ErrorCode::io, (folder_ / path).string(),
                fmt::format("cannot link: {}", std::generic_category().message(errno)),
                "use --symlink or --copy instead of --hardlink");
  } else {
    const auto parent = folder == root_.get() ? folder_ : folder_ / staging_name;
    copy_with_time(source.folder / name, parent / path);
  }
}

bool OutputTree::link(const Source& source, const std::string& project, const std::string& name,
                      const FileStamp& stamp, bool is_ours) {
  const auto where = place(project, name);
  if (!where.is_new && is_in_place(source, where, name, stamp, is_ours)) return false;
  if (is_check()) return true;
  if (where.is_new) {
    make_link(source, where.folder, where.path, name);
  } else {
    const auto temporary = temporary_name();
    make_link(source, staging(), temporary, name);
    move_to(temporary, where);
  }
  return true;
}

void OutputTree::publish(const std::string& project) {
  if (is_check() || projects().contains(project)) return;
  if (::renameat(staging(), project.c_str(), root_.get(), project.c_str()) != 0)
    throw_io_error(folder_ / project, "rename", errno);
}

bool OutputTree::remove(const std::string& project, const std::string& name, Removable kind) {
  const auto path = join(project, name);
  const auto there = root_.get() < 0 ? std::nullopt : look_at(root_.get(), path, AT_SYMLINK_NOFOLLOW);
  if (!there) return false;
  const bool is_file = S_ISREG(there->st_mode);
  if (kind == Removable::our_page
          ? !is_file || !is_our_page(read(project, name).value_or("-"))
          : !S_ISLNK(there->st_mode) && !(kind == Removable::link_or_file && is_file)) {
    return false;
  }
  if (!is_check() && ::unlinkat(root_.get(), path.c_str(), 0) != 0 && errno != ENOENT)
    throw_io_error(folder_ / path, "remove", errno);
  return true;
}

void OutputTree::remove_folder(const std::string& project) {
  if (is_check() || ::unlinkat(root_.get(), project.c_str(), AT_REMOVEDIR) == 0) return;
  if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOENT && errno != ENOTDIR)
    throw_io_error(folder_ / project, "remove", errno);
}

std::string OutputTree::seal(const std::string& project) const {
  std::string state;
  const auto add = [&](const std::string& path) {
    const auto found = root_.get() < 0 ? std::nullopt : look_at(root_.get(), path, 0);
    if (!found) return false;
    const auto stamp = stamp_of(*found);
    for (const auto value : {stamp.size, static_cast<std::uint64_t>(stamp.mtime_ns), stamp.inode})
      put<std::uint64_t>(state, value);
    return true;
  };
  // Not the output folder itself, which changes with the cache.
  const bool is_whole = (project.empty() || add(project)) && add(join(project, "index.html")) &&
                        add(join(project, "index.v1_json"));
  return is_whole ? state : std::string();
}

}  // namespace wheelfix

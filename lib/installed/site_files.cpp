#include "installed/site_files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>
#include <wheelfix/error.hpp>

#include "base/finding_sink.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"

namespace wheelfix {
namespace {

constexpr std::size_t deepest = 100;  // the longest path of Linux has 4,096 bytes

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

bool is_information(std::string_view name) {
  return name.ends_with(".dist-info") || name.ends_with(".egg-info");
}

bool is_identifier(std::string_view name) {
  return !name.empty() && !is_ascii_digit(name.front()) && std::ranges::all_of(name, [](char c) {
    return is_ascii_alnum(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
  });
}

bool is_importable(std::string_view name) {
  return is_identifier(name.substr(0, name.find('.'))) || is_information(name);
}

const std::string& path_of(const SiteFile& file) {
  return file.entry.path;
}

using Identity = std::pair<dev_t, ino_t>;

/// A folder that can't be read: its path, empty or with a `/` at its end, and why.
struct Unread {
  std::string path;
  int error = 0;
};

/// What is below one name at the top.
struct Part {
  std::vector<SiteFile> files;
  std::vector<Unread> unread;
};

/// Counts the files of all parts.
class FileBudget {
 public:
  FileBudget(const std::filesystem::path& folder, std::uint64_t most) : folder_(folder), most_(most) {}

  void spend() {
    if (count_++ < most_) return;
    throw Error(ErrorCode::limit_exceeded, folder_.string(), fmt::format("has more than {} files", most_),
                "raise it with --max-entries");
  }

 private:
  const std::filesystem::path& folder_;
  std::uint64_t most_;
  std::atomic<std::uint64_t> count_ = 0;
};

class PartLister {
 public:
  PartLister(Identity top, FileBudget& budget) : budget_(budget), above_{top} {}

  Part run(int top, const std::string& name) {
    add(top, name.c_str(), DT_UNKNOWN, "");
    std::ranges::sort(part_.files, {}, path_of);
    return std::move(part_);
  }

 private:
  /// `path`: of the folder, relative to the top, with a `/` at its end.
  void list(int at, const char* name, const std::string& path) {
    const int descriptor = ::openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    Folder folder(descriptor < 0 ? nullptr : ::fdopendir(descriptor));
    struct stat status;
    if (!folder || ::fstat(descriptor, &status) != 0) return report(path, errno);
    const Identity identity(status.st_dev, status.st_ino);
    // A symlink to a folder that it is in.
    if (std::ranges::find(above_, identity) != above_.end() || above_.size() > deepest) return;
    above_.push_back(identity);
    while (const auto* item = ::readdir(folder.get())) {
      const std::string_view text(item->d_name);
      if (text != "." && text != "..") add(descriptor, item->d_name, item->d_type, path);
    }
    above_.pop_back();
  }

  /// `type`: as readdir has it.
  void add(int folder, const char* name, unsigned char type, const std::string& path) {
    const std::string_view text(name);
    if (text == "__pycache__" || text.ends_with(".pyc")) return;
    if (type == DT_DIR) return list(folder, name, path + name + "/");
    struct stat status;
    if (::fstatat(folder, name, &status, 0) != 0) return;  // a symlink that leads nowhere
    if (S_ISDIR(status.st_mode)) return list(folder, name, path + name + "/");
    if (!S_ISREG(status.st_mode)) return;
    if ((status.st_mode & S_IROTH) == 0 && ::faccessat(folder, name, R_OK, AT_EACCESS) != 0)
      return report(path + name + "/", errno);
    budget_.spend();
    part_.files.push_back(site_file(path + name, status));
  }

  void report(const std::string& path, int error) { part_.unread.push_back({path, error}); }

  FileBudget& budget_;
  Part part_;
  std::vector<Identity> above_;
};

class Lister {
 public:
  Lister(const std::filesystem::path& folder, SiteNames names, std::uint64_t max_files)
      : folder_(folder), which_(names), budget_(folder, max_files), findings_(folder.string()) {}

  SiteFiles run(unsigned jobs) {
    list(jobs);
    result_.findings = findings_.take();
    return std::move(result_);
  }

 private:
  void list(unsigned jobs) {
    Folder folder(::opendir(folder_.c_str()));
    struct stat status;
    if (!folder || ::fstat(::dirfd(folder.get()), &status) != 0) return report({"", errno});
    while (const auto* item = ::readdir(folder.get())) add_name(item->d_name);
    std::ranges::sort(result_.names);
    std::vector<Part> parts(result_.names.size());
    for_each_parallel(parts.size(), jobs, [&](std::size_t i) {
      const auto& name = result_.names[i];
      if (name.starts_with('~') || is_information(name)) return;
      parts[i] = PartLister({status.st_dev, status.st_ino}, budget_).run(::dirfd(folder.get()), name);
    });
    join(std::move(parts));
  }

  void add_name(std::string_view name) {
    if (name == "." || name == ".." || name == "__pycache__" || name.ends_with(".pyc")) return;
    if (name.ends_with(".wheelfix")) return;  // what wheelfix keeps of its own changes
    if (which_ == SiteNames::importable && !is_importable(name)) return;
    result_.names.emplace_back(name);
  }

  /// The files of a part have a beginning of their paths that no others have.
  void join(std::vector<Part> parts) {
    for (const auto& part : parts)
      for (const auto& unread : part.unread) report(unread);
    std::erase_if(parts, [](const Part& part) { return part.files.empty(); });
    std::ranges::sort(parts, {},
                      [](const Part& part) -> const std::string& { return path_of(part.files[0]); });
    std::size_t count = 0;
    for (const auto& part : parts) count += part.files.size();
    result_.files.reserve(count);
    for (auto& part : parts) std::ranges::move(part.files, std::back_inserter(result_.files));
  }

  void report(const Unread& unread) {
    const auto& [path, error] = unread;
    if (error == ENOENT || error == ENOTDIR) return;  // it was removed meanwhile
    findings_.warning(
        FindingCode::unreadable, path.empty() ? std::nullopt : std::optional(path.substr(0, path.size() - 1)),
        "can't be read: " + std::generic_category().message(error), "run wheelfix as a user who may read it");
  }

  const std::filesystem::path& folder_;
  SiteNames which_;
  FileBudget budget_;
  FindingSink findings_;
  SiteFiles result_;
};

}  // namespace

SiteFile site_file(std::string path, const struct stat& status) {
  const auto stamp = full_stamp_of(status);
  return {
      {.path = std::move(path), .size = stamp.size, .compressed_size = stamp.size, .mode = status.st_mode},
      stamp};
}

SiteFiles list_site_files(const std::filesystem::path& folder, SiteNames names, std::uint64_t max_files,
                          unsigned jobs) {
  return Lister(folder, names, max_files).run(jobs);
}

}  // namespace wheelfix

#include "installed/site_files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>
#include <wheelfix/error.hpp>

#include "base/finding_sink.hpp"
#include "base/text.hpp"

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

class Lister {
 public:
  Lister(const std::filesystem::path& folder, SiteNames names, std::uint64_t max_files)
      : folder_(folder), which_(names), max_files_(max_files), findings_(folder.string()) {}

  SiteFiles run() {
    list(AT_FDCWD, folder_.c_str(), "");
    std::ranges::sort(result_.names);
    std::ranges::sort(result_.files, {}, &WheelEntry::path);
    result_.findings = findings_.take();
    return std::move(result_);
  }

 private:
  using Identity = std::pair<dev_t, ino_t>;

  /// `path`: of the folder, relative to the first, empty or with a `/` at its end.
  void list(int at, const char* name, const std::string& path) {
    const int descriptor = ::openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    Folder folder(descriptor < 0 ? nullptr : ::fdopendir(descriptor));
    if (!folder) return report(path, errno);
    struct stat status;
    if (::fstat(descriptor, &status) != 0) return report(path, errno);
    const Identity identity(status.st_dev, status.st_ino);
    // A symlink to a folder that it is in.
    if (std::ranges::find(above_, identity) != above_.end() || above_.size() > deepest) return;
    above_.push_back(identity);
    while (const auto* item = ::readdir(folder.get())) add(descriptor, item->d_name, path);
    above_.pop_back();
  }

  void add(int folder, const char* name, const std::string& path) {
    const std::string_view text(name);
    if (text == "." || text == ".." || text == "__pycache__" || text.ends_with(".pyc")) return;
    if (path.empty()) {
      if (which_ == SiteNames::importable && !is_importable(text)) return;
      result_.names.emplace_back(text);
      if (text.starts_with('~') || is_information(text)) return;
    }
    struct stat status;
    if (::fstatat(folder, name, &status, 0) != 0) return;  // a symlink that leads nowhere
    if (S_ISDIR(status.st_mode)) return list(folder, name, path + name + "/");
    if (!S_ISREG(status.st_mode)) return;
    if ((status.st_mode & S_IROTH) == 0 && ::faccessat(folder, name, R_OK, AT_EACCESS) != 0)
      return report(path + name + "/", errno);
    if (result_.files.size() == max_files_)
      throw Error(ErrorCode::limit_exceeded, folder_.string(),
                  fmt::format("has more than {} files", max_files_), "raise it with --max-entries");
    result_.files.push_back({.path = path + name,
                             .size = static_cast<std::uint64_t>(status.st_size),
                             .compressed_size = static_cast<std::uint64_t>(status.st_size),
                             .mode = status.st_mode});
  }

  void report(const std::string& path, int error) {
    if (error == ENOENT || error == ENOTDIR) return;  // it was removed meanwhile
    findings_.warning(
        FindingCode::unreadable, path.empty() ? std::nullopt : std::optional(path.substr(0, path.size() - 1)),
        "can't be read: " + std::generic_category().message(error), "run wheelfix as a user who may read it");
  }

  const std::filesystem::path& folder_;
  SiteNames which_;
  std::uint64_t max_files_;
  FindingSink findings_;
  SiteFiles result_;
  std::vector<Identity> above_;
};

}  // namespace

SiteFiles list_site_files(const std::filesystem::path& folder, SiteNames names, std::uint64_t max_files) {
  return Lister(folder, names, max_files).run();
}

}  // namespace wheelfix

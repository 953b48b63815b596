#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <wheelfix/error.hpp>
#include <wheelfix/file_tree.hpp>

#include "base/file.hpp"
#include "binary/read_binary.hpp"
#include "loader/no_library.hpp"

namespace wheelfix {
namespace {

class FilesBelow : public FileSource {
 public:
  explicit FilesBelow(std::string root) : root_(std::move(root)) {}

  Item look(const std::string& path) override {
    struct stat status;
    const auto real = root_ + path;
    if (::lstat(real.c_str(), &status) != 0) return {};
    if (S_ISDIR(status.st_mode)) return {.kind = Kind::folder};
    if (S_ISLNK(status.st_mode)) return {.kind = Kind::symlink, .target = target(real)};
    return {.kind = Kind::file, .identity = {status.st_dev, status.st_ino}};
  }

  FileContent read(const std::string& path) override {
    const auto real = root_ + path;
    try {
      const auto file = File::open(real);
      FileBytes bytes(file);
      if (!binary_format(bytes.read_up_to(0, binary_head_size))) return no_library(file.size());
      return {.info = read_binary(bytes, real)};
    } catch (const Error& error) {
      return {.kind = FileContent::Kind::damaged, .damage = error.message()};
    }
  }

 private:
  static std::string target(const std::string& link) {
    std::array<char, PATH_MAX> buffer;
    const auto size = ::readlink(link.c_str(), buffer.data(), buffer.size());
    return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : std::string("/");
  }

  std::string root_;  // without a slash at its end, so empty for `/`
};

}  // namespace

std::shared_ptr<FileSource> files_below(const std::filesystem::path& root) {
  auto text = std::filesystem::absolute(root).lexically_normal().string();
  while (text.ends_with('/')) text.pop_back();
  return std::make_shared<FilesBelow>(std::move(text));
}

}  // namespace wheelfix

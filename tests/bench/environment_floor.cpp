// The floor of `wheelfix doctor` on what is installed in a folder: each file's size and times, and RECORDs,
// which any run reads; then Python files whole and the first 4 KiB of libraries too, which a run reads that
// knows nothing of them yet. Usage: bench_environment_floor known|unknown FOLDER JOBS
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/workers.hpp"

namespace {

using Paths = std::vector<std::string>;

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

/// Adds the files below a folder, and returns how long they are.
off_t list(int at, const char* name, const std::string& path, Paths& files) {
  const std::unique_ptr<DIR, CloseFolder> folder(::fdopendir(::openat(at, name, O_RDONLY | O_DIRECTORY)));
  if (!folder) return 0;
  off_t total = 0;
  while (const auto* item = ::readdir(folder.get())) {
    const std::string_view text(item->d_name);
    if (text == "." || text == ".." || text == "__pycache__") continue;
    auto inside = path + "/" + item->d_name;
    struct stat status;
    if (item->d_type == DT_DIR)
      total += list(::dirfd(folder.get()), item->d_name, inside, files);
    else if (::fstatat(::dirfd(folder.get()), item->d_name, &status, 0) == 0)
      total += status.st_size, files.push_back(std::move(inside));
  }
  return total;
}

std::size_t read(const std::string& path, std::size_t most) {
  thread_local std::vector<char> buffer(1 << 20);
  const int file = ::open(path.c_str(), O_RDONLY);
  std::size_t total = 0;
  for (ssize_t count = 1; count > 0 && total < most; total += static_cast<std::size_t>(count))
    count = ::read(file, buffer.data(), std::min(buffer.size(), most - total));
  ::close(file);
  return total;
}

std::size_t amount_to_read(std::string_view path, bool is_unknown) {
  constexpr std::size_t head = 4096, all = static_cast<std::size_t>(-1) / 2;
  if (path.ends_with("/RECORD")) return all;
  if (is_unknown && path.ends_with(".py")) return all;
  return is_unknown && path.find(".so") != path.npos ? head : 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view kind = argc == 4 ? argv[1] : "";
  if (kind != "known" && kind != "unknown")
    return std::fprintf(stderr, "usage: %s known|unknown FOLDER JOBS\n", argv[0]), 2;
  const auto jobs = static_cast<unsigned>(std::atoi(argv[3]));
  Paths tops;
  const std::unique_ptr<DIR, CloseFolder> folder(::opendir(argv[2]));
  while (const auto* item = folder ? ::readdir(folder.get()) : nullptr)
    if (item->d_name[0] != '.') tops.emplace_back(item->d_name);
  std::mutex mutex;
  Paths files;
  wheelfix::for_each_parallel(tops.size(), jobs, [&](std::size_t i) {
    Paths own;
    list(::dirfd(folder.get()), tops[i].c_str(), std::string(argv[2]) + "/" + tops[i], own);
    const std::lock_guard lock(mutex);
    files.insert(files.end(), own.begin(), own.end());
  });
  wheelfix::for_each_parallel(files.size(), jobs, [&](std::size_t i) {
    if (const auto most = amount_to_read(files[i], kind == "unknown")) read(files[i], most);
  });
  return files.empty() ? 1 : 0;
}

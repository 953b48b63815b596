// diff_make_tool OLD_DIR NEW_DIR prints make_diff of all regular files of two folders, in name order. For
// tests/interop/test_make_diff.py.
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <wheelfix/diff.hpp>
#include <wheelfix/error.hpp>

namespace {

namespace fs = std::filesystem;

struct Node {
  std::string content;
  unsigned mode = 0;

  wheelfix::FilePair::Side side() const { return {content, mode}; }
};

Node read(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0)
    throw fs::filesystem_error("stat", path, std::error_code(errno, std::generic_category()));
  std::ifstream in(path, std::ios::binary);
  return {{std::istreambuf_iterator<char>(in), {}}, status.st_mode};
}

std::map<std::string, Node> read_folder(const fs::path& folder) {
  std::map<std::string, Node> nodes;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file())
      nodes.emplace(entry.path().lexically_relative(folder).string(), read(entry.path()));
  }
  return nodes;
}

std::string compare(const fs::path& old_folder, const fs::path& new_folder) {
  const auto before = read_folder(old_folder);
  const auto after = read_folder(new_folder);
  std::map<std::string, wheelfix::FilePair> pairs;
  for (const auto& [name, node] : before) pairs[name].before = node.side();
  for (const auto& [name, node] : after) pairs[name].after = node.side();
  std::vector<wheelfix::FilePair> listed;
  for (auto& [name, pair] : pairs) {
    pair.path = name;
    listed.push_back(std::move(pair));
  }
  return wheelfix::make_diff(listed);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fprintf(stderr, "usage: %s OLD_DIR NEW_DIR\n", argv[0]), 2;
  try {
    const auto diff = compare(argv[1], argv[2]);
    return std::fwrite(diff.data(), 1, diff.size(), stdout) == diff.size() && std::fflush(stdout) == 0 ? 0
                                                                                                       : 4;
  } catch (const std::exception& error) {
    return std::fprintf(stderr, "%s\n", error.what()), 3;
  }
}

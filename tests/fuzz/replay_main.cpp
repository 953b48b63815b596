// Stands in for libFuzzer: runs a fuzz target over each file of a corpus folder and over seeded mutations of
// it, so that ctest replays what fuzzing found on any compiler. A crash, a sanitizer report or an escaped
// exception fails the test.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr int mutations_per_file = 200;

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

std::string mutate(std::string input, const std::string& other, std::mt19937& random) {
  auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
  for (auto edits = 1 + below(4); edits > 0; --edits) {
    const auto at = below(input.size() + 1);
    switch (below(5)) {
      case 0:
        if (at < input.size()) input[at] = static_cast<char>(random());
        break;
      case 1:
        input.resize(at);
        break;
      case 2:
        input.erase(at, below(16));
        break;
      case 3:
        input.insert(at, 1 + below(4), static_cast<char>(random()));
        break;
      default:
        input.insert(at, other.substr(below(other.size() + 1), below(64)));
    }
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fprintf(stderr, "usage: %s CORPUS_DIR\n", argv[0]), 2;
  std::set<std::filesystem::path> paths;
  for (const auto& file : std::filesystem::directory_iterator(argv[1])) paths.insert(file.path());
  if (paths.empty()) return std::fprintf(stderr, "%s: the corpus is empty\n", argv[1]), 1;
  std::vector<std::string> corpus;
  for (const auto& path : paths) corpus.push_back(read(path));
  std::mt19937 random(20231004);
  for (const auto& input : corpus) {
    run(input);
    for (int i = 0; i < mutations_per_file; ++i) run(mutate(input, corpus[random() % corpus.size()], random));
  }
  std::printf("%zu corpus files, %d mutations each\n", corpus.size(), mutations_per_file);
}

// How long the edit of a library in memory takes, read back by our reader included: the median of many
// rounds. Usage: bench_edit_library LIBRARY PATHS
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <vector>
#include <wheelfix/binary.hpp>

int main(int argc, char** argv) {
  using namespace wheelfix;
  if (argc != 3) return std::fprintf(stderr, "usage: %s LIBRARY PATHS\n", argv[0]), 2;
  std::ifstream file(argv[1], std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const LibraryEdit edit{.search_path = split_search_path(argv[2])};
  std::vector<double> rounds;
  for (int i = 0; i < 501; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    const auto edited = edit_library(bytes, edit, argv[1]);
    rounds.push_back(
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count());
    if (read_binary(edited, argv[1]).runpath != *edit.search_path &&
        read_binary(edited, argv[1]).rpath != *edit.search_path)
      return std::fprintf(stderr, "%s: the edit did not take\n", argv[1]), 1;
  }
  std::ranges::nth_element(rounds, rounds.begin() + 250);
  std::printf("%s: %zu bytes, edited in %.0f us\n", argv[1], bytes.size(), rounds[250]);
}

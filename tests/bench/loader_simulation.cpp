// Times the simulation of glibc's loader over a world of 500 libraries: each needs six others, has a DT_RPATH
// of 16 entries and is in one of 20 folders. Prints milliseconds: the median and the worst of 21 runs.
// Usage: bench_loader_simulation
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>
#include <wheelfix/loader.hpp>

namespace {

using namespace wheelfix;

constexpr std::size_t libraries = 500;
constexpr std::size_t folders = 20;
constexpr std::size_t entries = 16;

std::string name_of(std::size_t library) {
  return "liblibrary" + std::to_string(library) + ".so.1";
}

FileTree world() {
  FileTree files;
  for (std::size_t i = 0; i < libraries; ++i) {
    BinaryInfo info;
    info.machine = "x86_64";
    info.is_dynamic = true;
    info.soname = name_of(i);
    for (std::size_t need = 1; need <= 6; ++need)
      info.needed.push_back(name_of((i * 7 + need * need) % libraries));
    for (std::size_t entry = 0; entry < entries; ++entry)
      info.rpath.push_back("$ORIGIN/../../package" + std::to_string((i + 19 - entry) % folders) + "/lib");
    files.add_library("/layout/site-packages/package" + std::to_string(i % folders) + "/lib/" + name_of(i),
                      std::move(info));
  }
  return files;
}

double milliseconds_of_a_run(const FileTree& files, const LoaderSystem& system) {
  const auto start = std::chrono::steady_clock::now();
  Process process(files, system);
  process.load("/layout/site-packages/package0/lib/" + name_of(0),
               {.on_failure = LoadOptions::OnFailure::go_on});
  const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
  if (process.objects().size() < libraries * 9 / 10) std::puts("too few are reached");
  return time.count();
}

}  // namespace

int main() {
  const auto files = world();
  LoaderSystem system;
  system.subfolders = {"glibc-hwcaps/x86-64-v3", "glibc-hwcaps/x86-64-v2"};
  std::vector<double> times;
  for (int run = 0; run < 21; ++run) times.push_back(milliseconds_of_a_run(files, system));
  std::sort(times.begin(), times.end());
  std::printf("simulation of %zu libraries: median %.1f ms, worst %.1f ms (at most 50)\n", libraries,
              times[10], times[20]);
}

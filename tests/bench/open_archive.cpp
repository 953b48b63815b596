// Times what opening a wheel consists of, in this process, beside the floor: the central directory and all
// local headers are read, one 64 KiB after the other where they are near, and nothing else is done with them.
// Prints milliseconds of wall time, medians of 11 runs. Usage: bench_open_archive WHEEL
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>
#include <wheelfix/wheel.hpp>

#include "wheel/contents.hpp"
#include "zip/archive.hpp"
#include "zip/audit.hpp"
#include "zip/directory.hpp"
#include "zip/end_record.hpp"
#include "zip/format.hpp"
#include "zip/second_opinion.hpp"

namespace {

using namespace wheelfix;

void time(const char* what, const std::function<void()>& work) {
  std::vector<double> times;
  for (int run = 0; run < 11; ++run) {
    const auto start = std::chrono::steady_clock::now();
    work();
    times.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  std::ranges::sort(times);
  std::printf("%-48s %7.2f\n", what, times[times.size() / 2]);
}

/// Returns the bytes that were read.
std::size_t floor(const File& file, const std::vector<zip::Entry>& entries) {
  const auto end = zip::read_end_record(file);
  auto total = file.read(end.directory_offset, static_cast<std::size_t>(end.directory_size)).size();
  constexpr std::uint64_t most = 64 << 10, gap = 8 << 10;
  std::vector<char> buffer(most);
  for (std::size_t i = 0; i < entries.size();) {
    const auto begin = entries[i].header_offset;
    auto reached = begin;
    for (; i < entries.size() && entries[i].header_offset <= reached + gap; ++i) {
      const auto next = entries[i].header_offset + zip::local_header_size + entries[i].raw_name().size();
      if (next - begin > most) break;
      reached = next;
    }
    file.read(begin, buffer.data(), static_cast<std::size_t>(reached - begin));
    total += static_cast<std::size_t>(reached - begin);
  }
  return total;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fprintf(stderr, "usage: %s WHEEL\n", argv[0]), 2;
  ::setenv("TZ", "UTC0", 1);  // as the programs do, because libzip asks for it at each entry
  const auto file = File::open(argv[1]);
  auto directory = zip::read_directory(file, {});
  std::size_t total = 0;
  time("floor: its headers read", [&] { total = floor(file, directory.entries); });
  time("central directory", [&] { zip::read_directory(file, {}); });
  time("local headers", [&] { zip::read_local_headers(file, directory, {}); });
  time("audit", [&] { zip::audit(directory, {}); });
  time("libzip's opinion",
       [&] { zip::second_opinion(file, directory.entries, zip::LibzipCheck::consistency); });
  time("Archive::open", [&] { zip::Archive::open(argv[1], {}); });
  const auto archive = zip::Archive::open(argv[1], {});
  time("read_contents: METADATA, WHEEL, RECORD", [&] { read_contents(archive, {}); });
  time("Wheel::open", [&] { Wheel::open(argv[1]); });
  std::printf("%zu entries, %zu bytes of headers read\n", directory.entries.size(), total);
}

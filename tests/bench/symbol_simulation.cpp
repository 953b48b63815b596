// Times the look-up of symbols in the way of glibc: 500 libraries that bind 200,000 symbols of each other.
// Prints milliseconds of processor time: the median and the worst of 11 runs. Usage: bench_symbol_simulation
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <deque>
#include <string>
#include <vector>

#include "loader/symbol_maker.hpp"
#include "loader/symbol_rules.hpp"

namespace {

using namespace wheelfix;

constexpr std::size_t libraries = 500, bound_by_each = 400, shared_by_all = 50;

std::string function(std::size_t library, std::size_t number) {
  return "_ZN3c106detail" + std::to_string(library) + "_function_" + std::to_string(number) +
         "ERKNS_6TensorE";
}

std::deque<test::SymbolMaker> world() {
  std::deque<test::SymbolMaker> makers(libraries);
  for (std::size_t library = 0; library < libraries; ++library) {
    auto& maker = makers[library];
    for (std::size_t i = 0; i < bound_by_each; ++i)
      maker.needs(function((library * 7 + i * 13 + 1) % libraries, i));
    for (std::size_t i = 0; i < bound_by_each; ++i) maker.defines(function(library, i));
    for (std::size_t i = 0; i < shared_by_all; ++i)
      maker.defines("_ZNSt6vectorI" + std::to_string(i) + "SaIiEE");
  }
  return makers;
}

std::vector<SymbolObject> objects() {
  std::vector<SymbolObject> all(libraries);
  for (std::size_t i = 0; i < libraries; ++i) {
    const auto name = "lib" + std::to_string(i) + ".so";
    all[i] = {.path = "/x/" + name, .names = {name}, .file = static_cast<std::uint32_t>(i), .needed = {}};
    for (auto need = i + 1; need < std::min(i + 4, libraries); ++need) all[i].needed.push_back(need);
  }
  return all;
}

double milliseconds() {
  return 1e3 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

}  // namespace

int main() {
  auto makers = world();
  std::vector<std::shared_ptr<const elf::DynamicSymbols>> symbols;
  for (auto& maker : makers) symbols.push_back(maker.make());
  const auto process = objects();
  std::vector<double> times;
  for (int run = 0; run < 11; ++run) {
    const auto start = milliseconds();
    SymbolIndex index;
    for (const auto& each : symbols) index.add(each);
    if (const auto failure = first_symbol_failure(LoaderSystem(), index, process, {.global_scope = {}}))
      std::puts(failure->message.c_str());
    times.push_back(milliseconds() - start);
  }
  std::sort(times.begin(), times.end());
  std::printf("%zu symbols of %zu libraries: median %.1f ms, worst %.1f ms (at most 300)\n",
              libraries * bound_by_each, libraries, times[5], times[10]);
}

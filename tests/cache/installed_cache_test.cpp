#include "cache/installed_cache.hpp"

#include <doctest/doctest.h>

#include "environment/import_code.hpp"
#include "environment/wheel_set.hpp"
#include "installed/installed.hpp"
#include "support/stub_wheel.hpp"

using namespace wheelfix;
using test::TempFolder;

namespace {

constexpr auto code =
    "import ctypes, os\nctypes.CDLL(os.path.join(os.path.dirname(__file__), 'libdemo.so'))\n";

/// One distribution: a module, and code that loads a library.
std::vector<Wheel> make_site(const TempFolder& site) {
  site.write("demo/__init__.py", code);
  site.write("demo/_C.cpython-311-x86_64-linux-gnu.so", test::library("", {"libgone.so.1"}));
  return find_installed({{site.path(), true}}, "/", {}).distributions;
}

std::unique_ptr<WheelSet> read(const std::vector<Wheel>& distributions) {
  const std::vector<WheelEdit> wheels(distributions.begin(), distributions.end());
  return make_wheel_set(wheels, read_libraries(wheels), Layout::parse("shared"), SetCode{}, SetSystem{});
}

InstalledCache cache_in(const TempFolder& folder, bool with_cuda = false, const Limits& limits = {}) {
  return InstalledCache(folder.path(), limits, with_cuda, 2);
}

}  // namespace

TEST_CASE("what was read of a distribution is found by the state of its files") {
  const TempFolder site, folder;
  const auto distributions = make_site(site);
  auto cache = cache_in(folder);
  CHECK_FALSE(cache.find(distributions, {"state"}).at(0));
  const auto set = read(distributions);
  cache.keep(*set);
  CHECK(folder.names().size() == 1);
  const auto found = cache_in(folder).find(distributions, {"state"}).at(0);
  REQUIRE(found);
  CHECK(found->libraries.libraries.at(0).info.needed == std::vector<std::string>{"libgone.so.1"});
  CHECK(found->code.loads == set->code->codes().at(0).loads);
  CHECK(found->code.loads->at(0).loads.at(0).names.at(0).text == "demo/libdemo.so");
  CHECK_FALSE(cache_in(folder).find(distributions, {"other"}).at(0));
  CHECK_FALSE(cache_in(folder).find(distributions, {""}).at(0));
  CHECK_FALSE(cache_in(folder, true).find(distributions, {"state"}).at(0));
  CHECK_FALSE(cache_in(folder, false, {.max_entries = 1000}).find(distributions, {"state"}).at(0));
}

TEST_CASE("what has no state, and what couldn't be read, isn't kept") {
  const TempFolder site, folder;
  const auto distributions = make_site(site);
  auto cache = cache_in(folder);
  cache.find(distributions, {""});
  cache.keep(*read(distributions));
  CHECK(folder.names().empty());
  cache.find(distributions, {"state"});
  for (const auto* gone : {"demo/__init__.py", "demo/_C.cpython-311-x86_64-linux-gnu.so"}) {
    std::filesystem::rename(site / gone, site / "aside");
    cache.keep(*read(distributions));
    CHECK(folder.names().empty());
    std::filesystem::rename(site / "aside", site / gone);
  }
  cache.keep(*read(distributions));
  CHECK(folder.names().size() == 1);
}

TEST_CASE("without a folder nothing is kept, and nothing fails") {
  const TempFolder site;
  const auto distributions = make_site(site);
  InstalledCache cache(std::nullopt, {}, false, 1);
  CHECK_FALSE(cache.find(distributions, {"state"}).at(0));
  cache.keep(*read(distributions));
}

#include <wheelfix/finding_catalogue.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <wheelfix/spelling.hpp>

#include "base/findings/against.hpp"
#include "base/findings/archive.hpp"
#include "base/findings/cuda.hpp"
#include "base/findings/environment.hpp"
#include "base/findings/host.hpp"
#include "base/findings/imports.hpp"
#include "base/findings/names_and_metadata.hpp"
#include "base/findings/python.hpp"
#include "base/findings/record.hpp"
#include "base/findings/search_paths.hpp"
#include "base/findings/tags.hpp"
#include "base/findings/writing.hpp"

namespace wheelfix {
namespace {

/// In the order in which they are listed.
constexpr auto groups = std::to_array<FindingGroup>({
    {"The archive and its entries", {}, findings::archive},
    {"Names and metadata", {}, findings::names_and_metadata},
    {"RECORD", {}, findings::record},
    {"What patch and repair report",
     R"(They also report what `verify` finds in the source, and the errors that end them.)",
     findings::writing},
    {"What verify --against reports",
     R"(With `--receipt`. The differences themselves are no findings: `-v` lists them.)",
     findings::against},
    {"Imports",
     R"(By the rules of the loader that the wheels' tags imply. Each extension module is loaded in a
simulated process of its own:

1. after what importing its package loads outside of any `try`, by a path or by a glob over a folder
   of the wheel, like torch's `lib/*.dll` on Windows;
2. if that fails, after what the package's own code may load: the string literals of a Python file
   that calls ctypes.CDLL;
3. if that fails, after other modules.

What manylinux and musllinux promise for every system is assumed to exist. Modules of a universal2
wheel are loaded like on arm64; what is missing for x86_64 is a `missing-slice`.)",
     findings::imports},
    {"Tags",
     R"(For each wheel. What manylinux tags promise of the system's libraries is in auditwheel's policies, and
what abi3 tags promise of Python in its list of the stable ABI; musl's version can't be known. If a
wheel has files of one module for several Pythons, the best one for each tag counts.)",
     findings::tags},
    {"Search paths", {}, findings::search_paths},
    {"CUDA",
     R"(The libraries that a wheel needs show which CUDA it is for (`libcudart.so.12`,
`cudart64_12.dll`, `libcudnn.so.8`), or else those that it has, its name or version (`cu12`,
`+cu128`) or its Requires-Dist. Wheels are compared with each other. A wheel that has libraries for
several majors uses the one in the set.)",
     findings::cuda},
    {"This machine",
     R"(With `--host`, if a wheel uses CUDA. Findings that concern only the machine have no wheel. If
wheelfix was built with the CUDA Toolkit, its runtime is asked as well as the driver.)",
     findings::host},
    {"Another Python",
     R"(With `--python 3.13t`, `--python cp313t` or `--python /usr/bin/python3`. A version or tag says nothing
about the platform, and about Requires-Python only what holds for all patch releases. An interpreter
is asked with `-I -c`, for at most five seconds. It answers for itself, but a `_manylinux` module isn't asked.)",
     findings::python},
    {"Installed packages", R"(Only the sizes of files are compared, not their hashes.)",
     findings::environment},
});

/// All of all groups, so that a code is the index of its entry.
constexpr auto infos = [] {
  constexpr auto count = [] {
    std::size_t sum = 0;
    for (const auto& group : groups) sum += group.findings.size();
    return sum;
  }();
  std::array<const FindingInfo*, count> all = {};
  std::size_t filled = 0;
  for (const auto& group : groups)
    for (const auto& info : group.findings) all[filled++] = &info;
  return all;
}();

consteval bool entries_are_in_order() {
  for (std::size_t i = 0; i < infos.size(); ++i)
    if (infos[i]->code != static_cast<FindingCode>(i)) return false;
  return true;
}
static_assert(entries_are_in_order(), "an entry in base/findings for each FindingCode, in the same order");

/// Whether the number is that of an enumerator: compilers print any other as a cast.
template <FindingCode code>
consteval bool is_named() {
  return std::string_view(__PRETTY_FUNCTION__).find("FindingCode)") == std::string_view::npos;
}
static_assert(is_named<static_cast<FindingCode>(infos.size() - 1)>());
static_assert(!is_named<static_cast<FindingCode>(infos.size())>(),
              "the last FindingCode has no entry in base/findings");

}  // namespace

std::string_view to_string(FindingKind kind) noexcept {
  return kind == FindingKind::breaks ? "breaks" : "hygiene";
}

std::string_view to_string(FindingCode code) noexcept {
  return info_of(code).name;
}

std::span<const FindingGroup> finding_catalogue() {
  return groups;
}

const FindingInfo& info_of(FindingCode code) noexcept {
  return *infos[static_cast<std::size_t>(code)];
}

FindingKind kind_of(const Finding& finding) noexcept {
  const auto& info = info_of(finding.code);
  return info.hygiene_as.contains(finding.severity) ? FindingKind::hygiene : info.kind;
}

const FindingInfo* find_finding(std::string_view name) {
  const auto found = std::ranges::find(infos, name, &FindingInfo::name);
  return found == infos.end() ? nullptr : *found;
}

std::vector<std::string_view> names_like(std::string_view word) {
  std::vector<std::string_view> names;
  for (const auto* info : infos) names.push_back(info->name);
  return spelled_like(word, names);
}

}  // namespace wheelfix

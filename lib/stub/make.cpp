#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <wheelfix/error.hpp>
#include <wheelfix/stub.hpp>

#include "base/glob.hpp"
#include "base/text.hpp"
#include "stub/image.hpp"

namespace wheelfix {

namespace {

struct Machine {
  std::string_view name;
  std::uint16_t number;
  std::uint64_t page_size;  ///< the largest that its systems have
};

constexpr std::array machines = {Machine{"x86_64", EM_X86_64, 4096}, Machine{"aarch64", EM_AARCH64, 65536}};

constexpr std::size_t max_needed = 1000;
constexpr std::size_t max_search_path = 60'000;

const BinaryInfo& library_at(const StubTemplate::Origin& origin, const StubLibraries& libraries,
                             std::string_view what) {
  const auto found = libraries.find(origin.entry);
  if (found == libraries.end() || found->second.format != BinaryFormat::elf || !found->second.is_dynamic) {
    throw Error(ErrorCode::bad_recipe, origin.where,
                fmt::format("{} is to be that of {}, which isn't an ELF library of the wheel", what,
                            printable(origin.entry)),
                "check the spelling: `wheelfix inspect WHEEL` lists the libraries");
  }
  return found->second;
}

const Machine& find_machine(const StubTemplate& stub, const StubLibraries& libraries) {
  std::string_view name = stub.machine;
  bool is_64_bit_little_endian = true;
  if (stub.machine_from) {
    const auto& info = library_at(*stub.machine_from, libraries, "machine");
    name = info.machine;
    is_64_bit_little_endian = info.bits == 64 && !info.big_endian;
  }
  const auto found = std::ranges::find(machines, name, &Machine::name);
  if (found != machines.end() && is_64_bit_little_endian) return *found;
  throw Error(ErrorCode::bad_recipe, stub.machine_from ? stub.machine_from->where : stub.file,
              fmt::format("no stub can be made for the machine of {}",
                          stub.machine_from ? printable(stub.machine_from->entry) : printable(name)),
              "stubs are made for x86_64 and aarch64, 64 bits and little-endian");
}

void set_search_path(const StubTemplate& stub, const StubLibraries& libraries, StubImage& image) {
  auto entries = stub.rpath;
  bool is_rpath = stub.rpath_kind == SearchPathKind::rpath;
  if (stub.rpath_from) {
    const auto& info = library_at(*stub.rpath_from, libraries, "rpath");
    const bool has_runpath = !info.runpath.empty();
    entries = has_runpath ? info.runpath : info.rpath;
    if (stub.rpath_kind == SearchPathKind::keep) is_rpath = !has_runpath;
  }
  image.search_path = join_search_path(entries);
  image.search_path_tag = is_rpath ? DT_RPATH : DT_RUNPATH;
}

void check_size(const StubTemplate& stub, const StubImage& image) {
  if (image.needed.size() > max_needed) {
    throw Error(
        ErrorCode::bad_recipe, stub.file,
        fmt::format("the stub would need {} libraries, more than {}", image.needed.size(), max_needed),
        "use globs that match fewer libraries");
  }
  if (image.search_path.size() > max_search_path) {
    throw Error(ErrorCode::bad_recipe, stub.file,
                fmt::format("the stub's rpath would have {} bytes, more than {}", image.search_path.size(),
                            max_search_path));
  }
}

}  // namespace

std::vector<std::string> stub_needed(const StubTemplate& stub, const StubLibraries& libraries) {
  std::set<std::string> known;
  for (const auto& [path, info] : libraries) {
    if (info.format == BinaryFormat::elf) known.insert(info.needed.begin(), info.needed.end());
  }
  const auto is_excluded = [&](const std::string& name) {
    return name == stub.soname || std::ranges::any_of(stub.exclude, [&](const std::string& glob) {
             return glob_matches(glob, name);
           });
  };
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (!is_excluded(name) && std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  for (const auto& item : stub.needed) {
    if (!is_glob(item)) add(item);
    for (const auto& name : known) {
      if (is_glob(item) && glob_matches(item, name)) add(name);
    }
  }
  return names;
}

std::string make_stub(const StubTemplate& stub, const StubLibraries& libraries) {
  const auto& machine = find_machine(stub, libraries);
  StubImage image{.machine = machine.number,
                  .page_size = stub.page_size.value_or(machine.page_size),
                  .soname = stub.soname,
                  .needed = stub_needed(stub, libraries),
                  .search_path = {},
                  .search_path_tag = 0};
  set_search_path(stub, libraries, image);
  check_size(stub, image);
  return write_stub_image(image);
}

}  // namespace wheelfix

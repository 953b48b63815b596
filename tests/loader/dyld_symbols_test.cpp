// The rules are those of dyld4: Loader::resolveSymbol and hasExportedSymbol in dyld/Loader.cpp of Apple's
// dyld.
#include <deque>
#include <map>
#include <memory>

#include "loader/loader_testing.hpp"
#include "loader/symbol_tables.hpp"

using namespace wheelfix;
using namespace std::string_literals;
using test::failure;
using test::Names;

namespace {

/// The symbols of a library, and what it is linked to.
class Image {
 public:
  Image& links(const std::string& name, NeededKind kind = NeededKind::load) {
    needed_.push_back(name);
    kinds_.push_back(kind);
    return *this;
  }
  Image& binds(const std::string& name, int library, bool may_be_missing = false) {
    symbols_.bound.push_back({.name = static_cast<std::uint32_t>(symbols_.names.size()),
                              .name_size = static_cast<std::uint32_t>(name.size()),
                              .library = library,
                              .may_be_missing = may_be_missing});
    symbols_.names += name;
    return *this;
  }
  Image& defines(const std::string& name) {
    symbols_.defined.push_back(name);
    return *this;
  }
  /// Exports one name, of its `library`, where it may have another name.
  Image& reexports(const std::string& name, int library, const std::string& other = "") {
    const auto terminal = "\x08"s + static_cast<char>(library) + other + '\0';
    symbols_.trie = macho::ExportTrie("\0\1"s + name + '\0' + static_cast<char>(name.size() + 4) +
                                      static_cast<char>(terminal.size()) + terminal + '\0');
    return *this;
  }
  Image& is_flat() {
    symbols_.is_two_level = false;
    return *this;
  }

  BinaryInfo info(const std::string& path) const {
    BinaryInfo info;
    info.format = BinaryFormat::macho;
    info.machine = "arm64";
    info.is_dynamic = true;
    info.soname = path;
    info.needed = needed_;
    info.needed_kinds = kinds_;
    return info;
  }
  const macho::Symbols& symbols() const { return symbols_; }

 private:
  Names needed_;
  std::vector<NeededKind> kinds_;
  macho::Symbols symbols_;
};

struct World : test::World {
  World() : test::World(LoaderKind::dyld) { system.machine = "arm64"; }

  Image& add(const std::string& path) { return images[path]; }
  /// Of the images as they are now.
  Process process() {
    for (const auto& [path, image] : images) files.add_library(path, image.info(path));
    return {files, system, {}, &tables.emplace_back([this](const TreeNode& file) { return read(file); })};
  }
  std::string said(const std::string& path) { return failure(process().load(path)); }
  std::shared_ptr<const LibrarySymbols> read(const TreeNode& file) const {
    return std::make_shared<const LibrarySymbols>(
        LibrarySymbols{LibrarySymbols::MachoSlices{images.at(file.path()).symbols()}});
  }

  std::map<std::string, Image> images;
  std::deque<SymbolTables> tables;
};

constexpr auto system_library = "/usr/lib/libSystem.B.dylib";

}  // namespace

TEST_CASE("a symbol of a certain library must be in that one, or in what it re-exports") {
  World world;
  world.add("/w/a.so")
      .links("/w/b.dylib")
      .links(system_library)
      .binds("_x", 1)
      .binds("_malloc", 2)
      .binds("_y", 1);
  world.add("/w/b.dylib").links("/w/c.dylib", NeededKind::reexport).links("/w/d.dylib").defines("_x");
  world.add("/w/c.dylib");
  world.add("/w/d.dylib").defines("_y");
  CHECK(world.said("/w/a.so") ==
        "Symbol not found: _y\n  Referenced from: /w/a.so\n  Expected in: /w/b.dylib");
  world.add("/w/c.dylib").links("/w/b.dylib", NeededKind::reexport).defines("_y");
  CHECK(world.said("/w/a.so").empty());
}

TEST_CASE("an export may be another library's, by another name") {
  World world;
  world.add("/w/a.so").links("/w/b.dylib").binds("_x", 1);
  world.add("/w/b.dylib").links("/w/c.dylib").reexports("_x", 1, "_z");
  world.add("/w/c.dylib").defines("_x");
  CHECK(world.said("/w/a.so") ==
        "Symbol not found: _x\n  Referenced from: /w/a.so\n  Expected in: /w/b.dylib");
  world.add("/w/c.dylib").defines("_z");
  CHECK(world.said("/w/a.so").empty());
}

TEST_CASE("what is imported weakly may be missing, with its library or without") {
  World world;
  world.add("/w/a.so")
      .links("/w/b.dylib")
      .links("/w/none.dylib", NeededKind::weak)
      .binds("_x", 1, true)
      .binds("_y", 2, true);
  world.add("/w/b.dylib");
  CHECK(world.said("/w/a.so").empty());
  world.add("/w/a.so").binds("_z", 2);
  CHECK(world.said("/w/a.so") == "Symbol not found: _z\n  Referenced from: /w/a.so\n  Expected in: unknown");
}

TEST_CASE("a flat look-up finds what anything loaded defines, Python's symbols and those of the system") {
  World world;
  auto& module = world.add("/w/a.so").links(system_library).links("/w/b.dylib");
  for (const auto* name : {"_PyList_New", "__Py_NoneStruct", "_objc_msgSend", "_CFRelease", "_kCFNull",
                           "_dgemm_", "__ZNSt3__14coutE", "__Znwm", "___udivti3"})
    module.binds(name, macho::in_all);
  module.binds("_x", macho::in_all).binds("_bcf_destroy", macho::in_all);
  world.add("/w/b.dylib").links("/w/c.dylib");
  world.add("/w/c.dylib").defines("_x");
  CHECK(world.said("/w/a.so") == "symbol not found in flat namespace '_bcf_destroy'");
  world.add("/w/d.so").defines("_bcf_destroy");
  auto process = world.process();
  CHECK(process.load("/w/d.so").ok());
  CHECK(process.load("/w/a.so").ok());
}

TEST_CASE("a library of the system defines no symbol that a file linked to it looks for everywhere") {
  World world;
  const auto ldap = "/System/Library/Frameworks/LDAP.framework/Versions/A/LDAP"s;
  world.add("/w/a.so").links(system_library).binds("_ldap_start_tls", macho::in_all);
  CHECK(world.said("/w/a.so").empty());
  world.add("/w/a.so").links(ldap);
  CHECK(world.said("/w/a.so") == "symbol not found in flat namespace '_ldap_start_tls'");
  world.add("/w/a.so").is_flat();
  CHECK(world.said("/w/a.so").empty());
  world.add("/w/b.so")
      .links(system_library)
      .binds("_dgemm$NEWLAPACK", macho::in_all)
      .binds("_sec_trust_copy_ref", macho::in_all);
  CHECK(world.said("/w/b.so").empty());
}

TEST_CASE("weak definitions are looked for everywhere") {
  World world;
  world.add("/w/a.so").links(system_library).binds("__ZN1a1bEv", macho::in_all_weak);
  CHECK(world.said("/w/a.so") == "weak-def symbol not found '__ZN1a1bEv'");
  world.add("/w/a.so").defines("__ZN1a1bEv");
  CHECK(world.said("/w/a.so").empty());
}

TEST_CASE("the first file is bound first, and a failed request leaves nothing") {
  World world;
  world.add("/w/a.so").links("/w/b.dylib").binds("_x", 1);
  world.add("/w/b.dylib").links(system_library).binds("_bcf_b", macho::in_all);
  world.add("/w/d.so").links(system_library).binds("_x", macho::in_all).binds("_hts", macho::in_program);
  auto process = world.process();
  const auto result = process.load("/w/a.so");
  CHECK(failure(result) == "Symbol not found: _x\n  Referenced from: /w/a.so\n  Expected in: /w/b.dylib");
  CHECK(result.failures.at(0).kind == LoadFailure::Kind::symbol);
  CHECK(result.failures.at(0).name == "_x");
  CHECK(process.objects().empty());
  world.add("/w/b.dylib").defines("_x");
  CHECK(failure(process.load("/w/d.so")) == "symbol not found in flat namespace '_x'");
  CHECK(world.said("/w/a.so") == "symbol not found in flat namespace '_bcf_b'");
  CHECK_FALSE(world.tables.back().has_bound_all());
}

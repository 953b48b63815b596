#include "binary/module_export.hpp"

#include <doctest/doctest.h>

#include <wheelfix/binary.hpp>

#include "binary/macho_builder.hpp"
#include "binary/pe_builder.hpp"
#include "support/compiled_library.hpp"
#include "support/stub_wheel.hpp"

using namespace wheelfix;
using Names = std::vector<std::string>;

namespace {

std::optional<bool> exports(const std::string& bytes, const std::string& path = "demo/_m.so") {
  MemoryBytes source(bytes);
  return exports_init(source, path);
}

/// A library of C functions.
std::string compiled(const std::string& code, const std::string& options = "") {
  const test::TempFolder folder;
  return test::compiled_library(folder, "extern \"C\" {\n" + code + "\n}\n", options);
}

}  // namespace

TEST_CASE("the function that begins an import has the module's name, in punycode if that isn't ASCII") {
  // By Python: name.encode("punycode").decode().replace("-", "_").
  CHECK(init_functions("a/b.cpython-311-x86_64-linux-gnu.so") == Names{"PyInit_b", "PyModExport_b"});
  CHECK(init_functions("_C.pyd") == Names{"PyInit__C", "PyModExport__C"});
  CHECK(init_functions("a/my-mod.so").front() == "PyInit_my_mod");
  CHECK(init_functions("a/b/__init__.abi3.so").front() == "PyInit_b");
  CHECK(init_functions("a/größe.so").front() == "PyInitU_gre_6ka8i");
  CHECK(init_functions("a/модуль.so").front() == "PyInitU_d1aobi0a9c");
  CHECK(init_functions("模块x.so").front() == "PyInitU_x_mk0b309c");
  CHECK(init_functions("\xff.so").empty());
}

TEST_CASE("an ELF library exports what dlsym finds in it, by either hash table") {
  const std::string module = "void *PyInit__m(void) { return 0; }\nint f(void) { return 1; }\n";
  for (const auto* options : {"-Wl,--hash-style=gnu", "-Wl,--hash-style=sysv", "-Wl,--hash-style=both"}) {
    CHECK(exports(compiled(module, options)) == true);
    CHECK(exports(compiled(module, options), "demo/f.so") == false);
    CHECK(exports(compiled("int my_plugin_entry(void) { return 1; }", options)) == false);
    CHECK(exports(compiled("void *PyInit__m(void);\nvoid *f(void) { return PyInit__m(); }", options)) ==
          false);
    CHECK(exports(compiled("__attribute__((visibility(\"hidden\")))\n" + module, options)) == false);
  }
  CHECK(exports(compiled("int PyModExport__m = 1;")) == true);
  CHECK(exports(compiled("static int f(void) { return 1; }\nint (*g)(void);", "-fvisibility=hidden")) ==
        false);
}

TEST_CASE("nothing is known of a library without symbols, or with tables that lead elsewhere") {
  CHECK(exports(test::library("_m.so", {"libc.so.6"})) == std::nullopt);
  CHECK(exports(test::pe_image({.needed = {"KERNEL32.dll"}}), "demo/_m.pyd") == std::nullopt);
  CHECK(exports(test::MachoBuilder().build()) == std::nullopt);
  CHECK(exports("no library") == std::nullopt);
  const auto whole = compiled("void *PyInit__m(void) { return 0; }");
  for (std::size_t size = 64; size < whole.size(); size += 512) CHECK_NOTHROW(exports(whole.substr(0, size)));
}

TEST_CASE("a DLL exports the names of its export directory") {
  const Names names = {"PyInit__l", "PyInit__m", "PyInit__mm", "f"};
  for (std::size_t count = 0; count <= names.size(); ++count) {
    const auto image =
        test::pe_image({.needed = {"python311.dll"},
                        .exports = Names(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(count))});
    if (count == 0) continue;
    CHECK(exports(image, "demo/_m.cp311-win_amd64.pyd") == (count > 1));
    CHECK(exports(image, "demo/_l.pyd") == true);
    CHECK(exports(image, "demo/_.pyd") == false);
  }
}

namespace {

constexpr std::uint32_t symtab = 2, exports_trie = 0x80000033;

/// A bundle with a trie of two names that begin alike, or with a table of symbols.
std::string bundle(bool in_trie, std::uint32_t cpu_type = 0x0100000C, bool is_external = true) {
  using namespace std::string_literals;
  const auto trie =
      "\0\1_PyInit_\0\xd\0"s + "\0\2_m\0\x17_l\0\x1b\0"s.substr(0, 10) + "\2\0\0\0"s + "\2\0\0\0"s;
  const auto build = [&](std::uint32_t at) {
    test::MachoBuilder builder;
    builder.cpu_type = cpu_type;
    if (in_trie) {
      builder.command(exports_trie,
                      builder.number(at) + builder.number(static_cast<std::uint32_t>(trie.size())));
    } else {
      builder.command(symtab,
                      builder.number(at) + builder.number(1) + builder.number(at + 16) + builder.number(12));
    }
    return builder.build();
  };
  const auto size = static_cast<std::uint32_t>(build(0).size());
  const auto symbol =
      test::MachoBuilder().number(1) + (is_external ? "\x0f"s : "\x0e"s) + "\1\0\0"s + "\0\0\0\0\0\0\0\0"s;
  return build(size) + (in_trie ? trie : symbol + "\0_PyInit__m\0"s);
}

}  // namespace

TEST_CASE("a bundle exports what its trie has, or its external symbols; a fat one what any slice does") {
  CHECK(exports(bundle(true)) == true);
  CHECK(exports(bundle(true), "demo/_l.so") == true);
  CHECK(exports(bundle(true), "demo/_k.so") == false);
  CHECK(exports(bundle(false)) == true);
  CHECK(exports(bundle(false), "demo/_l.so") == false);
  CHECK(exports(bundle(false, 0x0100000C, false)) == false);
  const auto fat =
      test::fat_macho({{0x01000007, bundle(false, 0x01000007, false)}, {0x0100000C, bundle(true)}});
  CHECK(exports(fat) == true);
  CHECK(exports(fat, "demo/_x.so") == false);
}

#include <doctest/doctest.h>

#include <wheelfix/error.hpp>
#include <wheelfix/library.hpp>

#include "binary/macho_builder.hpp"
#include "binary/pe_builder.hpp"
#include "cuda/fatbin_builder.hpp"
#include "library/library_limits.hpp"
#include "support/stub_wheel.hpp"

using namespace wheelfix;

TEST_CASE("all libraries of a wheel are read, in order of path, as edited") {
  const test::TempFolder folder;
  WheelEdit edit(Wheel::open(test::wheel_of_libraries().write(folder)));
  edit.set_content("demo/added", test::library("libadded.so"));
  edit.remove("demo/lib/liba.so");
  const auto result = read_libraries(edit);
  CHECK(result.findings.empty());
  REQUIRE(result.libraries.size() == 3);
  CHECK(result.libraries[0].path == "demo/_C.cpython-311-x86_64-linux-gnu.so");
  CHECK(result.libraries[0].info.needed == std::vector<std::string>{"liba.so", "libc.so.6"});
  CHECK(result.libraries[1].path == "demo/added");
  CHECK(result.libraries[1].info.soname == "libadded.so");
  CHECK(result.libraries[2].path == "demo/lib/libb.so.1");
  CHECK(result.libraries[2].info.runpath == std::vector<std::string>{"$ORIGIN", "/opt/b"});
}

TEST_CASE("of entries that inflate as no library does, only the first are read for symbols") {
  const test::TempFolder folder;
  test::WheelText text{
      .files = {{.name = "a.py", .content = ""}, {.name = "z.so", .content = test::library("z.so")}}};
  const std::string zeros(14 << 20, '\0');
  for (const auto* name : {"1.so", "2.so", "3.so", "4.so", "5.so"})
    text.files.push_back({.name = name, .content = zeros});
  const auto entries = entries_with_symbols(WheelEdit(Wheel::open(text.write(folder))));
  for (const auto* name : {"1.so", "2.so", "3.so", "4.so", "z.so"}) CHECK(entries.contains(name));
  CHECK_FALSE(entries.contains("5.so"));
  CHECK_FALSE(entries.contains("a.py"));
}

TEST_CASE("a set of wheels has one progress, which names the wheel that is read") {
  const test::TempFolder folder;
  std::vector<WheelEdit> wheels;
  std::uint64_t size = 0;
  for (const auto* name : {"one", "pure", "two"}) {
    test::WheelText text{.name = name};
    if (std::string(name) != "pure")
      text.files = {{.name = std::string(name) + "/liba.so", .content = test::library("liba.so")}};
    const auto path = text.write(folder);
    size += std::filesystem::file_size(path);
    wheels.emplace_back(Wheel::open(path));
  }
  std::vector<std::string> activities;
  std::uint64_t last = 0;
  const auto libraries = read_libraries(wheels, {.progress = [&](const Progress& progress) {
                                          if (activities.empty() || activities.back() != progress.activity)
                                            activities.emplace_back(progress.activity);
                                          CHECK(progress.done >= last);
                                          CHECK(progress.total == size);
                                          last = progress.done;
                                          return true;
                                        }});
  REQUIRE(libraries.size() == 3);
  CHECK(libraries[0].libraries.size() == 1);
  CHECK(libraries[1].libraries.empty());
  CHECK(activities == std::vector<std::string>{"reading one 1.0", "reading pure 1.0", "reading two 1.0"});
  CHECK(last <= size);
  CHECK_THROWS_AS(read_libraries(wheels, {.progress = [](const Progress&) { return false; }}), Error);
}

TEST_CASE("libraries for Windows and macOS are recognized by their first bytes, whatever their names") {
  const test::TempFolder folder;
  test::MachoBuilder dylib;
  dylib.text_command(0xC, "@rpath/libb.dylib");
  const std::string java("\xCA\xFE\xBA\xBE\0\0\0\x34", 8);
  const test::WheelText text{
      .files = {{.name = "demo/A.class", .content = java + std::string(200, '\0')},
                {.name = "demo/_C.pyd", .content = test::pe_image({.needed = {"a.dll"}})},
                {.name = "demo/lib/liba.dylib", .content = dylib.build()},
                {.name = "demo/notes.dll", .content = "MZ" + std::string(200, 'x')}}};
  const auto result = read_libraries(Wheel::open(text.write(folder)));
  CHECK(result.findings.empty());
  REQUIRE(result.libraries.size() == 2);
  CHECK(result.libraries[0].path == "demo/_C.pyd");
  CHECK(result.libraries[0].info.needed == std::vector<std::string>{"a.dll"});
  CHECK(result.libraries[1].path == "demo/lib/liba.dylib");
  CHECK(result.libraries[1].info.needed == std::vector<std::string>{"@rpath/libb.dylib"});
}

TEST_CASE("the architectures of GPU code are reported if requested, for edited libraries too") {
  const test::TempFolder folder;
  const auto dll = [](std::uint32_t arch) {
    auto image = test::pe_image({.section = ".nv_fatb"});
    image += std::string((8 - image.size() % 8) % 8, '\0') + test::fatbin({{.arch = arch}});
    return test::with_whole_section(image);
  };
  const test::WheelText text{
      .files = {{.name = "a.dll", .content = dll(80)}, {.name = "b.dll", .content = dll(80)}}};
  WheelEdit edit(Wheel::open(text.write(folder)));
  CHECK(read_libraries(edit).libraries.at(0).cuda_archs.empty());
  edit.remove("b.dll");
  edit.set_content("b.dll", dll(90));
  const auto libraries = read_libraries(edit, {.cuda_archs = true}).libraries;
  CHECK(libraries.at(0).cuda_archs == std::vector<std::string>{"sm_80"});
  CHECK(libraries.at(1).cuda_archs == std::vector<std::string>{"sm_90"});
}

TEST_CASE(
    "tables of symbols that lie are a warning where symbols are asked for, and the library is still read") {
  const test::TempFolder folder;
  auto lying = test::library("liba.so");
  const std::string symbol_table("\6\0\0\0\0\0\0\0", 8);  // DT_SYMTAB, and then its address
  const auto at = lying.rfind(symbol_table);
  REQUIRE(at != lying.npos);
  lying.replace(at + 8, 8, std::string("\0\0\0\x70\0\0\0\0", 8));
  WheelEdit edit(Wheel::open(test::wheel_of_libraries().write(folder)));
  edit.set_content("demo/lib/liba.so", lying);
  CHECK(read_libraries(edit).findings.empty());
  const auto result = read_libraries(edit, {.symbols = true});
  CHECK(result.libraries.size() == read_libraries(edit).libraries.size());
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings[0].code == FindingCode::bad_library);
  CHECK(result.findings[0].severity == Severity::warning);
  CHECK(result.findings[0].path == "demo/lib/liba.so");
  CHECK(result.findings[0].message ==
        "DT_SYMTAB is at address 0x70000000, which no PT_LOAD maps from the file");
}

TEST_CASE("a damaged library is a finding, and the others are still read") {
  const test::TempFolder folder;
  auto text = test::wheel_of_libraries();
  text.files[2].content.resize(100);
  const auto path = text.write(folder);
  for (const unsigned jobs : {1U, 4U}) {
    const auto result = read_libraries(Wheel::open(path), {.jobs = jobs});
    CHECK(result.libraries.size() == 2);
    REQUIRE(result.findings.size() == 1);
    CHECK(result.findings[0].code == FindingCode::bad_library);
    CHECK(result.findings[0].wheel == path.string());
    CHECK(result.findings[0].path == "demo/lib/liba.so");
    CHECK(result.findings[0].message.starts_with("the program header table ("));
    CHECK(result.findings[0].message.ends_with("is cut short: the file has 100 bytes"));
  }
}

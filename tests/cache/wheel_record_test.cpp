#include "cache/wheel_record.hpp"

#include <doctest/doctest.h>

#include <map>
#include <wheelfix/imports.hpp>

#include "environment/import_code.hpp"
#include "support/stub_wheel.hpp"

using namespace wheelfix;
using test::TempFolder;

namespace {

/// What is read of a wheel that has something of everything: a library, a damaged one, code that loads one,
/// imports that are caught, folders of DLLs.
std::string record_of(const TempFolder& folder) {
  test::WheelText text{.name = "demo", .tag = "cp311-cp311-manylinux_2_17_x86_64", .files = {}};
  text.files = {
      {.name = "demo/__init__.py",
       .content =
           "import ctypes, os\n"
           "try:\n  from . import _C\nexcept ImportError:\n  pass\n"
           "if os.name == 'nt':\n  os.add_dll_directory(os.path.join(os.path.dirname(__file__), 'lib'))\n"
           "ctypes.CDLL(os.path.join(os.path.dirname(__file__), 'lib', 'libdemo.so'))\n"},
      {.name = "demo/_C.cpython-311-x86_64-linux-gnu.so",
       .content = test::library("", {"libgone.so.1", "libdemo.so"}, {"$ORIGIN/lib"})},
      {.name = "demo/lib/libdemo.so", .content = test::library("libdemo.so")},
      {.name = "demo/lib/libbad.so",
       .content = "\x7f"
                  "ELF"}};
  const Wheel wheel = Wheel::open(text.write(folder));
  const auto set = read_wheel_set({WheelEdit(wheel)}, Layout::parse("shared"));
  for (const auto& root : import_roots(set->placed)) predict_import(set->scene(), root);
  const auto& code = set->code->codes().at(0);
  REQUIRE(set->libraries.at(0).libraries.size() == 2);
  REQUIRE(set->libraries.at(0).findings.size() == 1);
  REQUIRE(code.loads->size() == 1);
  REQUIRE(code.caught);
  return pack_record(known_wheel(wheel), set->libraries.at(0), code);
}

}  // namespace

TEST_CASE("a record of a wheel is read as it was written") {
  const TempFolder folder;
  const auto bytes = record_of(folder);
  const auto record = parse_record(bytes);
  REQUIRE(record);
  CHECK(record->wheel.dist_info == "demo-1.0.dist-info");
  CHECK(record->libraries.libraries.at(0).info.needed ==
        std::vector<std::string>{"libgone.so.1", "libdemo.so"});
  CHECK(record->libraries.findings.at(0).code == FindingCode::bad_library);
  CHECK(record->code.loads->at(0).loads.at(0).names.at(0).text == "demo/lib/libdemo.so");
  CHECK(pack_record(record->wheel, record->libraries, record->code) == bytes);
}

TEST_CASE("a record of what is installed is read as it was written, by the name that it has in a file") {
  const TempFolder folder;
  const auto of_wheel = parse_record(record_of(folder));
  REQUIRE(of_wheel);
  const auto part = pack_files_record(of_wheel->libraries, of_wheel->code);
  const std::map<std::string, std::string> records = {{"a", part}, {"b", ""}};
  const auto bytes = pack_records(records);
  CHECK(parse_records(bytes) == records);
  const auto record = parse_files_record(part);
  REQUIRE(record);
  CHECK(record->libraries.findings.at(0).code == FindingCode::bad_library);
  CHECK(pack_files_record(record->libraries, record->code) == part);
  CHECK_FALSE(parse_files_record(part + "x"));
  CHECK_FALSE(parse_files_record(part.substr(0, part.size() - 1)));
  for (std::size_t i = 0; i < bytes.size(); i += 7) {
    auto damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    CHECK_FALSE(parse_records(damaged));
  }
}

TEST_CASE("a record of which a byte is different or missing isn't one") {
  const TempFolder folder;
  const auto bytes = record_of(folder);
  for (std::size_t i = 0; i < bytes.size(); i += 7) {
    auto damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    CHECK_FALSE(parse_record(damaged));
    CHECK_FALSE(parse_record(bytes.substr(0, i)));
  }
  CHECK_FALSE(parse_record(bytes + "x"));
  CHECK_FALSE(parse_record(""));
}

#include <wheelfix/error.hpp>
#include <wheelfix/layout.hpp>
#include <wheelfix/loader.hpp>

#include "loader/loader_testing.hpp"
#include "support/stub_wheel.hpp"

using namespace wheelfix;

namespace {

std::string refusal(const std::string& text) {
  try {
    Layout::parse(text);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::usage);
    return error.what();
  }
  return "parsed";
}

}  // namespace

TEST_CASE("a layout has a folder for each project, in any spelling of its name") {
  CHECK(Layout::parse("shared").folder_of("torch") == "/layout/lib/python3/site-packages");
  CHECK(Layout::parse("split").folder_of("nvidia-cublas.cu12") == "/layout/nvidia_cublas_cu12");
  const auto bazel = Layout::parse("split:python_deps_{name}/site-packages");
  CHECK(bazel.folder_of("Typing-Extensions") == "/layout/python_deps_typing_extensions/site-packages");
  CHECK(bazel.to_string() == "split:python_deps_{name}/site-packages");
  CHECK(Layout::parse("split:{name}/{name}").folder_of("a") == "/layout/a/a");
  CHECK(Layout::parse("symlinks").folder_of("a") == "/layout/venv/lib/python3/site-packages");
}

TEST_CASE("folders between the prefix and site-packages have nothing of a wheel, and those outside") {
  const auto shared = Layout::parse("shared");
  for (const auto* inside : {"/layout/lib/python3/site-packages/a", "/layout/lib", "/layout/bin", "/layout"})
    CHECK_FALSE(shared.leads_out(inside));
  for (const auto* outside : {"/", "/lib", "/layout/lib/python3", "/layout/lib/python3/a", "/layouts"})
    CHECK(shared.leads_out(outside));
  CHECK_FALSE(Layout::parse("split").leads_out("/layout"));
  CHECK(Layout::parse("split").leads_out("/"));
}

TEST_CASE("other layouts are refused") {
  CHECK(refusal("flat") == "layout 'flat': is not known");
  CHECK(refusal("split:") == "layout 'split:': has no {name}, so all wheels would share it");
  CHECK(refusal("split:/x/{name}") == "layout 'split:/x/{name}': is an absolute path");
  CHECK(refusal("split:../{name}") == "layout 'split:../{name}': has an empty part, '.' or '..'");
}

TEST_CASE(
    "wheels are placed with folders and with what pip moves from .data, and paths lead back to entries") {
  const test::TempFolder folder;
  auto text = test::wheel_of_libraries();
  text.files.push_back(
      {.name = "demo-1.0.data/platlib/demo.libs/libp.so", .content = test::library("libp.so")});
  text.files.push_back({.name = "demo-1.0.data/data/lib/libdata.so", .content = test::library("libdata.so")});
  const Wheel wheel = Wheel::open(text.write(folder));
  for (const auto* name : {"shared", "split"}) {
    PlacedWheels placed(Layout::parse(name));
    placed.add(WheelEdit(wheel), read_libraries(wheel));
    const auto root = placed.layout().folder_of("demo");
    REQUIRE(placed.libraries().size() == (name == std::string("shared") ? 5 : 4));
    const auto* library = placed.find(root + "/demo.libs/libp.so");
    REQUIRE(library != nullptr);
    CHECK(library->wheel == 0);
    CHECK(library->entry == "demo-1.0.data/platlib/demo.libs/libp.so");
    CHECK(placed.find(root + "/lib/libdata.so") == nullptr);
    CHECK(placed.files().find(root + "/demo-1.0.dist-info")->is_folder());
    CHECK(placed.files().find(root + "/demo/__init__.py") == nullptr);
    CHECK(placed.files().find(root + "/demo/lib/notes.so")->content()->kind == FileContent::Kind::too_short);
  }
}

TEST_CASE("what isn't for sys.path goes to the prefix, as sysconfig's schemes have it") {
  const test::TempFolder folder;
  auto text = test::wheel_of_libraries();
  text.files.push_back({.name = "demo-1.0.data/data/lib/libd.so", .content = test::library("libd.so")});
  const Wheel wheel = Wheel::open(text.write(folder));
  const auto place = [&](const std::string& layout, const std::string& part, InstallScheme scheme) {
    return Layout::parse(layout).path_of(wheel, part.empty() ? "a/b" : "demo-1.0.data/" + part, scheme);
  };
  constexpr auto posix = InstallScheme::posix_prefix, nt = InstallScheme::nt;
  CHECK(place("shared", "", posix) == "/layout/lib/python3/site-packages/a/b");
  CHECK(place("shared", "platlib/a", posix) == "/layout/lib/python3/site-packages/a");
  CHECK(place("shared", "data/lib/x.so", posix) == "/layout/lib/x.so");
  CHECK(place("shared", "scripts/x", posix) == "/layout/bin/x");
  CHECK(place("shared", "headers/x.h", posix) == "/layout/include/site/python3/demo/x.h");
  CHECK(place("shared", "", nt) == "/layout/Lib/site-packages/a/b");
  CHECK(place("shared", "data/Library/bin/x.dll", nt) == "/layout/Library/bin/x.dll");
  CHECK(place("shared", "scripts/x.exe", nt) == "/layout/Scripts/x.exe");
  CHECK(place("shared", "other/x", posix) == std::nullopt);
  CHECK(place("split", "data/lib/x.so", posix) == std::nullopt);
  CHECK(place("split", "purelib/x.so", posix) == "/layout/demo/x.so");
  CHECK(place("symlinks", "data/lib/x.so", posix) == "/layout/venv/lib/x.so");
  const auto symlinks = Layout::parse("symlinks");
  CHECK(symlinks.target_of(wheel, "/layout/venv/lib/x.so") == "/layout/wheels/demo/lib/x.so");
  CHECK(Layout::parse("shared").target_of(wheel, "/layout/lib/x.so") == std::nullopt);

  PlacedWheels placed(Layout::parse("shared"));
  placed.add(WheelEdit(wheel), read_libraries(wheel));
  REQUIRE(placed.find("/layout/lib/libd.so") != nullptr);
  CHECK(placed.below_sys_path(*placed.find("/layout/lib/libd.so")) == "../../libd.so");
}

TEST_CASE("links of a venv lead to the wheels' folders, and either path to the library") {
  const test::TempFolder folder;
  const Wheel wheel = Wheel::open(test::wheel_of_libraries().write(folder));
  PlacedWheels placed(Layout::parse("symlinks"));
  placed.add(WheelEdit(wheel), read_libraries(wheel));
  const std::string link = "/layout/venv/lib/python3/site-packages/demo/lib/liba.so";
  const std::string file = "/layout/wheels/demo/lib/python3/site-packages/demo/lib/liba.so";
  REQUIRE(placed.find(link) != nullptr);
  CHECK(placed.find(link) == placed.find(file));
  CHECK(placed.find(link)->path == link);
  const auto* node = placed.files().find(link);
  REQUIRE(node != nullptr);
  CHECK(node->path() == file);
  CHECK(placed.path_of(*node) == link);
  BinaryInfo other;
  other.soname = "other.so";
  placed.replace(link, other);
  CHECK(placed.info(*placed.find(link)).soname == "other.so");
  CHECK(placed.files().find(link)->path() == file);
}

TEST_CASE("a damaged library of a wheel fails with a message that says what is wrong") {
  const test::TempFolder folder;
  auto text = test::wheel_of_libraries();
  text.files[2].content.resize(100);
  const Wheel wheel = Wheel::open(text.write(folder));
  PlacedWheels placed(Layout::parse("shared"));
  placed.add(WheelEdit(wheel), read_libraries(wheel));
  const LoaderSystem system;
  const auto result =
      Process(placed.files(), system).load("/layout/lib/python3/site-packages/demo/lib/liba.so");
  CHECK(test::failure(result).starts_with(
      "/layout/lib/python3/site-packages/demo/lib/liba.so: the program header table ("));
}

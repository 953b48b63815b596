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
  CHECK(Layout::parse("shared").folder_of("torch") == "/layout/site-packages");
  CHECK(Layout::parse("split").folder_of("nvidia-cublas.cu12") == "/layout/nvidia_cublas_cu12");
  const auto bazel = Layout::parse("split:python_deps_{name}/site-packages");
  CHECK(bazel.folder_of("Typing-Extensions") == "/layout/python_deps_typing_extensions/site-packages");
  CHECK(bazel.to_string() == "split:python_deps_{name}/site-packages");
  CHECK(Layout::parse("split:{name}/{name}").folder_of("a") == "/layout/a/a");
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
    REQUIRE(placed.libraries().size() == 4);
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

TEST_CASE("a damaged library of a wheel fails with a message that says what is wrong") {
  const test::TempFolder folder;
  auto text = test::wheel_of_libraries();
  text.files[2].content.resize(100);
  const Wheel wheel = Wheel::open(text.write(folder));
  PlacedWheels placed(Layout::parse("shared"));
  placed.add(WheelEdit(wheel), read_libraries(wheel));
  const LoaderSystem system;
  const auto result = Process(placed.files(), system).load("/layout/site-packages/demo/lib/liba.so");
  CHECK(test::failure(result).starts_with(
      "/layout/site-packages/demo/lib/liba.so: the program header table ("));
}

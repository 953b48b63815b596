#include "graft/graft_plan.hpp"

#include <doctest/doctest.h>

#include "graft/grafted_name.hpp"
#include "support/wheel_builder.hpp"

using namespace wheelfix;
using Texts = std::vector<std::string>;

namespace {

/// The search path that a library of a wheel gets.
Texts path_for(const std::string& entry) {
  const test::TempFolder folder;
  const auto wheel = Wheel::open(test::WheelText{.name = "demo"}.write(folder));
  WheelLibrary library{.path = entry, .info = {}};
  library.info.needed = {"libpng16.so.16"};
  const NewNames names{.entries = {{"libpng16.so.16", "demo.libs/libpng16-1a2b3c4d.so.16"}}, .dropped = {}};
  const auto rules = rules_for_own(wheel, library, names);
  REQUIRE(rules.size() == 2);
  CHECK(rules[1].action == LibraryRule::Action::set_rpath);
  return rules[1].values;
}

}  // namespace

// Names of libraries in published wheels that auditwheel repaired: Pillow's, NumPy's and SciPy's.
TEST_CASE("a grafted library is named as auditwheel names it") {
  CHECK(grafted_name("libpng16.so.16.58.0", "1d1ba9580000") == "libpng16-1d1ba958.so.16.58.0");
  CHECK(grafted_name("libopenblas64_p-r0.3.23.dev.so", "0cf96a720000") ==
        "libopenblas64_p-r0-0cf96a72.3.23.dev.so");
  CHECK(grafted_name("libgfortran-040039e1.so.5.0.0", "040039e1ffff") == "libgfortran-040039e1.so.5.0.0");
}

TEST_CASE("libraries look for the grafted ones relative to themselves") {
  CHECK(path_for("demo/_png.so") == Texts{"$ORIGIN/../demo.libs"});
  CHECK(path_for("_png.so") == Texts{"$ORIGIN/demo.libs"});
  CHECK(path_for("demo/a/b/_png.so") == Texts{"$ORIGIN/../../../demo.libs"});
  CHECK(path_for("demo.libs/libx.so") == Texts{"$ORIGIN"});
}

TEST_CASE("folders of the system that it was built on go from the search path") {
  BinaryInfo info;
  info.rpath = {"/opt/png/lib", "$ORIGIN/lib", "", "lib", "${ORIGIN}"};
  CHECK(new_search_path(info, "$ORIGIN/../demo.libs") ==
        Texts{"$ORIGIN/lib", "${ORIGIN}", "$ORIGIN/../demo.libs"});
  info.runpath = {"$ORIGIN/../demo.libs", "$ORIGIN"};
  CHECK(new_search_path(info, "$ORIGIN/../demo.libs") == Texts{"$ORIGIN", "$ORIGIN/../demo.libs"});
}

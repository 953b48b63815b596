#include "repair/requirements.hpp"

#include <doctest/doctest.h>

#include "support/wheel_builder.hpp"

using namespace wheelfix;

namespace {

/// The findings for a wheel with this requirement next to app 1.0, or 1.0+cu121, that is edited.
std::vector<Finding> findings(const std::string& requirement, const std::string& version = "1.0",
                              bool edited = true) {
  const test::TempFolder folder;
  std::vector<WheelEdit> wheels;
  const test::WheelText app{.name = "my_app", .version = version};
  wheels.emplace_back(Wheel::open(app.write(folder)));
  wheels.back().set_local_label("fix.1", LocalLabel::extend);
  if (edited) wheels.back().set_content("demo/new.py", "");
  const test::WheelText user{
      .name = "user",
      .metadata = "Metadata-Version: 2.1\nName: user\nVersion: 1.0\nRequires-Dist: " + requirement + "\n"};
  wheels.emplace_back(Wheel::open(user.write(folder)));
  return broken_requirements(wheels, {});
}

}  // namespace

TEST_CASE("a requirement of exactly the old version is reported") {
  const auto found = findings("My.App[opt,other] (==1.0+cu121) ; python_version > '3'", "1.0+cu121");
  REQUIRE(found.size() == 1);
  CHECK(found[0].code == FindingCode::requires_other_version);
  CHECK(found[0].severity == Severity::warning);
  CHECK(found[0].path == "user-1.0.dist-info/METADATA");
  CHECK(found[0].message ==
        "requires My.App[opt,other] (==1.0+cu121) ; python_version > '3', and the new wheel is my_app "
        "1.0+cu121.fix.1");
  CHECK(findings("my-app===1.0").size() == 1);
}

TEST_CASE("a requirement that the new version meets isn't reported, nor one that was never met") {
  CHECK(findings("my-app").empty());
  CHECK(findings("my-app==1.0").empty());
  CHECK(findings("my-app[opt]>=1.0,<2 ; extra == 'x'").empty());
  CHECK(findings("my-app==2.0").empty());
  CHECK(findings("my-app @ https://example.org/my_app.whl").empty());
  CHECK(findings("my-app-more===1.0").empty());
  CHECK(findings("my-app===1.0; sys_platform == 'win32'").empty());
  CHECK(findings("my-app===1.0", "1.0", false).empty());
}

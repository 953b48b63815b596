#include <doctest/doctest.h>

#include "lock/named_wheels.hpp"
#include "lock/toml_lock.hpp"
#include "wheel/thrown.hpp"

using namespace wheelfix;

namespace {

const auto wheels_for_uv = named_wheels({"demo-1.0+x-py3-none-any.whl"});

std::string uv_locked(std::string_view text, const LockPlaces& places = {}) {
  const auto plan = plan_uv_lock(text, wheels_for_uv, places, "uv.lock");
  auto edited = apply_edits(text, plan.edits);
  CHECK(plan_uv_lock(edited, wheels_for_uv, places, "uv.lock").edits.empty());
  return edited;
}

/// A uv.lock whose package has this version and source; others depend on it.
std::string lock_text(const std::string& version, const std::string& registry, const std::string& wheels,
                      const std::string& requirement, const std::string& sdist = "") {
  const auto of_it = "{ name = \"demo\", version = \"" + version + "\", source = { registry = \"" + registry +
                     "\" }, marker = \"a\" }";
  return "version = 1\nrevision = 3 # kept\nrequires-python = \">=3.11\"\n\n[[package]]\nname = "
         "\"app\"\nversion = \"0.1\"\n"
         "source = { virtual = \".\" }\ndependencies = [\n    " +
         of_it +
         ",\n    { name = \"demo\", version = \"2.0\", source = { registry = \"https://p.org/simple\" }, "
         "marker = \"b\" },\n]\n\n"
         "[package.optional-dependencies]\nall = [\n    " +
         of_it + ",\n]\n\n[package.metadata]\nrequires-dist = [\n    " + requirement +
         ",\n]\n\n[[package]]\nname = \"demo\"\nversion = \"" + version + "\"\nsource = { registry = \"" +
         registry +
         "\" }\nresolution-markers = [\n    \"a\",\n]\ndependencies = [\n    { name = \"dep\" },\n]\n" +
         sdist + "wheels = [\n    " + wheels +
         ",\n]\n\n[[package]]\nname = \"demo\"\nversion = \"2.0\"\nsource = { registry = "
         "\"https://p.org/simple\" }\n";
}

const std::string hash_and_size = "hash = \"sha256:" + std::string(64, '1') + "\", size = 100 }";
const std::string published =
    R"({ url = "https://f.org/demo-1.0-py3-none-any.whl", hash = "sha256:aa", size = 5, upload-time = "2024-01-01T00:00:00Z" })";
const std::string sdist_line =
    "sdist = { url = \"https://f.org/demo-1.0.tar.gz\", hash = \"sha256:bb\", size = 6 }\n";
const std::string any_requirement = R"({ name = "demo", specifier = "<2" })";

}  // namespace

TEST_CASE("a uv.lock gets wheels of a folder, and what depends on them too") {
  CHECK(uv_locked(lock_text("1.0", "https://p.org/simple", published, any_requirement, sdist_line)) ==
        lock_text("1.0+x", "wheels", "{ path = \"demo-1.0+x-py3-none-any.whl\", " + hash_and_size,
                  any_requirement));
}

TEST_CASE("or wheels of an index, by URLs, or by paths if it is a folder") {
  const auto old = lock_text("1.0", "https://p.org/simple", published, any_requirement);
  CHECK(uv_locked(old, {"https://y.org/simple/", ""}) ==
        lock_text("1.0+x", "https://y.org/simple/",
                  "{ url = \"https://y.org/simple/demo/demo-1.0%2Bx-py3-none-any.whl\", " + hash_and_size,
                  any_requirement));
  CHECK(uv_locked(old, {"file:///srv/simple", ""}) ==
        lock_text("1.0+x", "/srv/simple",
                  "{ path = \"/srv/simple/demo/demo-1.0+x-py3-none-any.whl\", " + hash_and_size,
                  any_requirement));
}

TEST_CASE("a project's requirement that names the index of the old version gets the new one") {
  const auto requirement = [](const std::string& index) {
    return "{ name = \"demo\", specifier = \"==1.0\", index = \"" + index +
           "\" },\n    { name = \"demo\", index = \"https://other.org\" }";
  };
  const auto old = lock_text("1.0", "https://p.org/simple", published, requirement("https://p.org/simple"));
  CHECK(uv_locked(old, {"https://y.org/simple", ""}) ==
        lock_text("1.0+x", "https://y.org/simple",
                  "{ url = \"https://y.org/simple/demo/demo-1.0%2Bx-py3-none-any.whl\", " + hash_and_size,
                  requirement("https://y.org/simple")));
  const auto plan = plan_uv_lock(old, wheels_for_uv, {}, "/project/uv.lock");
  REQUIRE(plan.uv_needs.size() == 1);
  CHECK(plan.uv_needs[0].is_folder);
  CHECK(plan.uv_needs[0].sources == std::vector<std::string>{"demo"});
}

TEST_CASE("a requirement that the new version doesn't meet is a warning") {
  const auto wheels = named_wheels({"demo-1.0+cu.x-py3-none-any.whl"});
  const auto warnings = [&](const std::string& requirement) {
    return plan_uv_lock(lock_text("1.0+cu", "https://p.org/simple", published, requirement), wheels, {},
                        "uv.lock")
        .warnings;
  };
  CHECK(warnings(R"({ name = "demo", specifier = "==1.0+cu" })") ==
        std::vector<std::string>{"uv.lock:21: the project requires demo==1.0+cu, which 1.0+cu.x isn't: "
                                 "require demo==1.0+cu.x, or `uv lock` replaces it"});
  CHECK(warnings(R"({ name = "demo", specifier = "==1.0" })").empty());
  CHECK(warnings(R"({ name = "demo", specifier = "==2.0" })").empty());
}

TEST_CASE("what isn't a uv.lock, or isn't from an index, is refused at its line") {
  CHECK(thrown([] { uv_locked("version = 2\n"); }) == "3 uv.lock:1: isn't a uv.lock of version 1");
  CHECK(thrown([] { uv_locked("[[package]]\nname = \"demo\"\n"); }) ==
        "3 uv.lock:1: isn't a uv.lock of version 1");
  CHECK(
      thrown([] {
        uv_locked(
            "version = 1\n[[package]]\nname = \"demo\"\nversion = \"1.0\"\nsource = { path = \"x.whl\" }\n");
      }) ==
      "3 uv.lock:2: has demo from a path, URL or repository, and not from an index\nhint: remove demo from "
      "[tool.uv.sources], and lock it again");
  const std::string twice =
      "[[package]]\nname = \"demo\"\nversion = \"1.0\"\nsource = { registry = \"https://p.org\" }\n";
  CHECK(thrown([&] { uv_locked("version = 1\n" + twice + twice); }) ==
        "3 uv.lock:6: has demo 1.0 a second time, from another place\nhint: lock it from one place first");
}

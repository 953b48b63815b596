#include "recipes/recipe_note.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <wheelfix/error.hpp>

#include "support/wheel_builder.hpp"

using namespace wheelfix;
using test::TempFolder;

namespace {

void set_time(const std::filesystem::path& path, std::int64_t seconds) {
  const timespec times[2] = {{seconds, 0}, {seconds, 0}};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
}

}  // namespace

TEST_CASE("a note is read as it was written") {
  const RecipeNote note{
      .recipes = {{"demo 1.0", "abc"}, {"\"b\"", "def"}},
      .files = {{"demo/a.py", "sha256=x"}, {"demo/\u00e9 'b'.py", "sha256=y"}, {"gone.py", ""}}};
  CHECK(RecipeNote::parse(note.to_string(), "n.toml") == note);
  CHECK(RecipeNote::parse(RecipeNote{}.to_string(), "n.toml") == RecipeNote{});
}

TEST_CASE("a damaged note is an error with its line") {
  CHECK_THROWS_WITH_AS(RecipeNote::parse("[[recipe]]\nname = \"a\"\n", "n.toml"),
                       "n.toml:1: the key digest is missing", Error);
}

TEST_CASE("a file that was changed is found by its content, and old ones aren't read") {
  const TempFolder site;
  const RecipeNote note{.recipes = {}, .files = {{"a.py", test::sha256_row_hash("a\n")}, {"gone.py", ""}}};
  site.write("a.py", "a\n");
  const auto file = site.write("note", note.to_string());
  CHECK_FALSE(note.changed_file(site.path(), file));
  site.write("a.py", "b\n");
  CHECK(note.changed_file(site.path(), file) == "a.py");
  set_time(site / "a.py", 1'000'000'000);
  CHECK_FALSE(note.changed_file(site.path(), file));  // as if an installer had written it so
  std::filesystem::remove(site / "a.py");
  CHECK(note.changed_file(site.path(), file) == "a.py");
  site.write("a.py", "a\n");
  site.write("gone.py", "");
  CHECK(note.changed_file(site.path(), file) == "gone.py");
}

#include <doctest/doctest.h>

#include "lock/named_wheels.hpp"
#include "lock/toml_lock.hpp"
#include "wheel/thrown.hpp"

using namespace wheelfix;

namespace {

const auto wheels_for_pylock =
    named_wheels({"demo-1.0+x-cp311-cp311-win32.whl", "demo-1.0+x-cp311-cp311-linux_x86_64.whl"});

std::string pylocked(std::string_view text, const LockPlaces& places = {},
                     const PatchedWheels& wheels = wheels_for_pylock) {
  const auto plan = plan_pylock(text, wheels, places, "pylock.toml");
  auto edited = apply_edits(text, plan.edits);
  CHECK(plan_pylock(edited, wheels, places, "pylock.toml").edits.empty());
  return edited;
}

std::string sha256(char digit) {
  return "\"" + std::string(64, digit) + "\"";
}

const std::string head =
    "lock-version = \"1.0\"  # first\n\n[[packages]]\nname = \"dep\"\nversion = \"2\"\n\n";
const std::string linux_file = "demo-1.0+x-cp311-cp311-linux_x86_64.whl";
const std::string win_file = "demo-1.0+x-cp311-cp311-win32.whl";

}  // namespace

TEST_CASE("a pylock.toml as uv writes it gets the wheels, and all else stays") {
  const auto old =
      head +
      "[[packages]]\nname = \"Demo\"\nversion = \"1.0\" # why\nmarker = \"x\"\nindex = "
      "\"https://x.org/simple\"\n"
      "sdist = { url = \"https://x.org/demo-1.0.tar.gz\", hashes = { sha256 = \"aa\" } }\nwheels = [\n"
      "  { url = \"https://x.org/a.whl\", hashes = { sha256 = \"aa\" } },\n  # second\n  { url = "
      "\"https://x.org/b.whl\" },\n]\n\n# last\n[tool.x]\ny = 1";
  const auto item = [](const std::string& where, const char* size, char digit) {
    return "  { " + where + ", size = " + size + ", hashes = { sha256 = " + sha256(digit) + " } },\n";
  };
  CHECK(pylocked(old) ==
        head + "[[packages]]\nname = \"Demo\"\nversion = \"1.0+x\" # why\nmarker = \"x\"\nwheels = [\n" +
            item("path = \"wheels/" + linux_file + "\"", "101", '2') +
            item("path = \"wheels/" + win_file + "\"", "100", '1') + "]\n\n# last\n[tool.x]\ny = 1");
  const auto linux_url = "demo-1.0%2Bx-cp311-cp311-linux_x86_64.whl",
             win_url = "demo-1.0%2Bx-cp311-cp311-win32.whl";
  CHECK(pylocked(old, {"https://y.org/s/", {}}) ==
        head +
            "[[packages]]\nname = \"Demo\"\nversion = \"1.0+x\" # why\nmarker = \"x\"\nindex = "
            "\"https://y.org/s/\"\nwheels = [\n" +
            item(std::string("url = \"https://y.org/s/demo/") + linux_url + "\"", "101", '2') +
            item(std::string("url = \"https://y.org/s/demo/") + win_url + "\"", "100", '1') +
            "]\n\n# last\n[tool.x]\ny = 1");
  CHECK(pylocked(old, {"https://y.org/s", "https://f.org/"})
            .find("url = \"https://f.org/" + std::string(win_url) + "\"") != std::string::npos);
}

TEST_CASE("and one as pip writes it, in tables") {
  const auto old =
      head +
      "[[packages]]\r\nname = \"demo\"\r\nversion = \"1.0\"\r\n\r\n[packages.sdist]\r\nname = "
      "\"demo-1.0.tar.gz\"\r\nurl = \"x\"\r\n"
      "\r\n[packages.sdist.hashes]\r\nsha256 = \"aa\"\r\n\r\n[[packages.wheels]]\r\nname = "
      "\"demo-1.0-py3-none-any.whl\"\r\nurl = \"x\"\r\n\r\n"
      "[packages.wheels.hashes]\r\nsha256 = \"aa\"\r\n\r\n# next\r\n[[packages]]\r\nname = \"other\"\r\n";
  auto lines = pylocked(old);
  // The text's first line ends with a bare LF, so what is added does too.
  const auto table = [](const std::string& name, const char* size, char digit) {
    return "[[packages.wheels]]\nname = \"" + name + "\"\npath = \"wheels/" + name + "\"\nsize = " + size +
           "\n\n[packages.wheels.hashes]\nsha256 = " + sha256(digit) + "\n";
  };
  CHECK(lines == head + "[[packages]]\r\nname = \"demo\"\r\nversion = \"1.0+x\"\r\n\r\n" +
                     table(linux_file, "101", '2') + "\n" + table(win_file, "100", '1') +
                     "\r\n# next\r\n[[packages]]\r\nname = \"other\"\r\n");
}

TEST_CASE("one wheel stays on one line, and a package from an sdist gets wheels") {
  const auto one = named_wheels({"demo-1.0+x-py3-none-any.whl"});
  const auto item =
      "path = \"wheels/demo-1.0+x-py3-none-any.whl\", size = 100, hashes = { sha256 = " + sha256('1') +
      " } }";
  CHECK(pylocked(head + "[[packages]]\nname = 'demo'\nversion = '1.0'\nwheels = [{ url = \"x\", hashes = "
                        "{sha256 = \"aa\"} }]\n",
                 {}, one) ==
        head + "[[packages]]\nname = 'demo'\nversion = \"1.0+x\"\nwheels = [{ " + item + "]\n");
  CHECK(pylocked(head + "[[packages]]\nname = 'demo'\nversion = '1.0'\nsdist = {url = 'x'}",
                 {"https://y.org", {}}, one)
            .starts_with(head + "[[packages]]\nname = 'demo'\nversion = \"1.0+x\"\nindex = "
                                "\"https://y.org\"\nwheels = [{ name = "));
}

TEST_CASE("the change says which files of the old version have no new one") {
  const auto plan = plan_pylock(
      head +
          "[[packages]]\nname = 'demo'\nversion = '1.0'\nsdist = {url = "
          "'https://x/demo-1.0.tar.gz#a'}\nwheels = [\n"
          "{url = 'https://x/demo-1.0-cp311-cp311-win32.whl'}, {path = 'demo-1.0-cp312-cp312-win32.whl'}, "
          "{name = 'demo-1.0-0-cp311-cp311-linux_x86_64.linux_i686.whl', path = 'y'}]\n",
      wheels_for_pylock, {}, "pylock.toml");
  REQUIRE(plan.changes.size() == 1);
  CHECK(plan.changes[0].line == 9);
  CHECK(plan.changes[0].uncovered ==
        std::vector<std::string>{"demo-1.0-cp312-cp312-win32.whl", "demo-1.0.tar.gz"});
}

TEST_CASE("what isn't a pylock.toml that can be edited is refused at its line") {
  CHECK(thrown([] { pylocked("a = \n"); }).starts_with("3 pylock.toml:1:5: is not valid TOML: "));
  CHECK(thrown([] { pylocked("lock-version = \"2.0\"\n"); }) ==
        "3 pylock.toml:1: isn't a pylock.toml of lock-version 1");
  CHECK(thrown([] { pylocked("version = 1\n"); }) ==
        "3 pylock.toml:1: isn't a pylock.toml of lock-version 1");
  CHECK(thrown([] { pylocked("lock-version = \"1.0\"\npackages = [{ name = \"demo\" }]\n"); }) ==
        "3 pylock.toml:2: packages isn't written as [[packages]], as installers and resolvers write it");
  CHECK(thrown([] {
          pylocked(head + "[[packages]]\nname = 'demo'\nversion = '1.0'\ndirectory = { path = '.' }\n");
        }) ==
        "3 pylock.toml:10: has demo from directory, and not from wheels\nhint: lock a published version of "
        "it first");
}

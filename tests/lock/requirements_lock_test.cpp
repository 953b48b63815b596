#include "lock/requirements_lock.hpp"

#include <doctest/doctest.h>

#include "lock/named_wheels.hpp"

using namespace wheelfix;

namespace {

std::string locked(std::string_view text, const PatchedWheels& wheels) {
  const auto plan = plan_requirements(text, RequirementLines::parse(text, "r.txt"), wheels, "r.txt");
  CHECK(plan.edits.empty() == plan.changes.empty());
  auto edited = apply_edits(text, plan.edits);
  CHECK(plan_requirements(edited, RequirementLines::parse(edited, "r.txt"), wheels, "r.txt").edits.empty());
  return edited;
}

std::string hash(char digit) {
  return "--hash=sha256:" + std::string(64, digit);
}

const auto one = named_wheels({"demo-1.0+x-py3-none-any.whl"});
const auto two =
    named_wheels({"demo-1.0+x-cp311-cp311-win32.whl", "demo-1.0+x-cp311-cp311-linux_x86_64.whl"});

}  // namespace

TEST_CASE("the version is replaced, and all else stays") {
  CHECK(locked("# a\r\n\r\ndemo [x] == 1.0;os_name == 'nt'  # b\r\nother==1.0", one) ==
        "# a\r\n\r\ndemo [x] == 1.0+x;os_name == 'nt'  # b\r\nother==1.0");
  CHECK(locked("other==1.0\n", one) == "other==1.0\n");
  CHECK(locked("demo==1.0 \\\n --config-settings a=b", one) == "demo==1.0+x \\\n --config-settings a=b");
}

TEST_CASE("hashes are replaced by those of the wheels, sorted, and separated as the old ones were") {
  CHECK(locked("demo==1.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n    # "
               "via y\n",
               two) == "demo==1.0+x \\\n    " + hash('1') + " \\\n    " + hash('2') + "\n    # via y\n");
  CHECK(locked("demo==1.0 --hash=sha256:aa", two) == "demo==1.0+x " + hash('1') + " " + hash('2'));
  CHECK(locked("demo==1.0 \\\r\n\t--hash=sha256:aa\r\n", two) ==
        "demo==1.0+x \\\r\n\t" + hash('1') + " \\\r\n\t" + hash('2') + "\r\n");
  CHECK(locked("demo==1.0 --hash=sha256:aa --global-option=x --hash=sha256:bb # y", one) ==
        "demo==1.0+x " + hash('1') + " --global-option=x # y");
  CHECK(locked("demo==1.0+x --hash=sha256:aa", one) == "demo==1.0+x " + hash('1'));
  const auto reverse = "demo==1.0+x " + hash('2') + "  " + hash('1');
  CHECK(locked(reverse, two) == reverse);
}

TEST_CASE("a changed line is reported once, with its number") {
  const std::string text = "a==1\ndemo==1.0 \\\n  --hash=sha256:aa\n";
  const auto plan = plan_requirements(text, RequirementLines::parse(text, "r.txt"), two, "r.txt");
  REQUIRE(plan.changes.size() == 1);
  CHECK(plan.changes[0].line == 2);
  CHECK(plan.changes[0].old_version == "1.0");
  CHECK(plan.changes[0].new_version == "1.0+x");
  CHECK(plan.changes[0].wheels.size() == 2);
  CHECK(plan.pinned == std::vector<std::string>{"demo"});
}

TEST_CASE("the place of the wheels is named after the comments at the top") {
  const auto with_line = [](std::string_view text, std::string_view place = "wheels") {
    return apply_edits(
        text, {add_option_line(text, RequirementLines::parse(text, "r.txt"), "--find-links", place)});
  };
  CHECK(with_line("demo==1.0\n") == "--find-links wheels\n\ndemo==1.0\n");
  CHECK(with_line("# made by\n# x\n\ndemo==1.0\n") == "# made by\n# x\n--find-links wheels\n\ndemo==1.0\n");
  CHECK(with_line("# x") == "# x\n--find-links wheels\n");
  CHECK(with_line("\xef\xbb\xbf"
                  "demo==1.0") ==
        "\xef\xbb\xbf"
        "--find-links wheels\n\ndemo==1.0");
  CHECK(with_line("") == "--find-links wheels\n");
  CHECK(with_line("demo==1.0", "my wheels") == "--find-links \"my wheels\"\n\ndemo==1.0");
}

TEST_CASE("and after other places, because --index-url takes back what is above it") {
  const auto with_line = [](std::string_view text) {
    return apply_edits(text, {add_option_line(text, RequirementLines::parse(text, "r.txt"), "-f", "w")});
  };
  CHECK(with_line("# x\r\n--index-url y\r\n\r\ndemo==1.0\r\n") ==
        "# x\r\n--index-url y\r\n-f w\r\n\r\ndemo==1.0\r\n");
  CHECK(with_line("demo==1.0\n-i \\\n y") == "demo==1.0\n-i \\\n y\n-f w\n");
  CHECK(with_line("-i y \\") == "-i y \\\n\n-f w\n");
  CHECK(with_line("-i y \\\r\n") == "-i y \\\r\n\r\n-f w\r\n");
  CHECK(with_line("--no-index\n--pre\ndemo==1.0\n") == "--no-index\n-f w\n--pre\ndemo==1.0\n");
}

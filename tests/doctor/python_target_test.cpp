#include "doctor/python_target.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <wheelfix/error.hpp>

#include "doctor/made_libraries.hpp"

using namespace wheelfix;
using test::codes, test::TempFolder;
using namespace std::chrono_literals;

namespace {

using Codes = std::vector<std::string>;

PythonTarget target(const char* tag) {
  const auto parsed = parse_python_target(tag);
  REQUIRE(parsed);
  return *parsed;
}

std::vector<Finding> found(const std::string& tag, const PythonTarget& python,
                           const std::string& requires_python = {}) {
  const TempFolder folder;
  const auto line = requires_python.empty() ? "" : "Requires-Python: " + requires_python + "\n";
  const auto path =
      test::WheelText{.tag = tag, .metadata = "Name: demo\nVersion: 1.0\n" + line}.write(folder);
  return check_python(Wheel::open(path), python);
}

/// A program that is used as an interpreter.
std::filesystem::path program(const TempFolder& folder, const std::string& text) {
  const auto path = folder.write("python", "#!/bin/sh\n" + text + "\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return path;
}

std::string refusal(const std::filesystem::path& path, std::chrono::milliseconds time = 5s) {
  try {
    ask_interpreter(path, time);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::usage);
    CHECK(error.hint().starts_with("give a version"));
    return error.message();
  }
  return "";
}

const std::string answer = R"(implementation=cpython
version=3.13.0
free_threaded=1
debug=0
pymalloc=0
suffix=.cpython-313t-x86_64-linux-gnu.so
platform=linux-x86_64
bits=64
libc=glibc 2.36
end=1
)";

std::string answer_with(std::string_view from, const std::string& to) {
  auto text = answer;
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a wheel that the Python takes has no findings") {
  CHECK(found("cp313-cp313-linux_x86_64", target("cp313")).empty());
  CHECK(found("cp313-cp313t-linux_x86_64", target("cp313t")).empty());
  CHECK(found("cp38-abi3-win_amd64", target("cp313")).empty());
  CHECK(found("py3-none-any", target("cp313t"), ">=3.8").empty());
  CHECK(found("cp37-cp37m-linux_x86_64", target("cp37")).empty());
  CHECK(found("pp310-pypy310_pp73-linux_x86_64", target("pp310")).empty());
  CHECK(fitting_tags(WheelName::parse("a-1-cp39.cp38-abi3.cp39-linux_x86_64.whl"), target("cp39")) ==
        Codes{"cp39-abi3-linux_x86_64", "cp39-cp39-linux_x86_64", "cp38-abi3-linux_x86_64"});
}

TEST_CASE("the part of the tag that doesn't fit is named") {
  const auto python = found("cp311-cp311-linux_x86_64", target("cp313"));
  REQUIRE(python.size() == 1);
  CHECK(python[0].code == FindingCode::wrong_python);
  CHECK(python[0].severity == Severity::error);
  CHECK(python[0].message == "cp313 doesn't accept the wheel: its Python tag is cp311");
  const auto abi = found("cp313-cp313-linux_x86_64", target("cp313t"));
  REQUIRE(abi.size() == 1);
  CHECK(abi[0].code == FindingCode::wrong_abi);
  CHECK(abi[0].message == "cp313t doesn't accept the wheel: its ABI tag is cp313");
  CHECK(abi[0].hint ==
        "it accepts cp313t, abi3t, none; it doesn't accept modules for the Python with the GIL");
  CHECK(codes(found("cp38-abi3-linux_x86_64", target("cp313t"))) == Codes{"wrong-abi"});
  CHECK(codes(found("cp313-cp313t-linux_x86_64", target("cp313"))) == Codes{"wrong-abi"});
  CHECK(codes(found("pp39-pypy39_pp73-linux_x86_64", target("pp310"))) == Codes{"wrong-python"});

  const auto host = parse_interpreter_answer(answer, "python");
  const auto platform = found("cp313-cp313t-manylinux_2_38_x86_64", host);
  REQUIRE(platform.size() == 1);
  CHECK(platform[0].code == FindingCode::wrong_platform);
  CHECK(platform[0].message == "python doesn't accept the wheel: its platform tag is manylinux_2_38_x86_64");
  CHECK(platform[0].hint == "it accepts linux_x86_64, manylinux_2_36_x86_64 and older");
  CHECK(codes(found("cp313-cp313t-musllinux_1_2_x86_64", host)) == Codes{"wrong-platform"});
  CHECK(found("cp313-cp313t-manylinux1_x86_64", host).empty());
  CHECK(found("cp313-cp313t-manylinux2014_x86_64.manylinux_2_38_x86_64", host).empty());
}

// Source: packaging.tags, in which cp311-cp311 and pp310-none go with platforms, pp3-none with any.
TEST_CASE(
    "a Python that is given by a tag has no platform, but takes no wheel for `any` with tags that need one") {
  const auto any = found("cp311-cp311-any", target("cp311"));
  REQUIRE(codes(any) == Codes{"wrong-platform"});
  CHECK(any[0].message == "cp311 doesn't accept the wheel: its platform tag is any");
  CHECK(any[0].hint == "with that Python tag and ABI tag it accepts wheels for one platform, not for any");
  CHECK(codes(found("pp310-none-any", target("pp310"))) == Codes{"wrong-platform"});
  const auto platform = found("pp3-none-linux_x86_64", target("pp310"));
  REQUIRE(codes(platform) == Codes{"wrong-platform"});
  CHECK(platform[0].hint == "with that Python tag and ABI tag it accepts only wheels for any platform");
}

TEST_CASE("Requires-Python is checked") {
  const auto findings = found("py3-none-any", target("cp38"), ">=3.9");
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].code == FindingCode::requires_python);
  CHECK(findings[0].severity == Severity::error);
  CHECK(findings[0].path == "demo-1.0.dist-info/METADATA");
  CHECK(findings[0].message == "Requires-Python is >=3.9, and cp38 is 3.8");
  CHECK(found("py3-none-any", target("cp38"), ">=3.8, !=3.8.4").empty());
  const auto some = found("py3-none-any", target("cp38"), ">=3.8.1");
  REQUIRE(some.size() == 1);
  CHECK(some[0].severity == Severity::note);
  CHECK(some[0].message == "Requires-Python is >=3.8.1, which only some of Python 3.8 meet");
  auto exact = target("cp38");
  exact.full_version = Version::parse("3.8.0");
  CHECK(found("py3-none-any", exact, ">=3.8.1").at(0).severity == Severity::error);
  const auto unreadable = found("py3-none-any", target("cp38"), "about 3");
  REQUIRE(unreadable.size() == 1);
  CHECK(unreadable[0].code == FindingCode::requires_python_unreadable);
  CHECK(unreadable[0].severity == Severity::warning);
}

TEST_CASE("only tags of Pythons are accepted as tags") {
  for (const auto* tag :
       {"", "cp", "cp3", "cp313x", "cp312t", "cp27", "cp31", "3.13", "py3", "pp2", "cp99999", "pp"}) {
    CAPTURE(tag);
    CHECK_FALSE(parse_python_target(tag));
  }
  CHECK_THROWS_WITH_AS(
      python_target("python9"),
      "python 'python9': is neither a version or tag of a Python nor a program, on PATH or as a "
      "file",
      Error);
}

TEST_CASE("a version stands for the tag of its CPython, and three parts for one release") {
  const auto version = [](const char* text) {
    const auto parsed = parse_python_version(text);
    REQUIRE_MESSAGE(parsed, text);
    return *parsed;
  };
  CHECK(version("3.11").tags == target("cp311").tags);
  CHECK(version("3.13t").tags == target("cp313t").tags);
  CHECK(version("3.13t").name == "Python 3.13t");
  CHECK(!version("3.11").full_version);
  CHECK(version("3.11.7").tags == target("cp311").tags);
  CHECK(version("3.11.7").full_version == Version::parse("3.11.7"));
  for (const auto* text :
       {"", "t", "3", "3.", "3.12t", "2.7", "3.11.7.1", "3.x", "3.11 ", "python3.11", "3.1111", "31.1"})
    CHECK_MESSAGE(!parse_python_version(text), text);
}

TEST_CASE("a name is looked up in PATH") {
  const test::TempFolder folder;
  const auto program = folder.write("some/python3.99", "#!/bin/sh\nexit 7\n");
  const std::string before = std::getenv("PATH");
  ::setenv("PATH", (folder.path().string() + ":" + (folder / "some").string()).c_str(), 1);
  const auto refused = [] {
    try {
      python_target("python3.99");
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  const auto not_executable = refused();
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  const auto asked = refused();
  ::setenv("PATH", before.c_str(), 1);
  CHECK(not_executable.starts_with("python 'python3.99': is neither "));
  CHECK(asked == "python '" + program.string() + "': ended with status 7: Python 3.4 or later is needed");
}

TEST_CASE("an interpreter's answer is checked") {
  const auto refused = [](const std::string& text) {
    try {
      parse_interpreter_answer(text, "python");
    } catch (const Error& error) {
      return error.message();
    }
    return std::string();
  };
  CHECK(refused(answer).empty());
  CHECK(refused("") == "didn't answer like a Python");
  CHECK(refused(answer_with("end=1", "")) == "didn't answer like a Python");
  CHECK(refused(answer_with("version=3.13.0", "version=x")) == "gave no valid version");
  CHECK(refused(answer_with("version=3.13.0", "version=2.7.18")) == "is not a Python 3");
  CHECK(refused(answer_with("version=3.13.0", "version=3.99999999999")) == "is not a Python 3");
  CHECK(refused("old=2.7.18\n") == "is Python 2.7.18: Python 3.4 or later is needed");
  CHECK(refused(answer_with("bits=64", "")) == "didn't say its bits");
  CHECK(refused(answer_with("=cpython", "=\x1b[1m")) == "is neither CPython nor PyPy, but \\x1b[1m");
  CHECK(refused(answer_with("=cpython", "=pypy") + "x") == "");
  for (const auto* libc :
       {"glibc", "glibc 99999.1", "glibc -1.2", "glibc 2", "", "musl x.y", "glibc 2.99999999"}) {
    CAPTURE(libc);
    const auto python = parse_interpreter_answer(answer_with("glibc 2.36", libc), "python");
    CHECK(python.platforms == Codes{"linux_x86_64"});
  }
  const auto musl = parse_interpreter_answer(answer_with("glibc 2.36", "musl 1.2.3"), "python");
  CHECK(musl.platforms ==
        Codes{"linux_x86_64", "musllinux_1_2_x86_64", "musllinux_1_1_x86_64", "musllinux_1_0_x86_64"});
  const auto windows = parse_interpreter_answer(answer_with("linux-x86_64", "win-amd64"), "python");
  CHECK(windows.platforms == Codes{"win_amd64"});
}

TEST_CASE("programs that aren't a Python are refused, in time") {
  const TempFolder folder;
  CHECK(refusal(folder / "none") == "can't be started: No such file or directory");
  CHECK(refusal(folder.path()) == "can't be started: Permission denied");
  CHECK(refusal(program(folder, "exit 3")) == "ended with status 3: Python 3.4 or later is needed");
  CHECK(refusal(program(folder, "kill -9 $$")) == "was ended by signal 9");
  CHECK(refusal(program(folder, "echo hello")) == "didn't answer like a Python");
  CHECK(refusal(program(folder, "while :; do echo 0123456789012345678901234567890123456789; done")) ==
        "didn't answer like a Python");
  CHECK(refusal(program(folder, "while :; do :; done"), 200ms) == "gave no answer in 0.2 s");
}

#include "wheel/entry_points.hpp"

#include <doctest/doctest.h>

using namespace wheelfix;

namespace {

/// The faults as lines `2 error: message`.
std::string faults_of(const std::string& text) {
  std::string lines;
  for (const auto& fault : entry_point_faults(text))
    lines += std::to_string(fault.line) + " " + std::string(to_string(fault.severity)) + ": " +
             fault.message + "\n";
  return lines;
}

std::string faults_of_script(const std::string& line) {
  return faults_of("[console_scripts]\n" + line + "\n");
}

}  // namespace

// tests/interop has pip and uv say which are refused.
TEST_CASE("entry points that all installers take have no fault") {
  CHECK(faults_of("").empty());
  CHECK(faults_of_script("run = demo.cli:main [x, y-z]").empty());
  CHECK(
      faults_of("# a = comment\r\n\r\n[gui_scripts]\r\nRun = demo:Main.run\r\n[other]\r\nrun =\r\n").empty());
}

TEST_CASE("a script that names no callable is reported with its line") {
  CHECK(faults_of_script("run = demo") == "2 error: the script run isn't module:callable, but 'demo'\n");
  for (const auto* value :
       {"", "demo:", ":main", "demo : main", "demo:a:b", "demo:main()", "demo:main []", "demo:main x"})
    CHECK(faults_of_script(std::string("run = ") + value)
              .starts_with("2 error: the script run isn't module:callable"));
}

TEST_CASE("a script's name that would be elsewhere, or that some installer refuses, is reported") {
  CHECK(faults_of_script("../x = a:b") ==
        "2 error: the script ../x would be outside the folder of scripts\n");
  CHECK(faults_of_script("a\\b = a:b") ==
        "2 error: the script a\\\\b would be outside the folder of scripts\n");
  CHECK(faults_of_script(".. = a:b") == "2 error: the script .. would be a folder\n");
  CHECK(faults_of_script("a b = a:b") == "2 error: the script a b has a space in it, which pip cuts it at\n");
  CHECK(faults_of_script("; a = a:b") == "2 error: the script ; a has a space in it, which pip cuts it at\n");
  CHECK(faults_of_script(";a = a:b") ==
        "2 error: the script ;a is a comment for some installers and a script for pip\n");
  for (const auto* name : {"python", "Python3.13t", "pythonw", "pypy3"})
    CHECK(faults_of_script(std::string(name) + " = a:b")
              .ends_with(" is an interpreter's name, which uv refuses\n"));
  CHECK(faults_of_script("pythons = a:b").empty());
}

TEST_CASE("lines that aren't entries, and names that come twice, are reported") {
  CHECK(faults_of_script("run") == "2 error: isn't 'name = value': 'run'\n");
  CHECK(faults_of_script("= a:b") == "2 error: has no name before the '='\n");
  CHECK(faults_of("run = a:b\n") == "1 error: run is before the first [section]\n");
  CHECK(faults_of("[a\n") == "1 error: isn't a [section], though it begins like one: '[a'\n");
  CHECK(faults_of("[a]\nx = y\n[a]\n") == "3 error: begins [a] a second time\n");
  CHECK(faults_of("[DEFAULT]\nx = y\n") == "");
  CHECK(faults_of("[DEFAULT]\nx = y\n[gui_scripts]\na = b:c\n") ==
        "2 error: is in [DEFAULT], which pip takes as a group like any other\n");
  CHECK(faults_of("[a]\nx = y\nx = z\n") == "3 error: gives x a second time\n");
  CHECK(faults_of("[console_scripts]\nx = a:b\n[gui_scripts]\nx = a:b\n") ==
        "4 warning: the script x is in both groups of scripts\n");
}

TEST_CASE("a line that readers end or join in their own ways is reported") {
  CHECK(faults_of("\xef\xbb\xbf[a]\n") == "1 error: holds \\ufeff, which isn't visible\n");
  CHECK(faults_of("[a]\nx = y\xe2\x80\xa8z = y\n") == "2 error: holds \\u2028, which isn't visible\n");
  CHECK(faults_of_script("x = a:b\n y = a:b") == "3 error: is indented deeper than the entry above it\n");
  CHECK(faults_of("[a]\nx = y\n z = y\n") == "3 warning: is indented deeper than the entry above it\n");
  CHECK(faults_of("[a]\nx = y\n z\n") == "3 error: is indented deeper than the entry above it\n");
}

TEST_CASE("no more than 100,000 lines are looked at") {
  std::string text = "[a]\n";
  for (int i = 0; i < 100'000; ++i) text += "\n";
  CHECK(faults_of(text) == "100001 error: is the last that is checked: there are more than 100000\n");
}

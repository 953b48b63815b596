#include <wheelfix/metadata.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "wheel/thrown.hpp"

using wheelfix::HeaderDocument;
using Strings = std::vector<std::string>;

namespace {

HeaderDocument parse(std::string_view text) {
  return HeaderDocument::parse(text, "METADATA");
}

std::string with(std::string_view text, std::string_view key, std::string_view value) {
  return parse(text).with(key, value).to_string();
}

std::string refusal(std::string_view text) {
  return thrown([&] { parse(text); });
}

constexpr const char* metadata =
    "Metadata-Version: 2.1\n"
    "Name: torch\n"
    "Version: 2.1.0\n"
    "Classifier: A\n"
    "Classifier: B\n"
    "License: one\n"
    "        two\n"
    "\n"
    "Version: 9\n"
    "\n"
    "text\n";

}  // namespace

TEST_CASE("values are found by key, whatever the case") {
  const auto document = parse(metadata);
  CHECK(document.get("Version") == "2.1.0");
  CHECK(document.get("vErSiOn") == "2.1.0");
  CHECK(document.get_all("classifier") == Strings{"A", "B"});
  CHECK(document.get("Classifier") == "A");
  CHECK_FALSE(document.get("Home-Page"));
  CHECK(document.get_all("Home-Page").empty());
}

TEST_CASE("the body is what follows the blank line") {
  CHECK(parse(metadata).body() == "Version: 9\n\ntext\n");
  CHECK(parse("A: 1\r\n\r\nb").body() == "b");
  CHECK(parse("A: 1\n").body().empty());
  CHECK(parse("\nA: 1\n").body() == "A: 1\n");
  CHECK_FALSE(parse("\nA: 1\n").get("A"));
}

TEST_CASE("folded lines are joined") {
  CHECK(parse(metadata).get("License") == "one        two");
  CHECK(parse("A: 1\r\n\t2\r\n \r\n 3\r\nB: 4\r\n").get("A") == "1\t2  3");
  CHECK(parse("A:\n x\n").get("A") == "x");
  CHECK(parse("A: \t 1 \t\nB:\n").get("A") == "1");
  CHECK(parse("A: \t 1 \t\nB:\n").get("B") == "");
}

TEST_CASE("where a value goes on in another line is known") {
  const auto folded = [](const char* text) { return parse(text).folded_line("a").value_or(0); };
  CHECK(folded("B: 1\n 2\nA: 3\n") == 0);
  CHECK(folded("B: 1\n 2\nA: 3\nA: 4\n\t5\n") == 5);
  CHECK(folded("B: 1\r\nA: 2\r\n 3\r\n") == 3);
  CHECK(folded("A: 1\r 2\r") == 2);
  CHECK(folded("A:\n 1\n \n") == 0);
  CHECK(folded("B: 1\n\nA: 1\n 2\n") == 0);
}

TEST_CASE("a value is known with its line breaks and the white space after it too, as Python has it") {
  CHECK(parse("A: \t1 \t\nB: 2\n").get_folded("a") == "1 \t");
  CHECK(parse("A:\n 1\r\n\t2\n \nB: 2\n").get_folded("a") == "\n 1\r\n\t2\n ");
  CHECK(parse("A: \n").get_folded("a") == "");
  CHECK_FALSE(parse("A: 1\n").get_folded("b"));
}

TEST_CASE("a lone carriage return ends a line, as for Python") {
  CHECK(parse("A: 1\rB: 2\r\rb").get("B") == "2");
  CHECK(parse("A: 1\rB: 2\r\rb").body() == "b");
}

TEST_CASE("setting a value changes no other byte") {
  std::string expected = metadata;
  expected.replace(expected.find("2.1.0"), 5, "2.1.0+stripe.5");
  CHECK(with(metadata, "Version", "2.1.0+stripe.5") == expected);
  CHECK(with("version:1\r\nA: b\r\n", "Version", "2") == "version:2\r\nA: b\r\n");
  CHECK(with("Version:  1 \t\n\nVersion: 1", "Version", "2") == "Version:  2 \t\n\nVersion: 1");
  CHECK(with("Version: 1", "Version", "2") == "Version: 2");
  CHECK(with("V: 1\nV: 1\n", "V", "2") == "V: 2\nV: 1\n");
  CHECK(with("V:\nW: \n", "V", "2") == "V:2\nW: \n");
  CHECK(with("V:\nW: \n", "W", "2") == "V:\nW: 2\n");
  CHECK(with("V: 1\n 2\nW: 3\n", "V", "4") == "V: 4\nW: 3\n");
  CHECK(with("V: 1\n", "V", "") == "V: \n");
}

TEST_CASE("a document whose value was set can be read and set again") {
  const auto document =
      parse(metadata).with("Version", "2.1.0+a").with("License", "x").with("Name", "a longer one");
  CHECK(document.get("Version") == "2.1.0+a");
  CHECK(document.get("License") == "x");
  CHECK(document.get("Name") == "a longer one");
  CHECK(document.body() == parse(metadata).body());
}

TEST_CASE("a key that is missing is put after the last header") {
  CHECK(with("A: 1\n\nbody", "B", "2") == "A: 1\nB: 2\n\nbody");
  CHECK(with("A: 1\r\n\r\nbody", "B", "2") == "A: 1\r\nB: 2\r\n\r\nbody");
  CHECK(with("A: 1\n", "B", "2") == "A: 1\nB: 2\n");
  CHECK(with("A: 1", "B", "2") == "A: 1\nB: 2");
  CHECK(with("", "B", "2") == "B: 2\n");
  CHECK(with("\nbody", "B", "2") == "B: 2\n\nbody");
  CHECK(with("A: 1\rB: 2\n\nbody", "C", "3") == "A: 1\rB: 2\nC: 3\n\nbody");
  CHECK(with("A: 1\r\nB: 2", "C", "3") == "A: 1\r\nB: 2\r\nC: 3");
  CHECK(with("\r\nbody", "B", "2") == "B: 2\r\n\r\nbody");
  CHECK(with("A: 1\nstray\n", "B", "2") == "A: 1\nB: 2\nstray\n");
}

namespace {

HeaderDocument without(std::string_view text, std::size_t place) {
  const auto document = parse(text);
  auto headers = document.headers();
  headers.erase(headers.begin() + static_cast<std::ptrdiff_t>(place));
  return document.with_headers(headers);
}

std::string inserted(std::string_view text, std::size_t place, const char* key, const char* value) {
  const auto document = parse(text);
  auto headers = document.headers();
  headers.insert(headers.begin() + static_cast<std::ptrdiff_t>(place), {key, value});
  return document.with_headers(headers).to_string();
}

}  // namespace

TEST_CASE("headers are listed, and those that are left out are removed with the lines that continue them") {
  const auto headers = parse(metadata).headers();
  REQUIRE(headers.size() == 6);
  CHECK(headers[5].key == "License");
  CHECK(headers[5].value == "one        two");
  CHECK(parse(metadata).with_headers(headers).to_string() == metadata);
  CHECK(without("A: 1\n 2\n\t3\nB: 4\n\n 5", 0).to_string() == "B: 4\n\n 5");
  CHECK(without("A: 1\r\nB: 4\r\n 5\r\n\r\nbody", 1).to_string() == "A: 1\r\n\r\nbody");
  CHECK(without("A: 1\nB: 2", 1).to_string() == "A: 1");
  CHECK(without("A: 1\n\nbody", 0).to_string() == "\nbody");
  const auto joined = without("A: 1\rB: 2\n\nbody", 1);
  CHECK(joined.body() == "body");
  CHECK(joined.get("A") == "1");
}

TEST_CASE("a header is put between others, with the line ending of the one before it") {
  CHECK(inserted("A: 1\n 2\nB: 3\n\n", 1, "C", "4") == "A: 1\n 2\nC: 4\nB: 3\n\n");
  CHECK(inserted("A: 1\r\nB: 3\r\n\r\n", 1, "C", "4") == "A: 1\r\nC: 4\r\nB: 3\r\n\r\n");
  CHECK(inserted("A: 1\rB: 3\n", 1, "C", "4") == "A: 1\rC: 4\rB: 3\n");
  CHECK(inserted("A: 1\r\n", 0, "C", "4") == "C: 4\r\nA: 1\r\n");
  CHECK(inserted("A: 1\nB: 2", 2, "C", "4") == "A: 1\nB: 2\nC: 4");
  CHECK(thrown([] { inserted("A: 1\n", 1, "C:", "4"); }).find("not a header's name") != std::string::npos);
  CHECK(thrown([] { inserted("A: 1\n", 1, "C", "4\n5"); }).find("a line break or NUL") != std::string::npos);
}

TEST_CASE("a line that isn't a header ends the headers, and is reported") {
  const auto document = parse("Name: a\nSummary: one\ntwo, three\nVersion: 1\n\nb\n");
  CHECK(document.stray_line() == 3);
  CHECK(document.body() == "two, three\nVersion: 1\n\nb\n");
  CHECK_FALSE(document.get("Version"));
  CHECK(parse("A: 1\nB : 2\n").stray_line() == 2);
  CHECK(parse("A: 1\n: 2\n").stray_line() == 2);
  CHECK_FALSE(parse(metadata).stray_line());
  CHECK_FALSE(parse("").stray_line());
}

TEST_CASE("every byte comes back") {
  for (const char* text : {"", "\n", "A:", "A: 1", "A: 1\r\n B\r\n\r\n\r\n", "A: \xff\n\n\xfe", "A: 1\nstray",
                           "A: 1\n \n\t\nB: 2"}) {
    CHECK(parse(text).to_string() == text);
  }
  CHECK(parse(metadata).to_string() == metadata);
}

TEST_CASE("a file that doesn't begin with a header is refused") {
  const std::string hint =
      "\nhint: installers read this file as lines of 'Key: value', then a blank line and a description";
  CHECK(refusal("Wheel\nTag: x\n") == "3 METADATA:1: the first line isn't 'Key: value': 'Wheel'" + hint);
  CHECK(refusal(" A: 1\n") ==
        "3 METADATA:1: the first line continues a header, but no header comes before it" + hint);
  CHECK(refusal("\xef\xbb\xbfName: a\n") ==
        "3 METADATA:1: the file begins with a byte order mark, so installers find no header in it\n"
        "hint: save it as UTF-8 without the mark");
  CHECK(refusal(std::string("A: 1\nB: \0\n", 10)) == "3 METADATA:2: a header holds a NUL character" + hint);
}

TEST_CASE("a NUL in the body is the description's business") {
  const std::string text("A: 1\n\n\0", 7);
  CHECK(parse(text).body() == std::string_view("\0", 1));
}

TEST_CASE("a key or value that would break the file is wrong usage") {
  CHECK(thrown([] { (void)parse("A: 1\n").with("A", "1\nB: 2"); }) ==
        "2 A: a header's value can't hold a line break or NUL");
  CHECK(thrown([] { (void)parse("A: 1\n").with("A b", "1"); }) == "2 A b: not a header's name");
  CHECK(thrown([] { (void)parse("A: 1\n").with("", "1"); }) == "2 not a header's name");
}

TEST_CASE("more than 100,000 headers are refused, whatever the body has") {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "A: 1\n";
  CHECK(parse(text + "\n" + text).get_all("A").size() == 100'000);
  CHECK(refusal(text + "A: 1\n") ==
        "3 METADATA: has more than 100000 headers\n"
        "hint: no project has as many: ask the publisher for another wheel");
}

#include "base/text.hpp"

#include <doctest/doctest.h>

#include "base/hidden_character.hpp"

using namespace wheelfix;

TEST_CASE("split keeps empty pieces, as Python's str.split") {
  CHECK(split("a,,b", ',') == std::vector<std::string_view>{"a", "", "b"});
  CHECK(split("", ',') == std::vector<std::string_view>{""});
  CHECK(split("a,", ',') == std::vector<std::string_view>{"a", ""});
}

TEST_CASE("trim takes white space from both ends only") {
  CHECK(trim(" \ta b\r\n") == "a b");
  CHECK(trim(" \n") == "");
}

TEST_CASE("a text is ASCII if no byte is above 0x7f") {
  CHECK(is_ascii(""));
  CHECK(is_ascii(std::string_view("\0a\x7f", 3)));
  CHECK_FALSE(is_ascii("a\x80"));
  CHECK_FALSE(is_ascii("gr\xc3\xbc\xc3\x9f"));
}

TEST_CASE("printable shows control characters and bytes that are not UTF-8") {
  CHECK(printable("a\x1b[31m") == "a\\x1b[31m");
  CHECK(printable("tab\t nul" + std::string(1, '\0')) == "tab\\x09 nul\\x00");
  CHECK(printable("d\\e") == "d\\\\e");
  CHECK(printable("gr\xc3\xbc\xc3\x9f") == "gr\xc3\xbc\xc3\x9f");
  CHECK(printable("\xc3") == "\\xc3");
  CHECK(printable("\xff\xfe") == "\\xff\\xfe");
}

TEST_CASE("printable shows characters that turn the direction of text, have no width or control a terminal") {
  CHECK(printable("a\xe2\x80\xae"
                  "b") == "a\\u202eb");
  CHECK(printable("\xc2\x9b"
                  "31m") == "\\u009b31m");
  CHECK(printable("\xef\xbb\xbf"
                  "a\xe2\x80\x8b") == "\\ufeffa\\u200b");
  CHECK(printable("\xf3\xa0\x81\x81") == "\\U000e0041");
  CHECK(printable("\xc2\xa0\xe2\x82\xac") == "\xc2\xa0\xe2\x82\xac");
}

TEST_CASE("printable cuts a text of megabytes, at a character's end") {
  CHECK(printable(std::string(2000, 'x')) == std::string(2000, 'x'));
  CHECK(printable(std::string(2001, 'x')) == std::string(2000, 'x') + "... (2001 bytes in all)");
  CHECK(printable("x" + std::string(3000, '\x1b')) == "x" + [] {
    std::string text;
    for (int i = 0; i < 500; ++i) text += "\\x1b";
    return text;
  }() + "... (3001 bytes in all)");
}

TEST_CASE("the first hidden character of a text is found, whatever isn't UTF-8 before it") {
  CHECK(hidden_character("plain gr\xc3\xbc\xc3\x9f \xf0\x9f\x8e\xa1").empty());
  CHECK(hidden_character("a\xff\xe2\x81\xa6\x07") == "\xe2\x81\xa6");
  CHECK(hidden_character("a\x7f") == "\x7f");
}

TEST_CASE("characters that Unicode doesn't assign, or leaves to private use, are hidden too") {
  for (const char* character : {"\xcd\xb8", "\xee\x80\x80", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf"})
    CHECK(hidden_character(character) == character);
  CHECK(hidden_character("\xef\xbf\xbd \xf0\xb1\x8d\x8a")
            .empty());  // U+FFFD, and U+3134A, the last of its block
}

TEST_CASE("UTF-8 is checked as Unicode's table 3-7 has it") {
  CHECK(is_valid_utf8("plain"));
  CHECK(is_valid_utf8("\xe2\x82\xac \xf0\x9f\x8e\xa1"));
  CHECK_FALSE(is_valid_utf8("\xc0\xaf"));          // overlong
  CHECK_FALSE(is_valid_utf8("\xe0\x9f\xbf"));      // overlong
  CHECK_FALSE(is_valid_utf8("\xed\xa0\x80"));      // a surrogate
  CHECK_FALSE(is_valid_utf8("\xf4\x90\x80\x80"));  // beyond U+10FFFF
  CHECK_FALSE(is_valid_utf8("\xe2\x82"));          // cut short
  CHECK_FALSE(is_valid_utf8("\x80"));
}

TEST_CASE("counted chooses singular or plural") {
  CHECK(counted(1, "entry", "entries") == "1 entry");
  CHECK(counted(0, "file") == "0 files");
  CHECK(counted(2, "entry", "entries") == "2 entries");
}

#include <doctest/doctest.h>

#include <string>

#include "diff/git_blob_id.hpp"
#include "diff/git_name.hpp"

TEST_CASE("plain names stay as they are, spaces included") {
  CHECK(wheelfix::quote_git_name("a/b c.py") == "a/b c.py");
  CHECK(wheelfix::quote_git_name_with_spaces("a/b.py") == "a/b.py");
  CHECK(wheelfix::quote_git_name_with_spaces("a/b c.py") == "\"a/b c.py\"");
}

TEST_CASE("control characters, quotes, backslashes, DEL and bytes from 0x80 are written as C does") {
  CHECK(wheelfix::quote_git_name("\a\b\t\n\v\f\r\"\\") == R"("\a\b\t\n\v\f\r\"\\")");
  CHECK(wheelfix::quote_git_name("\x01\x1F\x7F\xFF") == R"("\001\037\177\377")");
  CHECK(wheelfix::quote_git_name("r\xC3\xA9sum\xC3\xA9 1.txt") == R"("r\303\251sum\303\251 1.txt")");
}

TEST_CASE("a blob's id is git's") {
  CHECK(wheelfix::git_blob_id("") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
  CHECK(wheelfix::git_blob_id("hello world\n") == "3b18e512dba79e4c8300dd08aeb37f8e728b8dad");
}

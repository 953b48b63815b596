#include "base/unicode.hpp"

#include <doctest/doctest.h>

using namespace wheelfix;

// The characters and their properties: Unicode's UnicodeData.txt, CaseFolding.txt and NormalizationTest.txt.

TEST_CASE("names fold alike that differ in case or normal form alone") {
  CHECK(folded_name("A/B.py") == folded_name("a/b.PY"));
  CHECK(folded_name("caf\u00E9.py") == folded_name("cafe\u0301.py"));
  CHECK(folded_name("caf\u00E9.py") == folded_name("CAFE\u0301.PY"));
  CHECK(folded_name("\u03A3\u03AF\u03C3\u03C5\u03C6\u03BF\u03C2") ==
        folded_name("\u03C3\u03AF\u03C3\u03C5\u03C6\u03BF\u03C3"));
  CHECK(folded_name("stra\u00DFe") == folded_name("STRASSE"));
  CHECK(folded_name("\uAC00") == folded_name("\u1100\u1161"));
}

TEST_CASE("other names fold apart") {
  CHECK(folded_name("caf\u00E9") != folded_name("cafe"));
  CHECK(folded_name("\u00B2") != folded_name("2"));
  CHECK(folded_name("\uFB01") == folded_name("fi"));  // a full folding, as that of the sharp s
  CHECK(folded_name("\uFF21") != folded_name("A"));
}

TEST_CASE("in what is no UTF-8 only ASCII folds") {
  CHECK(folded_name("A\xFF\u00C9") == "a\xFF\u00C9");
  CHECK(folded_name("") == "");
}

TEST_CASE("what isn't seen is hidden") {
  for (const char32_t c : {U'\0', U'\x1F', U'\x7F', U'\x9F', U'\u00AD', U'\u200B', U'\u202E', U'\u2028',
                           U'\u2029', U'\uE000', U'\u0378', U'\U000E0041'}) {
    CAPTURE(static_cast<unsigned>(c));
    CHECK(is_hidden(c));
  }
  for (const char32_t c : {U' ', U'~', U'\u00A0', U'\u00E9', U'\u0301', U'\u4E2D', U'\U0001F600'}) {
    CAPTURE(static_cast<unsigned>(c));
    CHECK_FALSE(is_hidden(c));
  }
}

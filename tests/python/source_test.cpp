#include <doctest/doctest.h>

#include "python/import_place.hpp"
#include "python/string_literals.hpp"
#include "wheel/thrown.hpp"

using namespace wheelfix;

namespace {

std::string refusal(const std::string& text) {
  return thrown([&] {
    const auto source = python::read_source(text, "demo/__init__.py");
    python::string_literals(source);
  });
}

std::string refused(const std::string& line_and_message) {
  return "3 demo/__init__.py:" + line_and_message +
         "\nhint: see whether Python itself reads the file: `python3 -m py_compile`";
}

std::string with_import(const std::string& text) {
  const auto place = python::import_place(python::read_source(text, "x.py"));
  auto changed = text;
  changed.insert(place.offset, place.before + "import p" + place.after);
  return changed;
}

}  // namespace

TEST_CASE("an import is placed after docstring and future imports, on its own line or on theirs") {
  CHECK(with_import("") == "import p\n");
  CHECK(with_import("# comment") == "# comment\nimport p\n");
  CHECK(with_import("#!/usr/bin/python3\n# coding: utf-8\n\nimport os\n") ==
        "#!/usr/bin/python3\n# coding: utf-8\n\nimport p\nimport os\n");
  CHECK(with_import("'''doc'''  # why\r\nx = 1\r\n") == "'''doc'''  # why\r\nimport p\r\nx = 1\r\n");
  CHECK(with_import("'doc'") == "'doc'\nimport p\n");
  CHECK(with_import("'doc'; from __future__ import annotations; import os\n") ==
        "'doc'; from __future__ import annotations; import p; import os\n");
  CHECK(with_import("'doc';\nx = 1") == "'doc';\nimport p\nx = 1");
  CHECK(with_import("from __future__ import (\n  annotations,\n)\nx = 1\n") ==
        "from __future__ import (\n  annotations,\n)\nimport p\nx = 1\n");
  CHECK(with_import("f'doc'\nx = 1\n") == "import p\nf'doc'\nx = 1\n");
  CHECK(with_import("b'doc'\rx = 1\r") == "import p\rb'doc'\rx = 1\r");
  CHECK(with_import("\xEF\xBB\xBF\\\nx = 1\n") == "\xEF\xBB\xBFimport p\n\\\nx = 1\n");
}

TEST_CASE("a source that no Python reads is refused with its line") {
  CHECK(refusal("x = 1\ny = 'abc\n") == refused("2: the string that begins here is never closed"));
  CHECK(refusal("'''abc\n\n") == refused("1: the string that begins here is never closed"));
  CHECK(refusal("x = 1\r\rf'{x}") == refused("3: the f-string is never closed"));
  CHECK(refusal("f'{x:>4'") == refused("1: a field of the f-string is never closed"));
  CHECK(refusal("f'a}'") == refused("1: a single '}' in an f-string"));
  CHECK(refusal("f'\\N{BULLET'") == refused("1: a character's name is never closed"));
  CHECK(refusal("\n(\n[1]\n") == refused("2: '(' is never closed"));
  CHECK(refusal("(]") == refused("1: ']' has no opening bracket"));
  CHECK(refusal(std::string("x\n\0", 3)) == refused("2: there is a NUL byte"));
  CHECK(refusal("x = $y") == refused("1: the character '$' is invalid here"));
  CHECK(refusal("x \\ \n") == refused("1: a backslash that isn't at the end of a line"));
  CHECK(refusal("x \\\n") == refused("2: the file ends after a backslash that continues the line"));
  CHECK(refusal("x = '\xFF'") == refused("1: there are bytes that are not UTF-8"));
  CHECK(refusal("#\n# vim: set fileencoding=shift_jis :\n") ==
        refused("2: its encoding is shift_jis, which wheelfix doesn't read"));
  CHECK(refusal("\xEF\xBB\xBF# coding: latin-1\n") ==
        refused("1: it begins with a UTF-8 byte order mark, but its encoding is declared as latin-1"));
  CHECK(refusal("x = '\\x4'") == refused("1: \\x must have 2 hexadecimal digits"));
  CHECK(refusal("x = '\\U00110000'") == refused("1: the number is too high for a character"));
  CHECK(refusal("x = '\\N'") == refused("1: \\N must be followed by a name in braces"));
}

TEST_CASE("a file over the limits of tokens or bytes is refused") {
  std::string text;
  for (int i = 0; i < 250'001; ++i) text += "a = 1\n";
  CHECK(refusal(text) == refused("250001: there are more than 1000000 tokens before this line"));
  CHECK(refusal("#" + std::string(8 << 20, 'x')) == refused("1: it has more than 8388608 bytes"));
}

TEST_CASE("deep nesting and long runs are read or refused like other sources") {
  constexpr std::size_t count = 150'000;
  const auto times = [](std::string_view text) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) all += text;
    return all;
  };
  CHECK(refusal(times("[")) == refused("1: '[' is never closed"));
  CHECK(refusal(times("(") + times(")")) == "nothing was thrown");
  CHECK(refusal(times("f\"{")) == refused("1: '{' is never closed"));
  CHECK(refusal(times("'a' ")) == "nothing was thrown");
  CHECK(refusal("f'''" + times("{x:")) == refused("1: the f-string is never closed"));
  CHECK(python::import_place(python::read_source(times("from __future__ import x\n"), "x.py")).offset ==
        25 * count);
  CHECK(python::import_place(python::read_source(times("(") + "'a'" + times(")"), "x.py")).offset ==
        2 * count + 3);
}

#include <doctest/doctest.h>

#include "python/library_loads.hpp"

using namespace wheelfix;

namespace {

/// What an import loads.
std::string on_import(const std::string& text) {
  std::string names;
  const auto syntax = python::read_syntax(text, "demo/__init__.py");
  for (const auto& load : python::library_loads(syntax, "demo/__init__.py"))
    if (load.on_import) names += (names.empty() ? "" : " ") + load.names.at(0).text;
  return names;
}

}  // namespace

TEST_CASE("an import makes the calls outside of a try, whatever the conditions") {
  CHECK(on_import("CDLL('a.so')") == "a.so");
  CHECK(on_import("if sys.platform == 'win32':\n  for x in y:\n    CDLL('a.so')") == "a.so");
  CHECK(
      on_import("try:\n  if x:\n    CDLL('a.so')\nexcept OSError:\n  CDLL('b.so')\nelse:\n  CDLL('c.so')") ==
      "c.so");
  CHECK(on_import("try: CDLL('a.so')\nfinally: pass") == "");
  CHECK(on_import("with contextlib.suppress(OSError):\n  CDLL('a.so')\nwith x:\n  CDLL('b.so')") == "b.so");
  CHECK(on_import("if __name__ == '__main__':\n  CDLL('a.so')") == "");
}

TEST_CASE("an import runs the functions that are called by name in code that it runs") {
  const std::string load = "def load(x):\n  CDLL('a.so')\n";
  CHECK(on_import(load) == "");
  CHECK(on_import(load + "load(1)") == "a.so");
  CHECK(on_import(load + "json.load(1)") == "");
  CHECK(on_import(load + "try:\n  load(1)\nexcept OSError: pass") == "");
  CHECK(on_import(load + "def all():\n  load(1)\nif x:\n  all()") == "a.so");
  CHECK(on_import("def load():\n  CDLL('a.so')\n  load()") == "");
  CHECK(on_import("class A:\n  def load(self):\n    CDLL('a.so')\nload(1)") == "");
  CHECK(on_import("class A:\n  lib = CDLL('a.so')") == "a.so");
  const std::string type = "class A:\n  def load(self):\n    CDLL('a.so')\n";
  CHECK(on_import(type + "A().load()") == "a.so");
  CHECK(on_import(type + "  def __init__(self):\n    self.load()\na = A()") == "a.so");
  CHECK(on_import(type + "a = A()\na.load()") == "a.so");
  CHECK(on_import(type + "b.load()") == "");
  CHECK(on_import("load = lambda: CDLL('a.so')") == "");
  CHECK(on_import("load = lambda: CDLL('a.so')\nload()") == "a.so");
  CHECK(on_import(load + "def run(load): load(1)\nrun(x)") == "");
}

TEST_CASE("an import fails in a try if all of its clauses raise again") {
  CHECK(on_import("try:\n  CDLL('a.so')\nexcept OSError as e:\n  raise ImportError('x') from e") == "a.so");
  CHECK(on_import("try:\n  CDLL('a.so')\nexcept OSError:\n  if x:\n    raise\n  else:\n    raise Y") ==
        "a.so");
  CHECK(on_import("try:\n  CDLL('a.so')\nexcept OSError:\n  if x:\n    raise") == "");
  CHECK(on_import("try:\n  CDLL('a.so')\nexcept OSError:\n  raise\nexcept Exception: pass") == "");
  CHECK(on_import("try:\n  CDLL('a.so')\nexcept OSError:\n  for x in y:\n    break\n  raise") == "a.so");
}

TEST_CASE("a call of Windows' own functions fails an import only if the result is used") {
  CHECK(on_import("if not kernel32.LoadLibraryExW('a.dll', None, 8): raise x") == "a.dll");
  CHECK(on_import("res = ctypes.windll.kernel32.LoadLibraryW('a.dll')") == "a.dll");
  CHECK(on_import("kernel32.LoadLibraryA('a.dll')\nif x: kernel32.LoadLibraryA('a.dll')") == "");
}

TEST_CASE("a load that may fail without harm is distinguished from one that ends the import") {
  const auto is_caught = [](const std::string& text) {
    const auto syntax = python::read_syntax(text, "demo/__init__.py");
    const auto found = python::library_loads(syntax, "demo/__init__.py");
    REQUIRE(found.size() == 1);
    return found[0].is_caught;
  };
  CHECK_FALSE(is_caught("CDLL('a.so')"));
  CHECK_FALSE(is_caught("x = k.LoadLibraryW('a.dll')"));
  CHECK(is_caught("k.LoadLibraryW('a.dll')"));  // returns null, which isn't checked
  CHECK(is_caught("try:\n  CDLL('a.so')\nexcept OSError:\n  pass\n"));
  CHECK(is_caught("try: CDLL('a.so')\nexcept: pass\n"));
  CHECK(
      is_caught("if x:\n\ttry:\n\t\tif y:\n\n\t\t\tCDLL('a.so')\n\t\tz()\n"
                "\texcept (TypeError, Exception) as e:\n\t\tpass"));
  CHECK(is_caught("with contextlib.suppress(OSError):\n  CDLL('a.so')"));
  // The clause is for something else, raises again, or isn't the block's.
  const std::string attempt =
      "for p in paths:\n  try:\n    x = CDLL('a.so')\n    done = True\n    break\n  except OSError as e:\n"
      "    errors.append(e)\n    continue\n  finally: y()\n";
  CHECK_FALSE(is_caught(attempt + "if not done:\n  text = 'a'\n  raise X(text)\n"));
  CHECK_FALSE(is_caught(attempt + "if errors: raise errors[0]\n"));
  CHECK(is_caught(attempt + "if errors: print(errors)\n"));
  CHECK(is_caught(attempt + "if z: raise X\n"));
  CHECK(is_caught(attempt + "done = other()\nif not done: raise X\n"));
  CHECK(is_caught(attempt + "def f():\n  if not done: raise X\n"));
  CHECK(is_caught("def f():\n  try: x = CDLL('a.so')\n  except OSError: x = 0\nif not x: raise X\nf()"));
  CHECK_FALSE(
      is_caught("def f():\n  try: x = CDLL('a.so')\n  except OSError: x = 0\n  if not x: raise X\nf()"));
  CHECK(is_caught("try: x = CDLL('a.so')\nexcept OSError: x = dlopen('b')\nif not x: raise X\n"));
  CHECK_FALSE(is_caught("try:\n  CDLL('a.so')\nexcept AttributeError:\n  pass\n"));
  CHECK_FALSE(is_caught("try:\n  CDLL('a.so')\nexcept OSError as e:\n  if x:\n    raise e\n  else: raise\n"));
  CHECK(is_caught("try:\n  CDLL('a.so')\nexcept OSError as e:\n  if x:\n    raise e\n"));
  CHECK(is_caught("try:\n  CDLL('a.so')\nexcept OSError as e:\n  if x: return\n  raise e\n"));
  CHECK(is_caught("try:\n  CDLL('a.so')\nexcept OSError: pass\nexcept Exception: raise\n"));
  CHECK(is_caught("try:\n  class A:\n    x = CDLL('a.so')\nexcept OSError: pass\n"));
  CHECK_FALSE(is_caught("try:\n  CDLL('a.so')\nexcept OSError: raise\nexcept Exception: pass\n"));
  CHECK_FALSE(is_caught("try:\n  x()\nexcept OSError:\n  CDLL('a.so')\n"));
  CHECK_FALSE(is_caught("try:\n  CDLL('a.so')\nfinally:\n  pass\n"));
  CHECK_FALSE(is_caught("try:\n  x()\nexcept OSError:\n  pass\nCDLL('a.so')\n"));
  CHECK_FALSE(is_caught("try:\n  def f():\n    CDLL('a.so')\nexcept OSError:\n  pass\n"));
  // At the calls of the function.
  const std::string load = "def load():\n  CDLL('a.so')\n",
                    caught = "try:\n  x = load()\nexcept OSError: pass\n";
  CHECK(is_caught(load + caught));
  CHECK(is_caught(load + "def all():\n  load()\n  json.load()\n" + "try: all()\nexcept: pass"));
  CHECK(is_caught("class A:\n  def load(self):\n    CDLL('a.so')\ntry: A().load()\nexcept: pass"));
  CHECK(is_caught("def load():\n  CDLL('a.so')\n  load()\n" + caught));
  CHECK_FALSE(is_caught(load));
  CHECK_FALSE(is_caught("def load():\n  CDLL('a.so')\n  load()\n"));
  CHECK_FALSE(is_caught(load + caught + "def again():\n  load()\n"));
  CHECK_FALSE(is_caught(load + "try: json.load()\nexcept: pass"));
  CHECK_FALSE(is_caught("class A:\n  def load(self):\n    CDLL('a.so')\ntry: load()\nexcept: pass"));
}

TEST_CASE("a load after a check that the file exists is distinguished from one without it") {
  const auto asks_first = [](const std::string& text) {
    const auto syntax = python::read_syntax(text, "demo/__init__.py");
    return python::library_loads(syntax, "demo/__init__.py").at(0).is_for_file_there;
  };
  CHECK(asks_first("if os.path.exists('a.so'):\n  if x:\n    CDLL('a.so')"));
  CHECK(asks_first("for p in q:\n  if x: pass\n  elif p.is_file(): CDLL('a.so')"));
  CHECK(asks_first("def load():\n  if not os.path.isfile('a.so'): return\n  with x:\n    CDLL('a.so')"));
  CHECK(asks_first("if not exists('a.so'):\n  x()\nelse:\n  CDLL('a.so')"));
  CHECK(asks_first("lib = CDLL('a.so') if os.path.exists('a.so') else None"));
  CHECK(asks_first("def load(p): CDLL(p)\nif os.path.exists('a.so'): load('a.so')"));
  CHECK_FALSE(asks_first("def load(p): CDLL(p)\nload('b.so')\nif os.path.exists('a.so'): load('a.so')"));
  CHECK_FALSE(asks_first("CDLL('a.so')\nif os.path.exists('b.so'): x()"));
  CHECK_FALSE(asks_first("if not os.path.exists('a.so'):\n  raise ImportError('a.so')\nCDLL('a.so')"));
  CHECK_FALSE(asks_first("def other():\n  if exists('b.so'): x()\ndef load():\n  CDLL('a.so')"));
  CHECK_FALSE(asks_first("if x:\n  if exists('b.so'): x()\nCDLL('a.so')"));
}

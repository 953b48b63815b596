#include "python/import_steps.hpp"

#include <doctest/doctest.h>

using namespace wheelfix;

namespace {

std::string text_of(const python::ImportSteps& steps) {
  std::string all;
  for (const auto& step : steps) {
    if (!all.empty()) all += ' ';
    switch (step.kind) {
      case python::ImportStep::Kind::import:
        all += step.module;
        for (const auto& name : step.names) all += ':' + name;
        break;
      case python::ImportStep::Kind::load:
        all += "load";
        for (const auto& name : step.load.names) all += ':' + name.text;
        break;
      case python::ImportStep::Kind::attempt:
        all += "try(" + text_of(step.body) + ")";
        if (step.catches_import_error) all += "ImportError";
        if (step.catches_os_error) all += "OSError";
        if (!step.handler.empty()) all += "(" + text_of(step.handler) + ")";
        break;
      case python::ImportStep::Kind::maybe:
        all += "maybe(" + text_of(step.body) + ")";
        break;
      case python::ImportStep::Kind::call:
      case python::ImportStep::Kind::define:
        all += step.kind == python::ImportStep::Kind::call ? "call:" + step.module : "define";
        for (const auto& name : step.names) all += ':' + name;
        if (!step.body.empty()) all += "(" + text_of(step.body) + ")";
        break;
    }
  }
  return all;
}

std::string steps(const std::string& code, const python::PythonPlatform& platform = {}) {
  return text_of(
      python::import_steps(python::read_syntax(code, "a/b/__init__.py"), "a/b/__init__.py", platform));
}

}  // namespace

TEST_CASE("imports are steps in their order, relative ones by their absolute names") {
  CHECK(steps("import os, x.y as z\nfrom p.q import (r as s, t)\nfrom u import *") == "os x.y p.q:r:t u");
  CHECK(
      steps("from . import c\nfrom .d import e\nfrom .. import f\nfrom ..g.h import i\nfrom ... import j") ==
      "a.b:c a.b.d:e a:f a.g.h:i");
  CHECK(steps("import importlib\nimportlib.import_module('x')\n__import__('y.z')\n"
              "importlib.import_module('.c', __name__)\nimportlib.import_module(name)") ==
        "importlib x y.z a.b.c");
  CHECK(steps("from importlib import import_module as load\nfor n in ['x', 'y']: load('p.' + n)") ==
        "importlib:import_module p.x p.y");
}

TEST_CASE("functions count where the file calls them, and not otherwise") {
  CHECK(steps("def f():\n  import x\n  return 1\n  import y\ndef g(): import z\nimport w\nf()") == "w x");
  CHECK(steps("def f(): g()\ndef g():\n  import x\n  f()\nf()") == "x");
  CHECK(steps("class A:\n  import x\n  def f(self): import y\nA().f()") == "x y");
  CHECK(steps("f = lambda: __import__('x')\nasync def g(): import y") == "");
}

TEST_CASE("conditions of the system, of Python's version and of type checkers are decided") {
  const python::PythonPlatform windows{"win32", "nt", "Windows"};
  const std::string code =
      "if sys.platform == 'win32': import w\nelif os.name == 'posix': import p\nelse: import e";
  CHECK(steps("import os, sys\n" + code) == "os sys p");
  CHECK(steps("import os, sys\n" + code, windows) == "os sys w");
  CHECK(steps("import sys\nif sys.platform.startswith('win'): import w\nelse: import p") == "sys p");
  CHECK(
      steps(
          "import sys\nif sys.platform in ('linux', 'linux2'): import p\nif sys.platform not in ['darwin']: "
          "import q") == "sys p q");
  CHECK(steps("import platform\nif platform.system() != 'Windows': import p") == "platform p");
  CHECK(
      steps("from typing import TYPE_CHECKING\nif TYPE_CHECKING: import x\nif not TYPE_CHECKING: import y") ==
      "typing:TYPE_CHECKING y");
  CHECK(steps("import sys\nif sys.version_info >= (3, 8): import x\nelse: import y") == "sys x");
  CHECK(steps("if __name__ == '__main__': import x") == "");
  CHECK(steps("if x: import y\nelse: import z\nmatch x:\n  case 1: import w") ==
        "maybe(y) maybe(z) maybe(maybe(w))");
  CHECK(steps("if x and False: import y\nif x or True: import z") == "z");
}

TEST_CASE("a try has its body, what it catches, and what is done then") {
  CHECK(steps("try:\n  import x\nexcept ImportError:\n  import y\nfinally:\n  import z") ==
        "try(x)ImportError(y) z");
  CHECK(steps("try: import x\nexcept (ImportError, OSError): pass") == "try(x)ImportErrorOSError");
  CHECK(steps("try: import x\nexcept Exception: y = None\nelse: import z") == "try(x z)ImportErrorOSError");
  CHECK(steps("try: import x\nexcept: pass") == "try(x)ImportErrorOSError");
  CHECK(steps("try: import x\nexcept ModuleNotFoundError: pass") == "try(x)");
  CHECK(steps("try: import x\nexcept ImportError as e:\n  raise RuntimeError from e") == "try(x)");
  CHECK(steps("try: import x\nexcept ImportError as e:\n  if y: raise") == "try(x)ImportError");
  CHECK(steps("try: import x\nexcept ImportError:\n  if 'sphinx' not in sys.modules:\n    raise") ==
        "try(x)");
  CHECK(steps("try: import x\nexcept ImportError:\n  if 'sphinx' in sys.modules: raise") ==
        "try(x)ImportError");
  CHECK(
      steps(
          "from contextlib import suppress\nwith suppress(ImportError): import x\nwith open(p): import y") ==
      "contextlib:suppress try(x)ImportError try(y)");
}

TEST_CASE("loads are steps with all that they may load") {
  CHECK(steps("import ctypes, os\nbase = os.path.join(os.path.dirname(__file__), 'lib')\n"
              "def load():\n  for n in ['x.so', 'y.so']:\n    p = os.path.join(base, n)\n"
              "    if os.path.exists(p):\n      ctypes.CDLL(p)\nload()\nfrom . import c") ==
        "ctypes os maybe(load:a/b/lib/x.so:a/b/lib/y.so) a.b:c "
        "define:load(maybe(load:a/b/lib/x.so:a/b/lib/y.so))");
}

TEST_CASE("a function that loads libraries has steps for the calls of other files, with whatever they give") {
  const std::string code =
      "import ctypes, os\ndef load(name):\n"
      "  ctypes.CDLL(os.path.join(os.path.dirname(__file__), name + '.so'))\ndef other(): import x\n";
  CHECK(steps(code) == "ctypes os define:load(load:a/b/*.so)");
  CHECK(steps(code + "load('libx')") == "ctypes os load:a/b/libx.so define:load(load:a/b/*.so:a/b/libx.so)");
  CHECK(steps(code + "def init(): load('libx')") ==
        "ctypes os define:load(load:a/b/*.so:a/b/libx.so) define:init(call:a.b:load:libx)");
}

TEST_CASE("calls of functions of other files are steps, if these are of the same package") {
  CHECK(steps("from .c import f\nf('libx', 1, name='y')") == "a.b.c:f call:a.b.c:f:libx:y");
  CHECK(steps("from . import c\nc.f()") == "a.b:c call:a.b.c:f");
  CHECK(steps("from .. import c\nc.d.f()") == "a:c call:a.c.d:f");
  CHECK(steps("import a.c as d\nd.f()\nif x: d.g()") == "a.c call:a.c:f maybe(call:a.c:g)");
  CHECK(steps("import x\nx.f()\nfrom y import g\ng()\nprint()") == "x y:g");
}

TEST_CASE("imports that are written anywhere are told with whether their failure is caught") {
  const std::string code =
      "def f():\n  try:\n    from .np import pool as lib\n  except ImportError:\n    lib = None\n"
      "try:\n  def g(): import x\nexcept ImportError: pass\n";
  const auto written = python::written_imports(python::read_syntax(code, "a/m.py"), "a/m.py");
  REQUIRE(written.size() == 2);
  CHECK(written[0].module == "a.np");
  CHECK(written[0].names == std::vector<std::string>{"pool"});
  CHECK(written[0].is_caught);
  CHECK(written[1].module == "x");
  CHECK_FALSE(written[1].is_caught);
}

#include <doctest/doctest.h>

#include "python/dll_folders.hpp"
#include "python/library_loads.hpp"

using namespace wheelfix;

namespace {

/// Each load as `FUNCTION NAME|NAME`, with `@` before names in the wheel, and `...` if there may be others.
std::string loads(const std::string& text) {
  std::string all;
  const auto syntax = python::read_syntax(text, "demo/sub/__init__.py");
  for (const auto& load : python::library_loads(syntax, "demo/sub/__init__.py")) {
    all += (all.empty() ? "" : "; ") + load.function;
    std::string separator = " ";
    for (const auto& name : load.names) {
      all += separator + (name.in_wheel ? "@" : "") + name.text;
      separator = "|";
    }
    if (!load.is_complete) all += separator + "...";
  }
  return all;
}

/// The first load's first name, and whether it stands for each file.
std::string listed(const std::string& text) {
  const auto syntax = python::read_syntax(text, "demo/sub/__init__.py");
  const auto name = python::library_loads(syntax, "demo/sub/__init__.py").at(0).names.at(0);
  return (name.in_wheel ? "@" : "") + name.text + (name.is_listed ? " each" : "");
}

std::string loaded(const std::string& expression) {
  return loads("ctypes.CDLL(" + expression + ")\n");
}

}  // namespace

TEST_CASE("calls that load libraries are found under any name") {
  CHECK(loads("ctypes.CDLL('libx.so.1')") == "ctypes.CDLL libx.so.1");
  CHECK(loads("import ctypes as c\nc.PyDLL('a.so', mode=c.RTLD_GLOBAL); c.WinDLL(name='b.dll')") ==
        "c.PyDLL a.so; c.WinDLL b.dll");
  CHECK(loads("from ctypes import (CDLL as Load, OleDLL)\nLoad('a.so')\nOleDLL('b.dll')") ==
        "Load a.so; OleDLL b.dll");
  CHECK(loads("ctypes.cdll.LoadLibrary(\n  # why\n  'libx.so')") == "ctypes.cdll.LoadLibrary libx.so");
  CHECK(loads("x = k.LoadLibraryExW('a.dll', None, 0x1100)") == "k.LoadLibraryExW a.dll");
  CHECK(loads("def CDLL(x): pass\nclass PyDLL(object): pass\n'ctypes.CDLL(1)'  # CDLL('x')\nCDLL = 1") == "");
}

TEST_CASE("the functions count that packages have for loading libraries, under any name") {
  CHECK(loads("import torch\ntorch.ops.load_library('a.so')") == "torch.ops.load_library a.so");
  CHECK(loads("import torch as t\nt.classes.load_library(path='a.so')") == "t.classes.load_library a.so");
  CHECK(loads("from torch import ops\nops.load_library('a.so')") == "ops.load_library a.so");
  CHECK(loads("import torch\nload = torch.ops.load_library\nload('a.so')") == "load a.so");
  CHECK(loads("def f(torch): torch.ops.load_library('a.so')") == "torch.ops.load_library a.so");
  CHECK(loads("import tensorflow as tf\ntf.load_op_library('a.so')") == "tf.load_op_library a.so");
  CHECK(loads("from tensorflow import load_op_library as load\nload(library_filename='a.so')") ==
        "load a.so");
  CHECK(loads("from cffi import FFI\nffi = FFI()\nlib = ffi.dlopen('a.so')") == "ffi.dlopen a.so");
  CHECK(loads("import llvmlite.binding as llvm\nllvm.load_library_permanently('a.so')") ==
        "llvm.load_library_permanently a.so");
  CHECK(loads("from ctypes import cdll\ncdll.LoadLibrary('a.so')\nload = cdll.LoadLibrary\nload('b.so')") ==
        "cdll.LoadLibrary a.so; load b.so");
  CHECK(loads("load_library('a.so'); books.load_library('b.so')\nfrom books import load_library\n"
              "load_library('c.so')\ndef dlopen(x): pass\ndlopen('d.so')\nload_op_library('e.so')\n"
              "ffi.dlopen(None)") == "");
}

TEST_CASE("a loop that looks for the file in several folders gives all of them") {
  CHECK(loads(R"(
here = os.path.dirname(os.path.realpath(__file__))
for place in [os.path.join(here, name), os.path.join(os.path.dirname(here), "lib", "libx.so.1")]:
    if os.path.exists(place):
        found = place
lib = CDLL(found)
)") == "CDLL @demo/sub/*|@demo/lib/libx.so.1|...");
}

TEST_CASE("a load without a name is skipped, and an unknown name is reported as unknown") {
  CHECK(loaded("None") == "");
  CHECK(loaded("") == "");
  CHECK(loaded("sys.argv[1]") == "ctypes.CDLL ...");
  CHECK(loaded("*args") == "ctypes.CDLL ...");
  CHECK(loaded("find_library('c') or 'libc.so.6'") == "ctypes.CDLL libc.so.6|...");
}

TEST_CASE("parts of texts are joined") {
  CHECK(loaded("'lib' + 'x' '.so'") == "ctypes.CDLL libx.so");
  CHECK(loaded("f\"lib{'x'}{version}.so\"") == "ctypes.CDLL libx*.so");
  CHECK(loaded("f'libx.{3!r}.so{\"\":>3}'") == "ctypes.CDLL libx.*.so*");
  CHECK(loaded("'lib%s.so.%d' % ('x', 3)") == "ctypes.CDLL libx.so.*");
  CHECK(loaded("'lib%(name)s.so%%' % names") == "ctypes.CDLL lib*.so%");
  CHECK(loaded("'lib{}.so.{v:>3}{{}}'.format(x, v=1)") == "ctypes.CDLL lib*.so.*{}");
  CHECK(loaded("'libx' + ('.dylib' if sys.platform == 'darwin' else '.dll' if os.name == 'nt' else '.so')") ==
        "ctypes.CDLL libx.dylib|libx.dll|libx.so");
}

TEST_CASE("methods of texts give what Python's give, and an unknown one gives any text") {
  CHECK(loaded("'LibA.so'.lower()") == "ctypes.CDLL liba.so");
  CHECK(loaded("'libx.so.tmpl'.rstrip('.tmpl')") == "ctypes.CDLL libx.so");
  CHECK(loaded("'libtmp.tmpl'.rstrip('.tmpl')") == "ctypes.CDLL lib");
  CHECK(loaded("' libx.so\\n'.strip()") == "ctypes.CDLL libx.so");
  CHECK(loaded("'xxlibx'.lstrip('x') + '.so'") == "ctypes.CDLL libx.so");
  CHECK(loaded("('lib' + x + '.so').rstrip('os.')") == "ctypes.CDLL lib*");
  CHECK(loaded("'libx.so'.strip(x)") == "ctypes.CDLL ...");
  CHECK(loaded("'libx.so'.swapcase()") == "ctypes.CDLL ...");
  CHECK(loaded("os.path.abspath('libx.so')") == "ctypes.CDLL */libx.so");
  CHECK(loaded("os.path.expanduser('~/libx.so')") == "ctypes.CDLL */libx.so");
  CHECK(loads("import other\nCDLL(other.join('a', 'b.so'))") == "CDLL ...");
  CHECK(loads("from os.path import join as j\nCDLL(j('a', 'b.so'))") == "CDLL a/b.so");
}

TEST_CASE("paths are followed from __file__") {
  const std::string there = "ctypes.CDLL @demo/sub/lib/libx.so";
  CHECK(loaded("os.path.join(os.path.dirname(__file__), 'lib', 'libx.so')") == there);
  CHECK(loaded("osp.join(osp.abspath(osp.dirname(__file__)), 'lib/libx.so')") == there);
  CHECK(loaded("join(dirname(realpath(__file__)), *['lib'], 'libx.so')") ==
        "ctypes.CDLL @demo/sub/*/libx.so");
  CHECK(loaded("os.path.dirname(__file__) + os.sep + 'lib/libx.so'") == there);
  CHECK(loaded("str(Path(__file__).parent / 'lib' / 'libx.so')") == there);
  CHECK(
      loaded("(pathlib.Path(__file__).resolve().parents[1] / 'sub').joinpath('lib', 'libx.so').as_posix()") ==
      there);
  CHECK(loaded("Path(__file__).with_name('libx.so')") == "ctypes.CDLL @demo/sub/libx.so");
  CHECK(loaded("os.path.join(os.path.dirname(__file__), '..', '..', 'demo.libs', 'libx.so')") ==
        "ctypes.CDLL @demo.libs/libx.so");
  CHECK(loaded("glob.glob(os.path.join(os.path.dirname(__file__), 'libx*.so*'))[0]") ==
        "ctypes.CDLL @demo/sub/libx*.so*");
  CHECK(loaded("next(Path(__file__).parent.glob('libx*.so'))") == "ctypes.CDLL @demo/sub/libx*.so");
  CHECK(loaded("importlib.resources.files('demo.sub') / 'lib' / 'libx.so'") == there);
  CHECK(loaded("pkg_resources.resource_filename('demo', 'sub/lib/libx.so')") == there);
  CHECK(loaded("os.path.join(__file__, '../../../../libx.so')") == "ctypes.CDLL @../libx.so|...");
  CHECK(loaded("os.path.join(__file__, '../../../../*/libx.so')") == "ctypes.CDLL ...");
  CHECK(loaded("Path(__file__).parents[4] / 'lib/libx.so'") == "ctypes.CDLL @../../lib/libx.so|...");
  const std::string root = "os.path.dirname(os.path.dirname(os.path.dirname(__file__)))";
  CHECK(loaded("os.path.join(os.path.dirname(" + root + "), 'libx.so')") == "ctypes.CDLL @../libx.so|...");
  CHECK(loaded("os.path.dirname(os.path.join(" + root + ", '..')) + '/libx.so'") == "ctypes.CDLL @libx.so");
  CHECK(loaded("'/usr/lib64/../lib/libgomp.so.1'") == "ctypes.CDLL /usr/lib/libgomp.so.1");
}

TEST_CASE("a name has the values that it may have been given before") {
  CHECK(loads("x = 'a.so'\nx = 'b.so'\nCDLL(x)\nx = 'c.so'") == "CDLL b.so");
  CHECK(loads("x = 'a.so'\nif y:\n  x = 'b.so'\nelif z: x = 'c.so'\nCDLL(x)") == "CDLL a.so|b.so|c.so");
  CHECK(loads("if y:\n  x = 'a.so'\n  CDLL(x)\nelse:\n  x = 'b.so'\n  CDLL(x)\n") == "CDLL a.so; CDLL b.so");
  CHECK(loads("x: str = 'libx'\nx += '.so'\nCDLL(x)") == "CDLL libx|libx.so");
  CHECK(loads("x = y = 'a.so'\nb, c = 'b.so', 'c.so'\nCDLL(y), CDLL(c), CDLL(z := 'd.so')") ==
        "CDLL a.so; CDLL c.so; CDLL d.so");
  CHECK(loads("class A:\n  def f(self):\n    self.x = 'a.so'\n  def g(self):\n    CDLL(self.x)") ==
        "CDLL a.so");
  CHECK(loads("with as_file(files('demo') / 'a.so') as x:\n  CDLL(x)") == "CDLL @demo/a.so");
  CHECK(loads("x = x\nCDLL(x)\nz = w\nw = z\nCDLL(z)") == "CDLL ...; CDLL ...");
}

TEST_CASE("a name has the values of the scope in which Python looks it up") {
  CHECK(loads("x = 'a.so'\ndef f():\n  global x\n  x = 'b.so'\nf()\nCDLL(x)") == "CDLL a.so|b.so");
  CHECK(loads("x = 'a.so'\ndef f():\n  global x\n  x = 'b.so'\n  CDLL(x)\nf()") == "CDLL b.so");
  CHECK(loads("def f():\n  x = 'a.so'\n  def g():\n    nonlocal x\n    x = 'b.so'\n  g()\n  CDLL(x)") ==
        "CDLL a.so|b.so");
  CHECK(loads("x = 'a.so'\nclass A:\n  x = 'b.so'\n  CDLL(x)\n  def f(self): CDLL(x)") ==
        "CDLL b.so; CDLL a.so");
  CHECK(loads("x = 'a.so'\n[x for x in ['b.so']]\nCDLL(x)") == "CDLL a.so");
  CHECK(loads("x = 'a.so'\nfrom y import x\nCDLL(x)") == "CDLL ...");
  CHECK(loads("def f():\n  x = 'a.so'\nCDLL(x)") == "CDLL ...");
  CHECK(loads("x = 'a.so'\nwhile y:\n  CDLL(x)\n  x = 'b.so'") == "CDLL a.so|b.so");
  CHECK(loads("x = 'a'\nx = x + '.so'\nCDLL(x)") == "CDLL a.so");
  CHECK(loads("x, y = f()\nCDLL(x)") == "CDLL ...");
  CHECK(loads("def f(): return 'a.so', 'b.so'\nx, y = f()\nCDLL(y)") == "CDLL b.so");
  CHECK(loads("match z:\n  case ['a', x]: CDLL(x)") == "CDLL ...");
}

TEST_CASE("loops, containers and functions are followed") {
  CHECK(loads("for x in ['a.so', 'b.so']:\n  CDLL(x)") == "CDLL a.so|b.so");
  CHECK(loads("L = ('a', 'b')\n[CDLL(f'lib{x}.so') for x in L]") == "CDLL liba.so|libb.so");
  CHECK(loads("D = {'f': 'a.so', 'g': 'b.so'}\nfor k, v in D.items(): CDLL(v)\nCDLL(D['g'])\nfor k in D: "
              "CDLL(k)") == "CDLL a.so|b.so; CDLL b.so; CDLL f|g");
  CHECK(loads("for a, b in [('d', 'x.so'), ('e', 'y.so')]:\n  CDLL(b)") == "CDLL x.so|y.so");
  CHECK(loads("def load(name, ext='.so'):\n  CDLL('lib' + name + ext)\nload('a')\nload(name='b', "
              "ext='.dylib')") == "CDLL liba.so|liba.dylib|libb.so|libb.dylib");
  CHECK(loads("def load(name): CDLL(name)") == "CDLL ...");
  CHECK(loads("def where(x):\n  if x:\n    return 'a.so'\n  return os.path.join(os.path.dirname(__file__), "
              "'b.so')\n"
              "CDLL(where(1))") == "CDLL a.so|@demo/sub/b.so");
  CHECK(loads("class A:\n  def f(self): return 'a.so'\n  def g(self): CDLL(self.f())") == "CDLL a.so");
}

TEST_CASE("a loop over what a glob finds loads each file, and an unknown name may be one file") {
  const std::string folder = "os.path.join(os.path.dirname(__file__), 'lib', '*.dll')";
  const std::string each = "@demo/sub/lib/*.dll each";
  CHECK(listed("found = glob.glob(" + folder + ")\nfor x in found:\n  CDLL(x)") == each);
  CHECK(listed("for x in sorted(Path(__file__).parent.glob('lib/*.dll')): CDLL(str(x))") == each);
  CHECK(listed("[CDLL(x) for x in glob.iglob(" + folder + ")]") == each);
  CHECK(listed("CDLL(glob.glob(" + folder + ")[0])") == "@demo/sub/lib/*.dll");
  CHECK(listed("CDLL(next(Path(__file__).parent.glob('lib/*.dll')))") == "@demo/sub/lib/*.dll");
  CHECK(listed("CDLL(os.path.join(os.path.dirname(__file__), 'lib', name + '.dll'))") ==
        "@demo/sub/lib/*.dll");
  CHECK(listed("x = glob.glob(" + folder + ")\nif y:\n  x = [f'lib{y}.dll']\nfor z in x:\n  CDLL(z)") ==
        "@demo/sub/lib/*.dll");
}

// Loads a file next to it first, and if that fails others of which it knows folder and name.
TEST_CASE("a package that preloads what it finds on sys.path is understood") {
  CHECK(
      loads("def one(folder, name):\n"
            "    path = None\n"
            "    for root in sys.path:\n"
            "        hits = glob.glob(os.path.join(root, 'vendor', folder, 'lib', name))\n"
            "        if hits and not path: path = hits[0]\n"
            "    ctypes.CDLL(path)\n"
            "def first() -> None:\n"
            "    name = 'libdeps' + ('.dylib' if platform.system() == 'Darwin' else '.so')\n"
            "    here = os.path.abspath(__file__)\n"
            "    path = os.path.join(os.path.dirname(here), 'lib', name)\n"
            "    try:\n"
            "        ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)\n"
            "    except OSError as error:\n"
            "        libs: Dict[str, str] = {'a': 'liba.so.*[0-9]', 'b': 'libb.so.*[0-9]'}\n"
            "        for folder, name in libs.items():\n"
            "            one(folder, name)\n"
            "        ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)\n") ==
      "ctypes.CDLL */vendor/a/lib/liba.so.*[0-9]|*/vendor/a/lib/libb.so.*[0-9]|*/vendor/b/lib/liba.so.*[0-9]|"
      "*/vendor/b/lib/libb.so.*[0-9]; "
      "ctypes.CDLL @demo/sub/lib/libdeps.dylib|@demo/sub/lib/libdeps.so; "
      "ctypes.CDLL @demo/sub/lib/libdeps.dylib|@demo/sub/lib/libdeps.so");
}

TEST_CASE("a file that multiplies its own texts without end isn't followed to the end") {
  std::string text = "x0 = ['a', 'b'] * 2\n";
  for (int i = 1; i < 200; ++i) {
    const auto before = "x" + std::to_string(i - 1);
    text +=
        "x" + std::to_string(i) + " = [" + before + ", " + before + ", " + before + " + " + before + "]\n";
  }
  CHECK(loads(text + "CDLL(x199[0][0])\n") == "CDLL ...");
  std::string again;
  for (int i = 0; i < 2'000; ++i) again += "if x: y = 'a.so'\n";
  for (int i = 0; i < 2'000; ++i) again += "CDLL(y)\n";
  CHECK(loads(again).ends_with("; CDLL ..."));
  std::string deep(100'000, '(');
  CHECK(loads("CDLL(" + deep + "'a.so'" + std::string(100'000, ')') + ")") == "CDLL ...");
}

namespace {

std::string folders(const std::string& text) {
  std::string all;
  const auto syntax = python::read_syntax(text, "demo/sub/__init__.py");
  for (const auto& folder : python::dll_folders(syntax, "demo/sub/__init__.py"))
    all += (all.empty() ? "" : " ") + folder;
  return all;
}

}  // namespace

TEST_CASE("the folders that os.add_dll_directory is given are found if they are known") {
  const std::string here = "os.path.dirname(__file__)";
  CHECK(folders("import os\nos.add_dll_directory(os.path.join(" + here + ", 'lib'))") == "/demo/sub/lib");
  CHECK(folders("import os\nlibs = os.path.abspath(os.path.join(" + here +
                ", os.pardir, os.pardir, 'demo.libs'))\nos.add_dll_directory(libs)") == "/demo.libs");
  CHECK(folders("import os\nos.add_dll_directory(" + here + R"( + '\\lib\\..\\bin'))") == "/demo/sub/bin");
  CHECK(folders("import os\nos.add_dll_directory(os.path.join(" + here + R"(, r'..\lib')))") == "/demo/lib");
  CHECK(folders("import os\nos.add_dll_directory(" + here + " + os.sep + 'lib')") == "/demo/sub/lib");
  CHECK(folders("import os\nos.add_dll_directory(where())\nos.add_dll_directory(root + '/lib')") ==
        "* */lib");
  CHECK(folders("import os\nos.add_dll_directory('C:/cuda/bin')\ndef add_dll_directory(x): pass") == "");
  CHECK(folders("import os\npaths = list(filter(os.path.exists, [os.path.join(" + here +
                ", 'lib'), os.path.join(sys.exec_prefix, 'bin'), '']))\n"
                "paths.extend(filter(os.path.exists, [cuda, os.path.join(" +
                here + ", 'more')]))\nfor path in paths:\n  os.add_dll_directory(path)") ==
        "/demo/sub/more /demo/sub/lib */bin");
}

TEST_CASE("the first look at code finds the words at whatever place") {
  for (const std::string word :
       {"CDLL", "WinDLL", "LoadLibraryExW", "load_library", "load_op_library",
        "load_pluggable_device_library", "load_library_permanently", "dlopen", "add_dll_directory"}) {
    CAPTURE(word);
    for (std::size_t before = 0; before < 140; ++before) {
      for (const std::size_t after : {0U, 1U, 64U, 100U})
        CHECK(python::may_mention_libraries(std::string(before, 'd') + word + std::string(after, '_')));
      CHECK_FALSE(python::may_mention_libraries(std::string(before, '_') + word.substr(0, 3)));
    }
  }
  CHECK_FALSE(python::may_mention_libraries(""));
  CHECK_FALSE(python::may_mention_libraries("the library of a class _l D L Library dll"));
}

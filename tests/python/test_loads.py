"""What we say about the libraries that a module loads, compared with what CPython loads when it imports the module."""

from __future__ import annotations

import fnmatch
import json
import subprocess
import sys
from pathlib import Path

import pytest

# No library that it names exists. It reports the names that were given to dlopen, and whether the import failed.
RUNNER = """
import json, runpy, sys
names, failed = [], False
sys.addaudithook(lambda event, args: event == "ctypes.dlopen" and args[0] and names.append(args[0]))
try:
    runpy.run_path(sys.argv[1])
except (OSError, ImportError):
    failed = True
print(json.dumps([names, failed]))
"""
HEAD = "import ctypes, os\nfrom ctypes import CDLL\nno = yes = len(__name__) < 0\nyes = not no\n"
MODULES = {
    "lower": "CDLL('LibA.so'.lower())",
    "rstrip": "CDLL('libtmp.tmpl'.rstrip('.tmpl'))",
    "strip": "CDLL(' liba.so '.strip())",
    "swapcase": "CDLL('liba.so'.swapcase())",
    "abspath": "CDLL(os.path.abspath('liba.so'))",
    "expanduser": "CDLL(os.path.expanduser('~/liba.so'))",
    "global": "x = 'liba.so'\ndef f():\n  global x\n  x = 'libb.so'\nf()\nCDLL(x)",
    "nonlocal": "def f():\n  x = 'liba.so'\n  def g():\n    nonlocal x\n    x = 'libb.so'\n  g()\n  CDLL(x)\nf()",
    "class scope": "x = 'liba.so'\nclass A:\n  x = 'libb.so'\n  def f(self): CDLL(x)\nA().f()",
    "comprehension": "x = 'liba.so'\n[x for x in ['libb.so']]\nCDLL(x)",
    "import": "x = 'liba.so'\nfrom os import sep as x\nCDLL(x + 'libb.so')",
    "loop": "x = 'liba.so'\nfor i in range(2):\n  try: CDLL(x)\n  except OSError: pass\n  x = 'libb.so'",
    "unpacked": "def f(): return 'liba.so', 'libb.so'\nx, y = f()\nCDLL(y)",
    "walrus": "if (x := 'liba.so'): CDLL(x)",
    "call": "def f(): CDLL('liba.so')\nf()",
    "no call": "def f(): CDLL('liba.so')\ng = lambda: CDLL('libb.so')",
    "called lambda": "g = lambda: CDLL('liba.so')\ng()",
    "method": "class A:\n  def f(self): CDLL('liba.so')\nA().f()",
    "constructor": "class A:\n  def __init__(self): CDLL('liba.so')\na = A()",
    "call in try": "def f(): CDLL('liba.so')\ntry: f()\nexcept OSError: pass",
    "raise if": "try: CDLL('liba.so')\nexcept OSError:\n  if no: raise",
    "raise": "try: CDLL('liba.so')\nexcept OSError as e:\n  raise ImportError('x') from e",
    "raise in both": "try: CDLL('liba.so')\nexcept OSError as e:\n  if no: raise\n  else: raise ImportError",
    "return before raise": "def f():\n  try: CDLL('liba.so')\n  except OSError:\n    if yes: return\n    raise\nf()",
    "first clause": "try: CDLL('liba.so')\nexcept OSError: pass\nexcept Exception: raise",
    "other clause": "try: CDLL('liba.so')\nexcept KeyError: pass",
    "raised within": "try:\n  try: CDLL('liba.so')\n  except OSError: raise\nexcept Exception: pass",
    "class in try": "try:\n  class A:\n    x = CDLL('liba.so')\nexcept OSError: pass",
    "form feed": "if yes:\n  try:\n    CDLL('liba.so')\n\f  except OSError:\n    pass",
    "checked before": "def f(p): CDLL(p)\nif os.path.exists('liba.so'): f('liba.so')",
}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_loads_what_we_say(name: str, build_dir: Path, tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(HEAD + MODULES[name])
    run = subprocess.run([sys.executable, "-c", RUNNER, path], capture_output=True, text=True, check=True, cwd=tmp_path)
    opened, failed = json.loads(run.stdout)
    answer = subprocess.run(
        [build_dir / "tests/python/python_tool"], input=f"{path}\n", capture_output=True, text=True, check=True
    )
    loads = json.loads(answer.stdout)["loads"]
    for library in opened:
        assert any(not load["complete"] or says(load, library) for load in loads), (library, loads)
    for load in loads:
        if load["on_import"] and load["complete"] and not load["there"]:
            assert any(says(load, library) for library in opened), (opened, load)
    if opened:
        assert failed == any(not load["caught"] for load in loads), loads


def says(load: dict[str, object], library: str) -> bool:
    return any(fnmatch.fnmatchcase(library, name) for name, _ in load["names"])

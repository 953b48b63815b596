"""What we say that an import of a module imports against what CPython imports."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

# Prints the modules of the package that were asked for, each once, in their order.
RUNNER = """
import importlib, json, sys
sys.path.insert(0, sys.argv[1])
asked = []
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name.startswith("pk.") and name not in asked:
            asked.append(name)
sys.meta_path.insert(0, Finder())
importlib.import_module("pk")
print(json.dumps(asked))
"""
MODULES = {
    "plain": "import pk.a\nfrom pk import b\nfrom . import c\nfrom .d import x",
    "as": "import pk.a as z, pk.b as y\nfrom . import (c as w,\n  d)",
    "named": "import importlib\nimportlib.import_module('pk.a')\n__import__('pk.b')\nimportlib.import_module('.c', 'pk')",
    "called": "def f():\n  from . import a\ndef g():\n  from . import b\nf()",
    "method": "class A:\n  def __init__(self):\n    from . import a\nA()",
    "after return": "def f():\n  from . import a\n  return\n  from . import b\nf()",
    "suppressed": "import contextlib\nwith contextlib.suppress(ImportError):\n  from . import none\nfrom . import a",
    "finally": "try:\n  from . import a\nfinally:\n  from . import b",
    "type checking": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n  from . import a\nelse:\n  from . import b",
    "platform": "import os, sys\nif sys.platform == 'win32':\n  from . import a\nelif os.name == 'posix':\n  from . import b",
    "version": "import sys\nif sys.version_info < (3, 0):\n  from . import a\nelse:\n  from . import b",
    "main": "if __name__ == '__main__':\n  from . import a\nfrom . import b",
    "loop": "import importlib\nfor n in ('a', 'b'):\n  importlib.import_module('pk.' + n)",
}


@pytest.mark.parametrize("name", MODULES)
def test_a_package_imports_what_we_say(name: str, build_dir: Path, tmp_path: Path) -> None:
    package = tmp_path / "pk"
    package.mkdir()
    (package / "__init__.py").write_text(MODULES[name])
    for module in "abcd":
        (package / f"{module}.py").write_text("x = 1\n")
    run = subprocess.run([sys.executable, "-c", RUNNER, tmp_path], capture_output=True, text=True, check=True)
    answer = subprocess.run(
        [build_dir / "tests/python/python_tool"],
        input=f"{package / '__init__.py'}\n",
        capture_output=True,
        text=True,
        check=True,
    )
    there = {"pk.a", "pk.b", "pk.c", "pk.d"}
    said = [module for module in json.loads(answer.stdout)["imports"] if module in there]
    assert list(dict.fromkeys(said)) == [module for module in json.loads(run.stdout) if module in there]

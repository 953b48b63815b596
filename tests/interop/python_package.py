"""What the tests of the Python package share: the package itself, with the built programs, and programs that stand in for them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from wheels import build_wheel

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "apps/python"
sys.path.insert(0, str(FOLDER))

import wheelfix as package

PATCH = "--- a/demo/__init__.py\n+++ b/demo/__init__.py\n@@ -1 +1 @@\n-one\n+two\n"


@pytest.fixture(autouse=True)
def programs(wheelfix, wheelfix_index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is first in PATH, with the programs. The working folder is an empty one beside it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for program in (wheelfix.program, wheelfix_index.program):
        (folder / program.name).symlink_to(program)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return folder


@pytest.fixture
def wheel(programs: Path) -> Path:
    """In the working folder, with a patch for it."""
    Path("fix.patch").write_text(PATCH)
    return build_wheel(Path(), "demo", "1.0", {"demo/__init__.py": "one\n"})


def make_program(folder: Path, code: str) -> None:
    """A `wheelfix` that runs this code of Python, in which `words` are its arguments."""
    folder.mkdir(exist_ok=True)
    program = folder / "wheelfix"
    program.write_text(f"#!{sys.executable}\nimport json, os, signal, sys, time\nwords = sys.argv[1:]\n{code}\n")
    program.chmod(0o755)

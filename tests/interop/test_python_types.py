"""mypy --strict and pyright find nothing in the Python package and in how it is used."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from python_package import FOLDER

USE = "typed_use.py"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The package and its use, of which the checkers read nothing elsewhere."""
    shutil.copytree(FOLDER / "wheelfix", tmp_path / "wheelfix")
    shutil.copy(Path(__file__).with_name(USE), tmp_path)
    return tmp_path


def check(folder: Path, *words: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in ("MYPYPATH", "PYTHONPATH")}
    run = subprocess.run([sys.executable, "-m", *words], cwd=folder, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_mypy_finds_nothing(folder: Path) -> None:
    count = len(list(folder.rglob("*.py")))
    assert f"no issues found in {count} source files" in check(folder, "mypy", "--strict", "wheelfix", USE)


def test_pyright_finds_nothing_by_the_oldest_python(folder: Path) -> None:
    settings = {
        "pythonVersion": "3.9",
        "typeCheckingMode": "strict",
        "enableTypeIgnoreComments": False,  # which are mypy's
        "reportUnnecessaryTypeIgnoreComment": True,
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    count = len(list(folder.rglob("*.py")))
    report = json.loads(check(folder, "pyright", "--outputjson"))
    assert report["summary"]["filesAnalyzed"] >= count

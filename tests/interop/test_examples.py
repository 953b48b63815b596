"""The recipes below patches/examples do what they say: the import that failed before works after."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from wheels import build_wheel, files_of

ROOT = Path(__file__).resolve().parents[2]
RECIPE = ROOT / "patches/examples/future-annotations"

pytestmark = pytest.mark.skipif(sys.version_info >= (3, 14), reason="hints are lazy from Python 3.14 on (PEP 649)")


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    return build_wheel(tmp_path / "published", "hintpkg", "1.0", files_of(ROOT / "testdata/hintpkg"))


@pytest.fixture
def patched(wheel: Path, tmp_path: Path) -> Path:
    command = [wheelfix(), "patch", "--suffix", "fix.1", "--patch-dir", RECIPE, "-d", tmp_path / "patched", wheel]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    written = Path(result.stdout.strip())
    assert written == tmp_path / "patched/hintpkg-1.0+fix.1-py3-none-any.whl"
    return written


def test_the_published_wheel_fails_at_import_without_numpy(wheel: Path, tmp_path: Path) -> None:
    result = python("import hintpkg", installed(wheel, tmp_path))
    assert result.returncode == 1
    assert result.stderr.endswith("AttributeError: 'NoneType' object has no attribute 'ndarray'\n")


def test_the_patched_wheel_imports_without_numpy(patched: Path, tmp_path: Path) -> None:
    code = "import hintpkg, importlib.metadata as m; print(m.version('hintpkg'), hintpkg.spread([1.0, 3.0]))"
    result = python(code, installed(patched, tmp_path))
    assert result.returncode == 0, result.stderr
    assert result.stdout == "1.0+fix.1 1.0\n"


def test_the_patched_wheel_differs_in_the_module_the_version_and_the_record_alone(wheel: Path, patched: Path) -> None:
    before, after = contents(wheel), contents(patched)
    renamed = {
        path.replace("hintpkg-1.0.dist-info", "hintpkg-1.0+fix.1.dist-info"): data for path, data in before.items()
    }
    assert list(after) == list(renamed)
    assert [path for path in after if after[path] != renamed[path]] == [
        "hintpkg/stats.py",
        "hintpkg-1.0+fix.1.dist-info/METADATA",
        "hintpkg-1.0+fix.1.dist-info/RECORD",
    ]


@pytest.mark.parametrize("oracle", [["patch", "-p1", "-F0", "-i"], ["git", "apply", "-p1"]], ids=lambda words: words[0])
def test_other_tools_apply_the_recipe_to_the_same_text(oracle: list[str], patched: Path, tmp_path: Path) -> None:
    tree = shutil.copytree(ROOT / "testdata/hintpkg", tmp_path / "tree")
    outside_git = {**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path)}
    subprocess.run([*oracle, *RECIPE.glob("*.patch")], cwd=tree, env=outside_git, check=True, capture_output=True)
    assert (tree / "hintpkg/stats.py").read_bytes() == contents(patched)["hintpkg/stats.py"]


def wheelfix() -> Path:
    return Path(os.environ["WHEELFIX_BUILD_DIR"]) / "apps/wheelfix/wheelfix"


def installed(wheel: Path, folder: Path) -> Path:
    """The folder below `folder` that holds the wheel's files as pip installs them."""
    target = folder / "installed"
    options = ["--quiet", "--no-index", "--no-deps", "--disable-pip-version-check", "--target", target]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, wheel], check=True)
    return target


def python(code: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Run code with nothing but the standard library and `path`: -S leaves out a NumPy that may be installed."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(path)}
    return subprocess.run([sys.executable, "-S", "-c", code], env=environment, capture_output=True, text=True)


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}

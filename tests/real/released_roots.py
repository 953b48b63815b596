"""The released wheel installs and works in other systems: Debian 11 and 13, and a root that holds nothing but Python and its libraries.

    ./cmake/release.sh
    build-dev/venv/bin/python -m pytest tests/real/released_roots.py

As root, with debootstrap, which makes the systems in $WHEELFIX_ROOTS if they aren't there (270 MB and minutes each); else in a temporary folder.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/interop"))

from released import released  # noqa: E402
from wheels import build_wheel  # noqa: E402

PATCH = "--- a/demo/__init__.py\n+++ b/demo/__init__.py\n@@ -1 +1 @@\n-one = 1\n+one = 'patched'\n"
# What a user does, by the programs and by the package; it is run by each system's own Python.
USE = """
import json, os, subprocess, sys
import wheelfix
assert wheelfix.__file__.startswith(sys.argv[1]), wheelfix.__file__
def run(name, *words):
    return subprocess.run([wheelfix.find_program(name), *words], check=True, stdout=subprocess.PIPE, text=True).stdout
os.chdir("/tried")
wheel = "demo-1.0-py3-none-any.whl"
assert run("wheelfix", "patch", "--suffix", "fix.1", "--patch", "fix.patch", wheel) == "demo-1.0+fix.1-py3-none-any.whl\\n"
wheelfix.patch(wheel, suffix="fix.2", patch=["fix.patch"])
fixed = "demo-1.0+fix.2-py3-none-any.whl"
assert run("wheelfix", "verify", fixed) == fixed + ": 0 errors, 0 warnings\\n"
assert wheelfix.doctor(fixed).findings == ()
run("wheelfix-index", ".")
assert fixed in open("simple/demo/index.html").read()
sys.path.insert(0, fixed)
import demo
assert demo.one == "patched"
subprocess.run([sys.executable, "-m", "wheelfix", "--version"], check=True)
"""


def run(*words: str | Path, env: dict[str, str] | None = None) -> str:
    result = subprocess.run(words, capture_output=True, text=True, check=False, env=env)
    assert result.returncode == 0, f"{words}\n{result.stdout}{result.stderr}"
    return result.stdout


def fill(root: Path) -> Path:
    """A folder of a system with the released wheel, one to patch, and what is to be done there. Returns the released wheel as seen there."""
    work = root / "tried"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    wheel = released("wheelfix-*_x86_64.whl")
    shutil.copy(wheel, work)
    build_wheel(work, "demo", "1.0", {"demo/__init__.py": "one = 1\n"})
    (work / "fix.patch").write_text(PATCH)
    (work / "use.py").write_text(USE)
    return Path("/tried") / wheel.name


def enter(root: Path, *words: str | Path) -> str:
    return run("chroot", root, *words, env={"PATH": "/usr/sbin:/usr/bin:/bin", "PYTHONPATH": "/packages"})


@pytest.mark.parametrize("suite", ["bullseye", "trixie"])
def test_it_works_in_debian(suite: str, tmp_path: Path) -> None:
    root = Path(os.environ.get("WHEELFIX_ROOTS", tmp_path)) / suite
    if not root.exists():
        run("debootstrap", "--variant=minbase", "--include=python3,python3-venv", suite, root)
    wheel = fill(root)
    enter(root, "python3", "-m", "venv", "--clear", "/venv")
    enter(root, "/venv/bin/pip", "install", "--quiet", "--no-index", wheel)
    enter(root, "/venv/bin/python", "/tried/use.py", "/venv/")
    assert enter(root, "/venv/bin/wheelfix", "doctor", "--env", "/venv").endswith(" in /venv: no errors\n")


def libraries_of(program: Path) -> set[Path]:
    """With the loader, by ldd."""
    words = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout.split()
    return {Path(word) for word in words if word.startswith("/")}


def test_it_works_where_nothing_but_python_is(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    wheel = fill(root)
    python = Path("/usr/bin/python3").resolve()
    library = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))").strip())
    shutil.copytree(library, root / library.relative_to("/"), ignore=shutil.ignore_patterns("test", "__pycache__", "config-*"))
    for file in {python}.union(*(libraries_of(path) for path in [python, *(library / "lib-dynload").iterdir()])):
        (root / file.relative_to("/")).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, root / file.relative_to("/"))
    (root / "dev").mkdir()
    os.mknod(root / "dev/null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))  # which Python's own subprocess needs
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    run(*pip, "install", "--quiet", "--no-index", "--target", root / "packages", root / wheel.relative_to("/"))
    enter(root, python, "/tried/use.py", "/packages/")

"""Environments that installers make, to be changed, and all that can be seen of them."""

from __future__ import annotations

import base64
import csv
import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from small_wheels import Compiler, Lib, make_wheels
from wheels import build_wheel

UV = Path(sys.executable).with_name("uv")
PLATFORM = "manylinux_2_17_x86_64"
LIBS = [
    Lib("app/_C.so", ("libone.so",), "$ORIGIN"),
    Lib("one/libone.so", ("libtwo.so",), "$ORIGIN"),
    Lib("two/lib/libtwo.so"),
]
PATCH = "--- a/demo/__init__.py\n+++ b/demo/__init__.py\n@@ -1 +1 @@\n-VALUE = 1\n+VALUE = 2\n"


@dataclass(frozen=True)
class Environment:
    """A venv that uv made, with its own cache, into which it hard-links unless told otherwise."""

    folder: Path
    cache: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin/python"

    @property
    def site(self) -> Path:
        (site,) = self.folder.glob("lib/python*/site-packages")
        return site

    def uv(self, *words: str | Path) -> str:
        environment = {
            "HOME": str(self.cache.parent),
            "PATH": os.environ["PATH"],
            "UV_CACHE_DIR": str(self.cache),
            "UV_NO_CONFIG": "1",
            "UV_PYTHON_DOWNLOADS": "never",
        }
        run = subprocess.run([UV, *words], env=environment, capture_output=True, text=True, timeout=600)
        assert run.returncode == 0, run.stderr
        return run.stdout + run.stderr

    def uv_pip(self, *words: str | Path) -> str:
        return self.uv("pip", words[0], "--python", self.python, *words[1:])

    def pip(self, *words: str | Path) -> str:
        """The pip of these tests."""
        command = [sys.executable, "-m", "pip", "--python", self.python, "--disable-pip-version-check", *words]
        run = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert run.returncode == 0, run.stderr
        return run.stdout

    def cached(self) -> dict[str, tuple[object, ...]]:
        """What uv's cache has of wheels; it also notes what it asked interpreters."""
        return {name: state for name, state in snapshot(self.cache).items() if not name.startswith("interpreter-")}

    def run(self, code: str) -> str:
        """What Python prints, or the last line of its traceback. It writes no compiled files."""
        run = subprocess.run([self.python, "-B", "-c", code], capture_output=True, text=True, timeout=60)
        return (run.stdout or run.stderr.splitlines()[-1]).strip()


def make_environment(folder: Path, wheels: list[Path], *options: str) -> Environment:
    environment = Environment(folder / "venv", folder / "cache")
    environment.uv("venv", "--python", sys.executable, environment.folder)
    if wheels:
        environment.uv_pip("install", "--no-index", "--no-deps", *options, *wheels)
    return environment


def snapshot(folder: Path, compiled: bool = True) -> dict[str, tuple[object, ...]]:
    """Each file's content, mode and time of modification, by its path."""
    found: dict[str, tuple[object, ...]] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if not compiled and "__pycache__" in path.parts:
            continue
        status = path.lstat()
        if path.is_symlink():
            found[name] = ("link", os.readlink(path))
        elif path.is_file():
            found[name] = (hashlib.sha256(path.read_bytes()).hexdigest(), oct(status.st_mode), status.st_mtime_ns)
        else:
            found[name] = ("folder", oct(status.st_mode))
    return found


def wrong_rows(site: Path) -> list[str]:
    """What RECORDs say that isn't so, by Python's own modules, and files below packages that none lists."""
    wrong = []
    listed = set()
    for record in site.glob("*.dist-info/RECORD"):
        paths = []
        for path, digest, size in csv.reader(record.read_text().splitlines()):
            paths.append(path)
            file = (site / path).resolve()
            listed.add(file)
            if not digest:
                continue
            name, _, value = digest.partition("=")
            actual = base64.urlsafe_b64encode(hashlib.new(name, file.read_bytes()).digest()).rstrip(b"=").decode()
            if (actual, str(file.stat().st_size)) != (value, size):
                wrong.append(path)
        wrong += [f"{path} twice" for path in {path for path in paths if paths.count(path) > 1}]
        wrong += [] if str(record.relative_to(site)) in paths else [f"no row for {record.name}"]
    for package in (path for path in site.iterdir() if path.is_dir() and list(path.glob("__init__.py"))):
        files = (path for path in package.rglob("*") if path.is_file() and path.suffix != ".pyc")
        wrong += [f"{path.name} is not listed" for path in files if path.resolve() not in listed]
    return wrong


@pytest.fixture
def libraries(tmp_path: Path) -> list[Path]:
    """`import app._C` doesn't work: nothing leads to the other wheels' libraries."""
    return make_wheels(tmp_path / "wheels", Compiler("gcc", tmp_path), LIBS, PLATFORM)


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    files = {"demo/__init__.py": "VALUE = 1\n", "demo/data.txt": "data\n", "demo/old/part.py": "x = 1\n"}
    scripts = {"console_scripts": {"demo": "demo:main"}}
    return build_wheel(tmp_path / "wheels", "demo", "1.0", files, entry_points=scripts)


@pytest.fixture
def patch(tmp_path: Path) -> Path:
    path = tmp_path / "fix.patch"
    path.write_text(PATCH)
    return path


def check(environment: Environment) -> None:
    """Its installers are content, and RECORD is right."""
    assert wrong_rows(environment.site) == []
    assert "compatible" in environment.uv_pip("check")
    assert "No broken requirements" in environment.pip("check")
    assert not (environment.site / ".wheelfix").exists()


def install(wheel: Path, installer: str, folder: Path) -> Environment:
    """By pip, or by uv with a way of linking."""
    if installer != "pip":
        return make_environment(folder, [wheel], "--link-mode", installer.removeprefix("uv-"))
    environment = make_environment(folder, [])
    environment.pip("install", "--quiet", "--no-index", wheel)
    return environment

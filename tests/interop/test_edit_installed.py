"""What pip and uv install of a wheel has no differences from it, and what is edited by hand is all that differs. A recipe
made from what is installed applies to the wheel, and installs as it was edited."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from clients import pip, uv
from wheels import File, build_wheel

FILES = {
    "demo/__init__.py": "import sys\nNAME = 'demo'\n",
    "demo/__main__.py": "print('run')\n",
    "demo/data.bin": b"a\0b",
    "demo/tool": File("#!/bin/sh\n", 0o755),
    "demo_top.py": "TOP = 1\n",
    "demo-1.0.data/purelib/demo_pure.py": "PURE = 1\n",
    "demo-1.0.data/scripts/demo-run": File("#!python\nprint('script')\n", 0o755),
    "demo-1.0.data/scripts/demo-shell": File("#!/bin/sh\necho shell\n", 0o755),
    "demo-1.0.data/data/share/demo/x.txt": "x\n",
    "demo-1.0.data/headers/demo.h": "/* h */\n",
}
NAMES = ["pip", "pip-long-path", "uv", "uv-copy"]


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    entry_points = {"console_scripts": {"demo-entry": "demo.__main__:main"}}
    return build_wheel(tmp_path / "wheels", "demo", "1.0", FILES, entry_points=entry_points)


@pytest.fixture(params=NAMES)
def venv(request: pytest.FixtureRequest, wheel: Path, tmp_path: Path) -> Path:
    """A venv that the wheel is installed in."""
    home = tmp_path / "home"
    # The line of a script that names the interpreter may have 127 bytes.
    folder = tmp_path / ("x" * 140) if request.param == "pip-long-path" else tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin/python"
    if request.param.startswith("pip"):
        client = pip(Path(sys.executable), home)
        client.done("--python", python, "install", "--no-index", wheel)
    else:
        link = "copy" if request.param == "uv-copy" else "hardlink"
        client = uv(home)
        words = ["--link-mode", link, "--offline", "--python", python, wheel]
        subprocess.run([*client.command, "install", *words, "--cache-dir", tmp_path / "cache"], check=True)
    return folder


def site_of(venv: Path) -> Path:
    (site,) = venv.glob("lib/python*/site-packages")
    return site


def state_of(folder: Path) -> dict[Path, tuple[int, ...]]:
    """What changes with a file."""
    stats = {path: path.stat() for path in folder.rglob("*")}
    return {path: (stat.st_ino, stat.st_mode, stat.st_size, stat.st_ctime_ns) for path, stat in stats.items()}


def test_an_installed_wheel_has_no_differences(wheelfix, wheel: Path, venv: Path) -> None:
    subprocess.run([venv / "bin/python", "-c", "import demo, demo_top, demo_pure"], check=True)
    for place in (["--env", venv], ["--env", venv / "bin/python"], [site_of(venv)], [venv]):
        assert wheelfix.done("diff", wheel, *place) == ""


def test_what_was_edited_by_hand_differs_by_its_path_in_the_wheel(wheelfix, wheel: Path, venv: Path) -> None:
    site = site_of(venv)
    script = venv / "bin/demo-run"
    for path in (site / "demo/__init__.py", site / "demo_pure.py", script, venv / "share/demo/x.txt"):
        text = path.read_text()
        path.unlink()  # uv's cache may have the same file
        path.write_text(text + "# edited\n")
    (site / "demo/data.bin").unlink()
    patch = wheelfix.done("diff", wheel, "--env", venv)
    names = {line.split(" b/")[1] for line in patch.splitlines() if line.startswith("diff --git")}
    data = "demo-1.0.data"
    assert names == {
        "demo/__init__.py",
        "demo/data.bin",
        f"{data}/purelib/demo_pure.py",
        f"{data}/scripts/demo-run",
        f"{data}/data/share/demo/x.txt",
    }
    edited = [line for line in patch.splitlines() if line.startswith("+") and not line.startswith("+++")]
    assert edited == ["+# edited"] * 4


def test_a_recipe_of_what_is_installed_is_for_the_wheel(wheelfix, wheel: Path, venv: Path, tmp_path: Path) -> None:
    before = state_of(site_of(venv))
    wheelfix.done("edit", "demo", "--env", venv, "-o", "copy", cwd=tmp_path)
    copy = tmp_path / "copy"
    subprocess.run([sys.executable, "-c", "import demo"], check=True, cwd=copy)
    (copy / "demo/__init__.py").write_text("NAME = 'edited'\n")
    (copy / "demo/new.py").write_text("NEW = 1\n")
    (copy / "demo/data.bin").write_bytes(b"a\0c")
    (copy / "demo/__main__.py").unlink()
    (copy / "demo/tool").chmod(0o644)
    wheelfix.done("commit", "copy", cwd=tmp_path)
    assert state_of(site_of(venv)) == before
    assert wheelfix.done("diff", wheel, "--env", venv) == ""

    made = wheelfix.patch("-s", "x.1", "--patch-dir", tmp_path / "patches/demo-1.0", "-d", tmp_path / "out", wheel)
    target = tmp_path / "target"
    pip(Path(sys.executable), tmp_path / "home").install(target, "--no-index", made)
    assert (target / "demo/__init__.py").read_text() == "NAME = 'edited'\n"
    assert (target / "demo/new.py").read_text() == "NEW = 1\n"
    assert (target / "demo/data.bin").read_bytes() == b"a\0c"
    assert not (target / "demo/__main__.py").exists()
    assert (target / "demo/tool").stat().st_mode & 0o111 == 0
    assert wheelfix.done("diff", made, target) == ""

"""What is given as a file but isn't one is one error at once, and neither a limit nor where TMPDIR points stops a run."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from wheels import build_wheel

WHEEL = "demo-1.0-py3-none-any.whl"
OUTPUT = "demo-1.0+x.1-py3-none-any.whl"
OTHER = "other-1.0-py3-none-any.whl"
PATCH = "--- a/demo/__init__.py\n+++ b/demo/__init__.py\n@@ -1 +1 @@\n-one\n+two\n"
# With NOT for what is no file.
TAKING = [
    *(f"patch -s x --dry-run {words}" for words in ("--patch NOT {wheel}", "--add demo/x=NOT {wheel}", "--patch fix.patch NOT")),
    *(f"patch -s x --dry-run {words}" for words in ("--stub demo/x.so=NOT {wheel}", "--patch-dir recipe {wheel}")),
    *(f"repair -s x --layout split --dry-run {words}" for words in ("NOT", "{wheel} --with NOT")),
    *("verify NOT", "inspect NOT", "doctor NOT", "diff NOT {wheel}"),
]
NO_FILES = ["a FIFO", "an endless device", "a folder"]
TAKING_FOLDERS = [(words, "a folder") for words in TAKING if words.startswith("doctor") or "--with" in words]
NOBODY = 65534
MANY = 2000  # entries: of so many libzip's check has a thread of its own


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build_wheel(tmp_path, "demo", "1.0", {"demo/__init__.py": "one\n"})
    (tmp_path / "fix.patch").write_text(PATCH)
    return tmp_path


def make_no_file(kind: str, path: Path) -> None:
    if kind == "a FIFO":
        os.mkfifo(path)
    elif kind == "a folder":
        path.mkdir()
        (path / "file").touch()
    else:
        path.symlink_to("/dev/zero")


@pytest.mark.parametrize(("words", "kind"), [case for case in product(TAKING, NO_FILES) if case not in TAKING_FOLDERS])
def test_what_is_no_file_is_one_error_at_once(words: str, kind: str, wheelfix, folder: Path) -> None:
    make_no_file(kind, folder / OTHER)
    (folder / "recipe").mkdir()
    make_no_file(kind, folder / "recipe/wheelfix.toml")
    command = words.format(wheel=WHEEL).replace("NOT", OTHER).split()
    result = subprocess.run(
        [wheelfix.program, *command],
        cwd=folder,
        env=wheelfix.environment(),
        capture_output=True,
        text=True,
        timeout=20,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (5, 5)),
    )
    told = result.stdout + result.stderr
    what = "cannot read: Is a directory" if kind == "a folder" else "is not a regular file"
    assert result.returncode == (1 if command[0] in ("verify", "doctor") else 4), told
    assert what in told
    assert told.count("error: ") == 1, told


@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_file_is_left_out_of_an_index(kind: str, wheelfix_index, folder: Path) -> None:
    make_no_file(kind, folder / OTHER)
    result = wheelfix_index(".", cwd=folder)
    assert (result.returncode, result.stdout) == (1, "./simple\n")
    assert result.stderr.startswith(f"warning: ./{OTHER}: is not a file, or is a broken link; left out\n")


@pytest.mark.parametrize("place", ["nowhere", "file"])
def test_no_temporary_folder_is_needed(place: str, wheelfix, wheelfix_index, folder: Path) -> None:
    (folder / "file").touch()
    env = {"TMPDIR": str(folder / place)}
    wheelfix.done("patch", "-s", "x.1", "--patch", "fix.patch", "-d", "out", WHEEL, cwd=folder, env=env)
    wheelfix.done("diff", WHEEL, f"out/{OUTPUT}", "-o", "new.patch", cwd=folder, env=env)
    wheelfix.done("doctor", WHEEL, cwd=folder, env=env)
    wheelfix_index.done(".", cwd=folder, env=env)
    assert (folder / "new.patch").read_text().endswith("-one\n+two\n")


@pytest.fixture
def open_folder(folder: Path, wheelfix, wheelfix_index) -> Iterator[Path]:
    """One that another user can write to, with the programs in it and a wheel of many entries."""
    files = {f"demo/{i}.py": f"{i}\n" for i in range(MANY)}
    build_wheel(folder, "demo", "1.0", {"demo/__init__.py": "one\n", **files})
    with tempfile.TemporaryDirectory() as name:
        copied = Path(name)
        for path in (folder / WHEEL, folder / "fix.patch", wheelfix.program, wheelfix_index.program):
            shutil.copy(path, copied)
        copied.chmod(0o777)
        yield copied


def without_threads() -> None:
    """In the child: as another user than root, whom the limit doesn't concern."""
    if os.getuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


@pytest.mark.parametrize(
    "words",
    [
        f"wheelfix patch --jobs 4 -s x.1 --patch fix.patch {WHEEL}",
        f"wheelfix verify --jobs 4 {WHEEL}",
        f"wheelfix inspect {WHEEL}",
        f"wheelfix doctor {WHEEL}",
        "wheelfix-index --jobs 4 .",
    ],
)
def test_where_no_thread_can_be_started_one_does_it_all(words: str, wheelfix, open_folder: Path) -> None:
    program, *arguments = words.split()
    result = subprocess.run(
        [open_folder / program, *arguments],
        cwd=open_folder,
        # A sanitizer looks for leaks in a thread of its own.
        env=wheelfix.environment({"ASAN_OPTIONS": "detect_leaks=0"}),
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=without_threads,
    )
    assert result.returncode == 0, result.stderr
    assert "error" not in result.stderr


def test_a_run_that_is_refused_leaves_no_folder_that_it_made(wheelfix, folder: Path) -> None:
    """Nor those above it; but one that was there stays, and one that something lies in."""
    (folder / "there").mkdir()
    info = "demo-1.0.dist-info/WHEEL"
    breaking = f"--- a/{info}\n+++ b/{info}\n@@ -1 +1 @@\n-Wheel-Version: 1.0\n+Wheel-Version: 2.0\n"
    (folder / "wheel.patch").write_text(breaking)
    for out in ("made/for/it", "there"):
        result = wheelfix("patch", "-s", "x.1", "--patch", "wheel.patch", "-d", out, WHEEL, cwd=folder)
        assert result.returncode == 3, result.stderr
    assert not (folder / "made").exists()
    assert list((folder / "there").iterdir()) == []

"""A run that can't say what it has to say fails with exit status 4, and leaves no wheel that nobody was told of."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import scenario
from wheels import build_wheel

WHEEL = "demo-1.0-py3-none-any.whl"
OUTPUT = "out/demo-1.0+x.1-py3-none-any.whl"
REPAIR = "repair --layout split -s x.1 -d out app-1.0-cp311-cp311-manylinux_2_17_x86_64.whl --with others"
PATCH = f"patch -s x.1 --patch fix.patch -d out {WHEEL}"
LOST = {
    ">/dev/full": "cannot write: No space left on device{}\nhint: is the disk full, or the reader gone?\n",
    ">&-": "cannot write: Bad file descriptor{}\nhint: it is closed: redirect it to /dev/null if nobody reads it\n",
}
TELLING = [
    "--help",
    "--version",
    "patch --help",
    f"verify {WHEEL}",
    f"verify --json {WHEEL}",
    f"doctor {WHEEL}",
    f"doctor --json {WHEEL}",
    f"doctor --format dot {WHEEL}",
    f"inspect {WHEEL}",
    f"inspect --json {WHEEL}",
    f"diff {WHEEL} edited",
]
WRITING = [PATCH, f"{PATCH} --json", f"{PATCH} --dry-run", REPAIR, f"{REPAIR} --json"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With what the commands above name, and a wheel in `out` that must stay."""
    wheel = build_wheel(tmp_path, "demo", "1.0", {"demo/__init__.py": "one\n"})
    (tmp_path / "fix.patch").write_text("--- a/demo/__init__.py\n+++ b/demo/__init__.py\n@@ -1 +1 @@\n-one\n+two\n")
    shutil.unpack_archive(wheel, tmp_path / "edited", "zip")
    (tmp_path / "edited/demo/__init__.py").write_text("two\n")
    (tmp_path / "others").mkdir()
    text = (Path(__file__).parent / "scenarios/repair.txt").read_text()
    scenario.prepare(scenario.parse(text), tmp_path)
    for wheel in [*tmp_path.glob("one-*"), *tmp_path.glob("two-*")]:
        wheel.rename(tmp_path / "others" / wheel.name)
    (tmp_path / "out").mkdir()
    return tmp_path


def run(program: Path, words: str, folder: Path, environment, redirection: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", f"exec {program} {words} {redirection}"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.parametrize("redirection", LOST)
@pytest.mark.parametrize("words", TELLING)
def test_a_lost_result_is_an_error(words: str, redirection: str, wheelfix, folder: Path) -> None:
    result = run(wheelfix.program, words, folder, wheelfix.environment(), redirection)
    assert (result.returncode, result.stdout) == (4, "")
    assert result.stderr == f"error: standard output: {LOST[redirection].format('')}"


@pytest.mark.parametrize("redirection", LOST)
@pytest.mark.parametrize("words", WRITING)
@pytest.mark.parametrize("is_there", [False, True], ids=["new", "overwrite"])
def test_no_wheel_is_left_of_which_nobody_was_told(words, redirection, is_there, wheelfix, folder: Path) -> None:
    if is_there:
        run(wheelfix.program, words.replace(" --dry-run", ""), folder, wheelfix.environment(), "")
        for wheel in (folder / "out").iterdir():
            wheel.write_text("old")
        words += " --overwrite"
    before = sorted((path.name, path.read_bytes()) for path in (folder / "out").iterdir())
    assert bool(before) == is_there
    result = run(wheelfix.program, words, folder, wheelfix.environment(), redirection)
    assert (result.returncode, result.stdout) == (4, "")
    assert result.stderr.endswith(f"error: standard output: {LOST[redirection].format('; no wheel is written')}")
    assert result.stderr.count("error: ") == 1
    assert sorted((path.name, path.read_bytes()) for path in (folder / "out").iterdir()) == before


@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-"])
@pytest.mark.parametrize("words", [PATCH, REPAIR, f"{PATCH} --json", "no-such-command", "inspect no-such.whl", ""])
def test_what_cannot_be_told_on_stderr_fails_the_run(words: str, redirection: str, wheelfix, folder: Path) -> None:
    result = run(wheelfix.program, words, folder, wheelfix.environment(), redirection)
    assert result.returncode == 4
    assert list((folder / "out").iterdir()) == []


@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-", "<&-", "<&- 2>&-"])
def test_a_closed_stream_that_is_not_needed_is_no_error(redirection: str, wheelfix, folder: Path) -> None:
    """And no file gets its number: the wheel would get what is meant for the stream."""
    wheelfix.done("patch", "-q", "-s", "x.1", "--patch", "fix.patch", "-d", "right", WHEEL, cwd=folder)
    result = run(wheelfix.program, f"{PATCH} -q", folder, wheelfix.environment(), redirection)
    assert (result.returncode, result.stdout, result.stderr) == (0, f"{OUTPUT}\n", "")
    assert (folder / OUTPUT).read_bytes() == (folder / "right" / Path(OUTPUT).name).read_bytes()


def test_with_no_stream_at_all_nothing_is_written(wheelfix, folder: Path) -> None:
    result = run(wheelfix.program, PATCH, folder, wheelfix.environment(), "<&- >&- 2>&-")
    assert result.returncode == 4
    assert list((folder / "out").iterdir()) == []


@pytest.mark.parametrize("words", [*TELLING, *WRITING])
def test_a_reader_that_is_gone_ends_the_run_quietly_unless_it_writes(words: str, wheelfix, folder: Path) -> None:
    """As `| head -1`. Exit status 4, not 0: 0 of `verify` would say that all is well."""
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run(
        [wheelfix.program, *words.split()],
        cwd=folder,
        env=wheelfix.environment(),
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writer)
    assert result.returncode == 4
    assert list((folder / "out").iterdir()) == []
    if words in TELLING:
        assert result.stderr == ""
    else:
        assert result.stderr.endswith("error: standard output: its reader is gone; no wheel is written\n")


@pytest.mark.parametrize("redirection", [*LOST, "2>/dev/full", "2>&-"])
@pytest.mark.parametrize("words", ["--help", ". -v --output simple", ". --check --output simple"])
def test_an_index_of_which_nobody_was_told_is_an_error(words, redirection, wheelfix_index, folder: Path) -> None:
    result = run(wheelfix_index.program, words, folder, wheelfix_index.environment(), redirection)
    if words == "--help" and redirection.startswith("2"):
        assert (result.returncode, result.stderr) == (0, "")
        return
    assert result.returncode == 4
    assert redirection.startswith("2") or result.stderr.endswith(
        f"error: standard output: {LOST[redirection].format('')}"
    )
    assert "--check" not in words or not (folder / "simple").exists()

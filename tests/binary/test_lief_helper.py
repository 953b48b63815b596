"""wheelfix-lief, the program that has LIEF read libraries, gives up what it doesn't need before it looks at one."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SECONDS = 60  # that a process may take to get somewhere
SANITIZED = "SANITIZE:STRING=[a-z]"  # in CMake's cache; a sanitizer needs more than the helper leaves itself


@pytest.fixture
def helper(build_dir: Path) -> Path:
    return build_dir / "apps/wheelfix-lief/wheelfix-lief"


@pytest.fixture
def silent_pipe() -> Iterator[int]:
    """Standard input for who is to wait for its library."""
    reader, writer = os.pipe()
    yield reader
    os.close(reader)
    os.close(writer)


def comes_true(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SECONDS
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def field(path: Path, name: str) -> str:
    return re.search(rf"^{name}:?\s+(.+?)\s*$", path.read_text(), re.MULTILINE)[1]


def waits_for_its_library(pid: int) -> bool:
    return "pipe_read" in Path(f"/proc/{pid}/wchan").read_text()


def is_sanitized(build_dir: Path) -> bool:
    return re.search(SANITIZED, (build_dir / "CMakeCache.txt").read_text()) is not None


def test_it_confines_itself(helper: Path, silent_pipe: int, build_dir: Path) -> None:
    options = ["--memory", "300000000", "--seconds", "7", "--parent", str(os.getpid())]
    with subprocess.Popen([helper, "read", *options], stdin=silent_pipe, stdout=subprocess.PIPE) as process:
        try:
            assert comes_true(lambda: waits_for_its_library(process.pid))
            status, limits = (Path(f"/proc/{process.pid}/{name}") for name in ("status", "limits"))
            assert field(status, "NoNewPrivs") == "1"
            assert field(limits, "Max cpu time").split() == ["7", "8", "seconds"]
            assert field(limits, "Max core file size").split() == ["0", "0", "bytes"]
            assert field(limits, "Max file size").split() == ["0", "0", "bytes"]
            if not is_sanitized(build_dir):
                assert field(limits, "Max address space").split() == ["300000000", "300000000", "bytes"]
                assert field(status, "Seccomp") == "2"
        finally:
            process.kill()


def test_it_ends_with_its_parent(helper: Path, silent_pipe: int) -> None:
    code = (
        "import os, subprocess, sys, time\n"
        "helper = subprocess.Popen([sys.argv[1], 'read', '--parent', str(os.getpid())], stdout=subprocess.DEVNULL)\n"
        "print(helper.pid, flush=True)\n"
        "time.sleep(1000)\n"
    )
    command = [sys.executable, "-c", code, helper]
    with subprocess.Popen(command, stdin=silent_pipe, stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        assert comes_true(lambda: waits_for_its_library(pid))
        parent.kill()
    assert comes_true(lambda: not is_running(pid))


def is_running(pid: int) -> bool:
    try:
        return field(Path(f"/proc/{pid}/status"), "State")[0] not in "ZX"  # one that nobody waits for may stay a zombie
    except FileNotFoundError:
        return False


def test_it_does_not_begin_for_another_parent(helper: Path) -> None:
    result = subprocess.run([helper, "read", "--parent", "1"], stdin=subprocess.DEVNULL, capture_output=True)
    assert (result.returncode, result.stdout) == (1, b"")


def test_its_answer_is_all_that_it_says(helper: Path) -> None:
    result = subprocess.run([helper, "read"], stdin=subprocess.DEVNULL, capture_output=True)
    failure = b"it is neither ELF nor PE nor Mach-O"
    assert result.stdout == b"failure %d\n%s\nend 0\n\n" % (len(failure), failure)
    assert (result.returncode, result.stderr) == (0, b"")


def test_it_ends_where_nobody_listens(helper: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run([helper, "read"], stdin=subprocess.DEVNULL, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert result.returncode in {1, -signal.SIGPIPE}
    assert result.stderr == b""


def test_it_tells_its_version(helper: Path) -> None:
    result = subprocess.run([helper, "--version"], capture_output=True, text=True)
    assert re.fullmatch(r"wheelfix-lief \d+\.\d+\.\d+\nLIEF \d+\.\d+\.\d+\n", result.stdout)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "the job is read or write"),
        (["look"], "the job is read or write"),
        (["read", "--memory"], "--memory lacks its value"),
        (["read", "--memory", "4G"], "4G is not a number"),
        (["read", "--colour", "red"], "unknown option --colour"),
    ],
)
def test_wrong_usage_is_told(helper: Path, words: list[str], said: str) -> None:
    result = subprocess.run([helper, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"wheelfix-lief: {said}\n\nUsage: wheelfix-lief JOB ")

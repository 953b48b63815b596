"""Whatever call to the system fails while installed files are changed, and wherever that is killed: all is old, or the
next run makes it all new."""

from __future__ import annotations

import itertools
import os
import random
import re
import resource
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from faults import ERRORS, Run, errors_in, faulty_runs, poor_file_system
from libraries import build_library
from wheels import build_wheel

RUNS = {
    "patch": (
        "wheelfix patch --env out --package demo --jobs 1 --patch fix.patch --remove demo/old/* --add demo/new/tool=tool"
    ),
    "repair": "wheelfix repair --env out --jobs 2",
    "relabel": "wheelfix patch --env out --package demo --jobs 1 --patch fix.patch --suffix x.1",
    "undo": "wheelfix undo --env out --jobs 1",
}


FILES = {
    "demo": {"demo/__init__.py": "one\n", "demo/old/a.py": "a\n", "demo/old/b": "b\n", "demo/data": "data\n" * 1000},
    "app": {"app/_core.so": build_library("needed libone.so libc.so.6\nrunpath $ORIGIN\n")},
    "one": {"one/libone.so": build_library("soname libone.so\nneeded libtwo.so\nrunpath $ORIGIN\n")},
    "two": {"two/lib/libtwo.so": build_library("soname libtwo.so\n")},
}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """In memory if there is a place for that, because each run flushes what it writes, and there are thousands."""
    shared_memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared_memory if os.access(shared_memory, os.W_OK) else tmp_path) as name:
        folder = Path(name)
        (folder / "fix.patch").write_text("--- a/demo/__init__.py\n+++ b/demo/__init__.py\n@@ -1 +1 @@\n-one\n+two\n")
        (folder / "tool").write_text("tool\n")
        yield folder


def installed(folder: Path, name: str, wheelfix) -> dict[str, bytes]:
    """What is installed before a run: a package to be patched, or three of which two are to be repaired, or the package
    as it was patched."""
    site = folder / "installed"
    for project in ["app", "one", "two"] if name == "repair" else ["demo"]:
        tag = "cp311-cp311-manylinux_2_17_x86_64" if name == "repair" else "py3-none-any"
        shutil.unpack_archive(build_wheel(folder, project, "1.0", FILES[project], tag=tag), site, "zip")
    if name != "repair":
        (site / "demo/__pycache__").mkdir()
        (site / "demo/__pycache__/__init__.cpython-311.pyc").write_bytes(b"compiled")
    if name == "undo":
        wheelfix.done(*RUNS["patch"].replace("--env out", "--env installed").split()[1:], cwd=folder)
    return {str(path.relative_to(site)): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def without_times(files: dict[str, bytes]) -> dict[str, bytes]:
    """Without those in wheelfix.json, and the rows of RECORD that have its hash."""
    for path, content in files.items():
        if path.endswith("/wheelfix.json"):
            files[path] = re.sub(rb'(?<=time": |e_ns": )\d+', b"0", content)
        if path.endswith("/RECORD"):
            files[path] = re.sub(rb"[^\n]*/wheelfix.json,[^\n]*\n", b"", content)
    return files


@dataclass
class Change:
    """A run, and what is installed before and after it."""

    run: Run
    old: dict[str, bytes]
    right: dict[str, bytes]

    def state(self) -> str:
        """`old`, `new`, or both and what is neither."""
        files = without_times(self.run.files(hidden=True))
        known = {"old": without_times(self.old.copy()), "new": without_times(self.right.copy())}
        for state, expected in known.items():
            if files == expected:
                return state
        paths = sorted({path for expected in (files, *known.values()) for path in expected})
        return ", ".join(
            f"{path}: {[state for state, expected in known.items() if expected.get(path) == files.get(path)]}" for path in paths
        )


@pytest.fixture(params=RUNS)
def change(request: pytest.FixtureRequest, folder: Path, wheelfix) -> Change:
    program, *words = RUNS[request.param].split()
    run = Run([wheelfix.program, *words], folder, wheelfix.environment())
    old = installed(folder, request.param, wheelfix)
    run.prepare(old)
    run.done()
    right = run.files(hidden=True)
    changed = {path for path in {**old, **right} if old.get(path) != right.get(path)}
    assert len(changed) > 3, changed
    return Change(run, old, right)


def finish(run: Run) -> None:
    """The next run, which has nothing of its own to do, or only what the one that was killed didn't."""
    words = [run.words[0], "patch", "--env", "out", "--package", "gone", "--patch", "fix.patch"]
    status, stderr = run.finish(Run(words, run.folder, run.environment).start())
    assert status == 2, stderr
    assert "gone isn't installed" in stderr


def check_faulty(change: Change, build_dir: Path, more: dict[str, str] | None = None) -> set[int]:
    """One error and nothing changed, or none. What can't be read of what is installed is a warning, and is then as if it
    weren't there. Returns the statuses."""
    statuses = set()
    for where, status, stderr in faulty_runs(change.run, change.old, build_dir, ERRORS, more):
        statuses.add(status)
        assert errors_in(stderr) - stderr.count("[import-fails]") == (1 if status else 0), where
        assert status in (0, 2, 3, 4), where
        is_warned = "can't be read" in stderr or "[unreadable]" in stderr
        assert change.state() in (["old"] if status else ["old", "new"] if is_warned else ["new"]), where
    return statuses


def test_a_call_that_fails_is_one_error(change, build_dir: Path) -> None:
    assert 4 in check_faulty(change, build_dir)


@pytest.mark.parametrize("kind", ["NFS", "FAT"])
@pytest.mark.parametrize("change", ["patch", "undo"], indirect=True)
def test_a_file_system_may_lack_what_linux_has(change, kind: str, build_dir: Path) -> None:
    """Names that are exchanged, or given only if they are free, and second names."""
    run = change.run
    run.prepare(change.old)
    status, stderr = run.finish(run.start(poor_file_system(kind, build_dir)))
    assert status == 0, stderr
    assert change.state() == "new"
    assert 4 in check_faulty(change, build_dir, poor_file_system(kind, build_dir))


@pytest.mark.parametrize(("change", "kind"), [("patch", ""), ("patch", "NFS"), ("repair", ""), ("relabel", ""), ("undo", "")], indirect=["change"])
def test_a_run_that_is_killed_at_any_call_is_undone_or_finished(change, kind: str, build_dir: Path) -> None:
    run = change.run
    ends = {"old": 0, "new": 0}
    more = poor_file_system(kind, build_dir) if kind else None
    for where, status, _ in faulty_runs(run, change.old, build_dir, (0,), more):
        assert status == -signal.SIGKILL, where
        finish(run)
        assert change.state() in ends, where
        ends[change.state()] += 1
    assert min(ends.values()) > 5, ends


@pytest.mark.parametrize("change", ["patch"], indirect=True)
def test_the_run_that_finishes_may_be_killed_too(change, build_dir: Path) -> None:
    """Each run is killed one call later than the last one, until it is all done."""
    run = change.run
    calls = sum(1 for _ in faulty_runs(run, change.old, build_dir, (0,)))
    finisher = Run(
        [run.words[0], "patch", "--env", "out", "--package", "gone", "--patch", "fix.patch"], run.folder, run.environment
    )
    for first in range(calls * 2 // 3, calls, 3):
        run.prepare(change.old)
        report = run.folder / "failed"
        for call in itertools.chain([first], itertools.count(1)):
            process = run if call == first and not report.exists() else finisher
            report.unlink(missing_ok=True)
            more = {"LD_PRELOAD": str(build_dir / "tests/cli/libfailing_calls.so"), "FAILING_CALL": str(call)}
            process.finish(process.start({**more, "FAILING_ERRNO": "0", "FAILING_REPORT": str(report)}))
            if not report.exists():
                break
        report.unlink(missing_ok=True)
        assert change.state() in ("old", "new"), first


@pytest.mark.parametrize("change", ["patch"], indirect=True)
def test_two_hundred_kills_at_random_moments_leave_old_or_new(change) -> None:
    run = change.run
    run.prepare(change.old)
    begun = time.monotonic()
    run.done()
    longest = time.monotonic() - begun
    moments = random.Random(16)
    for _ in range(200):
        run.prepare(change.old)
        process = run.start()
        time.sleep(moments.uniform(0, longest))
        process.kill()
        run.finish(process)
        finish(run)
        assert change.state() in ("old", "new")


def test_of_eight_runs_at_once_one_changes_it(change) -> None:
    """Others stop, or come later and find all done."""
    run = change.run
    run.prepare(change.old)
    ends = [run.finish(process) for process in [run.start() for _ in range(8)]]
    assert change.state() == "new"
    assert 0 in [status for status, _ in ends]
    for status, stderr in ends:
        assert status == 0 or "another run of wheelfix" in stderr or status == 3, stderr


@pytest.mark.parametrize("size", [1, 100, 3000])
def test_a_file_that_may_not_grow_is_one_error(change, size: int) -> None:
    run = change.run
    run.prepare(change.old)
    limit = (size, size)
    status, stderr = run.finish(run.start(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit)))
    if status == 0:
        return
    assert (status, errors_in(stderr)) == (4, 1), stderr
    assert "File too large" in stderr
    assert change.state() == "old"

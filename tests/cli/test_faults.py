"""Whatever call to the system fails, and wherever a run is killed, nothing is half written and the next run works."""

from __future__ import annotations

import errno
import itertools
import os
import random
import resource
import shutil
import signal
import tempfile
import time
from pathlib import Path

import pytest
import scenario
from faults import ERRORS, TURN, Run, errors_in, faulty_runs, poor_file_system
from wheels import build_wheel

WHEEL = "demo-1.0-py3-none-any.whl"
REPAIRED = "app-1.0-cp311-cp311-manylinux_2_17_x86_64.whl one-1.0-py3-none-manylinux_2_17_x86_64.whl"
RUNS = {
    "patch": f"wheelfix patch -s x.1 --patch fix.patch --sync -d out/new {WHEEL}",
    "patch over": f"wheelfix patch -s x.1 --patch fix.patch --sync --overwrite -d out {WHEEL}",
    "repair over": (
        "wheelfix repair --layout split --rpath-kind runpath -s x.1 --jobs 3 --overwrite -d out"
        f" {REPAIRED} --with two-1.0-py3-none-manylinux_2_17_x86_64.whl"
    ),
    "diff over": f"wheelfix diff {WHEEL} edited -o out/fix.patch",
    "index": "wheelfix-index packages --output out --jobs 2",
    "index copies": "wheelfix-index packages --output out --jobs 2 --copy",
}
KILLED = [name for name in RUNS if name != "index"]  # which two hundred kills are for


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    wheel = build_wheel(tmp_path, "demo", "1.0", {"demo/__init__.py": "one\n", "demo/data": "data\n" * 1000})
    (tmp_path / "fix.patch").write_text("--- a/demo/__init__.py\n+++ b/demo/__init__.py\n@@ -1 +1 @@\n-one\n+two\n")
    shutil.unpack_archive(wheel, tmp_path / "edited", "zip")
    (tmp_path / "edited/demo/__init__.py").write_text("two\n")
    text = (Path(__file__).parent / "scenarios/repair.txt").read_text()
    scenario.prepare(scenario.parse(text), tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "packages").mkdir()
    shutil.copy(wheel, tmp_path / "packages")
    shutil.copy(tmp_path / "pure-1.0-py3-none-any.whl", tmp_path / "packages")
    return tmp_path


@pytest.fixture
def programs(wheelfix, wheelfix_index) -> dict[str, Path]:
    return {"wheelfix": wheelfix.program, "wheelfix-index": wheelfix_index.program}


def run_of(name: str, folder: Path, programs: dict[str, Path], wheelfix) -> Run:
    program, *words = RUNS[name].split()
    return Run([programs[program], *words], folder, wheelfix.environment())


def old_and_right(name: str, run: Run) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """What is in `out` before a run, and what an undisturbed run makes of it."""
    run.done()
    right = run.files()
    old = {path: b"old" for path in right} if name.endswith(" over") else {}
    run.prepare(old)
    run.done()
    assert run.files() == right
    return old, right


@pytest.mark.parametrize("name", RUNS)
def test_a_call_that_fails_is_one_error(name: str, folder, programs, wheelfix, build_dir) -> None:
    run = run_of(name, folder, programs, wheelfix)
    old, right = old_and_right(name, run)
    statuses = set()
    turns = itertools.cycle(range(TURN))
    for where, status, stderr in faulty_runs(run, old, build_dir, ERRORS):
        statuses.add(status)
        assert errors_in(stderr) == (0 if status in (0, 1) else 1), where
        if status == 4 and not name.startswith("index"):
            assert run.files(hidden=True) == old, where
        elif status == 0:
            assert run.files() == right, where
        else:
            assert name.startswith("index"), where
            assert status in ((4,) if errno.errorcode[errno.EMFILE] in where.split(":")[0] else (1, 4)), where
            assert run.files().items() <= right.items() or status == 1, where
        if next(turns) == 0:
            check_next_run(name, run, right)
    assert 4 in statuses


def test_lock_files_are_all_changed_or_none(folder: Path, programs, wheelfix, build_dir: Path) -> None:
    build_wheel(folder / "wheels", "demo", "1.0+x.1", {"demo/__init__.py": "two\n"})
    old = {
        "requirements.txt": b"demo==1.0\n",
        "pylock.toml": b'lock-version = "1.0"\n[[packages]]\nname = "demo"\nversion = "1.0"\nwheels = []\n',
    }
    words = ["lock", "out/requirements.txt", "out/pylock.toml", "--wheels", "wheels"]
    run = Run([programs["wheelfix"], *words], folder, wheelfix.environment())
    run.prepare(old)
    run.done()
    right = run.files()
    assert all(right[name] != old[name] for name in old)
    statuses = set()
    for where, status, stderr in faulty_runs(run, old, build_dir, ERRORS):
        statuses.add(status)
        assert status in (0, 4), where
        assert errors_in(stderr) == (1 if status == 4 else 0), where
        assert run.files(hidden=True) == (right if status == 0 else old), where
    assert 4 in statuses


@pytest.mark.parametrize("kind", ["NFS", "FAT"])
@pytest.mark.parametrize("name", RUNS)
def test_a_file_system_may_lack_what_linux_has(name: str, kind: str, folder, programs, wheelfix, build_dir) -> None:
    """Files without a name, names that are exchanged or given only where they are free, second names."""
    run = run_of(name, folder, programs, wheelfix)
    old, right = old_and_right(name, run)
    run.prepare(old)
    status, stderr = run.finish(run.start(poor_file_system(kind, build_dir)))
    assert status == 0, stderr
    assert run.files() == right
    assert not [path for path in run.files(hidden=True) if path.endswith(".tmp")]


@pytest.mark.parametrize("kind", ["NFS", "FAT"])
def test_a_call_that_fails_there_is_one_error_too(kind: str, folder, programs, wheelfix, build_dir) -> None:
    run = run_of("patch over", folder, programs, wheelfix)
    old, right = old_and_right("patch over", run)
    for where, status, stderr in faulty_runs(run, old, build_dir, ERRORS, poor_file_system(kind, build_dir)):
        assert status in (0, 4), where
        assert errors_in(stderr) == (1 if status == 4 else 0), where
        assert run.files(hidden=True) == (right if status == 0 else old), where


def test_a_file_system_that_stops_sharing_blocks_costs_nothing_but_time(folder: Path, wheelfix, build_dir: Path) -> None:
    """Two ranges could be shared; of one that isn't half is there already."""
    one, two = (random.Random(seed).randbytes(1_500_000) for seed in "12")
    files = {"demo/__init__.py": "one\n", "demo/1.bin": one, "demo/old.py": "old\n", "demo/2.bin": two}
    build_wheel(folder, "demo", "1.0", files)
    words = ["patch", "-q", "-s", "x.1", "--patch", "fix.patch", "--remove", "demo/old.py", "-d", "out", WHEEL]
    run = Run([wheelfix.program, *words], folder, wheelfix.environment())
    run.prepare({})
    run.done()
    right = run.files()
    report = folder / "failed"
    preloaded = {"LD_PRELOAD": str(build_dir / "tests/cli/libfailing_calls.so"), "FAILING_REPORT": str(report)}
    for shared in range(4):
        run.prepare({})
        assert run.finish(run.start({**preloaded, "SHARED_RANGES": str(shared)})) == (0, "")
        assert run.files() == right
        assert report.exists() == (shared < 2), shared
        report.unlink(missing_ok=True)


@pytest.mark.parametrize("name", ["patch over", "diff over", "index copies"])
def test_a_folder_that_vanishes_is_one_error_or_none(name: str, folder, programs, wheelfix, build_dir) -> None:
    """It is renamed at each call, so that what was in it can be looked at."""
    run = run_of(name, folder, programs, wheelfix)
    old, right = old_and_right(name, run)
    gone = folder / "out.gone"
    statuses = set()
    for where, status, stderr in faulty_runs(run, old, build_dir, (-1,), {"FAILING_FOLDER": str(folder / "out")}):
        statuses.add(status)
        assert status in (0, 4), where
        assert errors_in(stderr) == (1 if status == 4 else 0), where
        for left in (run.files(), Run(run.words, folder, run.environment, "out.gone").files()):
            for path, content in left.items():
                assert content in (old.get(path), right.get(path)), (path, where)
        shutil.rmtree(gone)
    assert 4 in statuses


@pytest.mark.parametrize("name", RUNS)
def test_the_output_may_lie_on_another_device(name: str, folder, programs, wheelfix) -> None:
    shared_memory = Path("/dev/shm")
    if not shared_memory.is_dir() or shared_memory.stat().st_dev == folder.stat().st_dev:
        pytest.skip("there is no other device")
    run = run_of(name, folder, programs, wheelfix)
    old, right = old_and_right(name, run)
    with tempfile.TemporaryDirectory(dir=shared_memory) as elsewhere:
        there = Run(run.words, Path(elsewhere), run.environment)
        there.prepare(old)
        shutil.rmtree(folder / "out")
        (folder / "out").symlink_to(there.folder / "out")
        run.done()
        assert there.files() == right


@pytest.mark.parametrize("name", KILLED)
def test_a_run_that_is_killed_leaves_old_or_new(name: str, folder, programs, wheelfix, build_dir) -> None:
    run = run_of(name, folder, programs, wheelfix)
    old, right = old_and_right(name, run)
    turns = itertools.cycle(range(TURN))
    for where, status, _ in faulty_runs(run, old, build_dir, (0,)):
        assert status == -signal.SIGKILL, where
        left = run.files()
        for path in {**old, **left}:
            assert left.get(path) in (old.get(path), right.get(path)), (path, where)
        if next(turns) == 0:
            check_next_run(name, run, right)


def check_next_run(name: str, run: Run, right: dict[str, bytes]) -> None:
    """It works on what the last one left, which for "patch" may be its result, that isn't replaced."""
    if name == "patch":
        shutil.rmtree(run.folder / "out/new", ignore_errors=True)
    run.done()
    assert run.files() == right


@pytest.mark.parametrize("name", ["patch over", "repair over", "index"])
def test_two_hundred_kills_at_random_moments_harm_nothing(name: str, folder, programs, wheelfix) -> None:
    run = run_of(name, folder, programs, wheelfix)
    old, right = old_and_right(name, run)
    begun = time.monotonic()
    run.done()
    longest = time.monotonic() - begun
    moments = random.Random(12)
    run.prepare(old)
    for _ in range(200):
        process = run.start()
        time.sleep(moments.uniform(0, longest))
        process.kill()
        run.finish(process)
        left = run.files()
        for path in {**old, **left}:
            assert left.get(path) in (old.get(path), right.get(path)), path
    run.done()
    assert run.files() == right


@pytest.mark.parametrize("name", RUNS)
def test_sixteen_runs_at_once_get_along(name: str, folder, programs, wheelfix) -> None:
    run = run_of(name, folder, programs, wheelfix)
    old, right = old_and_right(name, run)
    run.prepare(old)
    ends = [run.finish(process) for process in [run.start() for _ in range(16)]]
    assert run.files() == right
    assert not [path for path in run.files(hidden=True) if path.endswith(".tmp")]
    for status, stderr in ends:
        assert status == 0 or (name == "patch" and status == 3 and "exists already" in stderr), stderr
    assert 0 in [status for status, _ in ends]


@pytest.mark.parametrize("limit", [resource.RLIMIT_NOFILE, resource.RLIMIT_AS], ids=["files", "memory"])
@pytest.mark.parametrize("name", RUNS)
def test_a_limit_is_one_error_or_none(limit: int, name: str, folder, programs, wheelfix) -> None:
    run = run_of(name, folder, programs, wheelfix)
    old, right = old_and_right(name, run)
    values = range(3, 12) if limit == resource.RLIMIT_NOFILE else range(10 << 20, 120 << 20, 9 << 20)
    for value in values:
        run.prepare(old)
        status, stderr = run.finish(run.start(preexec_fn=lambda value=value: resource.setrlimit(limit, (value, value))))
        if status == 127 and "error while loading shared libraries" in stderr:
            continue
        assert status in (0, 4), (value, stderr)
        assert errors_in(stderr) == (1 if status == 4 else 0), (value, stderr)
        assert run.files() == (right if status == 0 else old) or name.startswith("index"), (value, stderr)
        if name.startswith("index"):
            run.done()
            assert run.files() == right

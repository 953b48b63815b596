"""`wheelfix doctor` keeps what it read of wheels, for this user alone: the report is the same with it, without it and by a damaged one."""

from __future__ import annotations

import os
import resource
import shutil
import stat
import subprocess
import time
from pathlib import Path

import pytest
from damaged_records import DAMAGES, REPLACEABLE, damage_record
from wheels import build_wheel

from conftest import Wheelfix

WHEEL = "demo-1.0-py3-none-any.whl"
SETTLED = 2.1  # seconds: a wheel that was changed later isn't kept
LIBRARY = "lib/gone.so"
CODE = f"import ctypes, os\nctypes.CDLL(os.path.join(os.path.dirname(__file__), '{LIBRARY}'))\n"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    build_wheel(folder, "demo", "1.0", {"demo/__init__.py": CODE, "demo/_C.so": b"\x7fELF"})
    time.sleep(SETTLED)
    return folder / WHEEL


class Doctor:
    def __init__(self, wheelfix: Wheelfix, wheel: Path, environment: dict[str, str]) -> None:
        self.wheelfix, self.wheel, self.environment = wheelfix, wheel, environment

    def __call__(self, *options: str) -> str:
        done = self.wheelfix("doctor", "--json", *options, self.wheel, env=self.environment)
        assert done.returncode == 1 and "gone.so" in done.stdout, done
        assert done.stderr == ""
        return done.stdout


@pytest.fixture
def caches(tmp_path: Path) -> Path:
    return tmp_path / "caches"


@pytest.fixture
def doctor(wheelfix: Wheelfix, wheel: Path, caches: Path) -> Doctor:
    return Doctor(wheelfix, wheel, {"XDG_CACHE_HOME": str(caches)})


def kept(caches: Path) -> list[Path]:
    return sorted((caches / "wheelfix").iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_a_report_is_the_same_by_what_was_kept(doctor: Doctor, caches: Path) -> None:
    without = doctor("--no-cache")
    assert not caches.exists()
    assert doctor() == without
    (record,) = kept(caches)
    assert [mode(path) for path in (caches, caches / "wheelfix", record)] == [0o700, 0o700, 0o600]
    written = record.stat().st_ino
    assert doctor() == without
    assert kept(caches) == [record] and record.stat().st_ino == written


def test_a_wheel_that_is_known_is_not_opened(doctor: Doctor, wheelfix: Wheelfix, wheel: Path) -> None:
    doctor()
    trace = wheel.parent.parent / "trace"
    if shutil.which("strace") is None:
        pytest.skip("strace isn't installed")
    run = ["strace", "-f", "-e", "trace=pread64", "-P", str(wheel), "-o", str(trace), wheelfix.program, "doctor", wheel]
    subprocess.run(run, env=wheelfix.environment(doctor.environment), capture_output=True, check=False)
    assert "pread64" not in trace.read_text()


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_was_kept_and_is_damaged_is_as_missing(doctor: Doctor, caches: Path, damage: str) -> None:
    first = doctor()
    (record,) = kept(caches)
    content = record.read_bytes()
    damage_record(record, damage)
    assert doctor() == first
    if damage in REPLACEABLE:
        assert record.read_bytes() == content


def test_a_wheel_that_was_changed_is_read_again(wheelfix: Wheelfix, wheel: Path, tmp_path: Path) -> None:
    mine = tmp_path / WHEEL
    shutil.copy2(wheel, mine)
    time.sleep(SETTLED)
    doctor = Doctor(wheelfix, mine, {"XDG_CACHE_HOME": str(tmp_path / "caches")})
    first = doctor()
    before = mine.stat()
    build_wheel(tmp_path, "demo", "1.0", {"demo/__init__.py": CODE.replace("gone.so", "lost.so"), "demo/_C.so": b"\x7fELF"})
    os.utime(mine, ns=(before.st_atime_ns, before.st_mtime_ns))
    changed = wheelfix("doctor", "--json", mine, env=doctor.environment).stdout
    assert "lost.so" in changed and "gone.so" not in changed and "gone.so" in first
    assert len(kept(tmp_path / "caches")) == 1  # the new one may be changed again without a trace


def test_the_cache_is_in_the_home_folder_unless_told(wheelfix: Wheelfix, wheel: Path, tmp_path: Path) -> None:
    Doctor(wheelfix, wheel, {"HOME": str(tmp_path), "XDG_CACHE_HOME": "relative"})()
    assert len(kept(tmp_path / ".cache")) == 1


@pytest.mark.parametrize("home", ["", "relative", "/proc/none", "/dev/null", "FILE"])
def test_without_a_folder_all_is_read(wheelfix: Wheelfix, wheel: Path, tmp_path: Path, home: str) -> None:
    (tmp_path / "FILE").touch()
    given = str(tmp_path / "FILE") if home == "FILE" else home
    reference = Doctor(wheelfix, wheel, {})("--no-cache")
    assert Doctor(wheelfix, wheel, {"XDG_CACHE_HOME": given})() == reference
    assert Doctor(wheelfix, wheel, {"HOME": given})() == reference


def test_a_folder_that_others_can_write_to_is_not_used(doctor: Doctor, caches: Path) -> None:
    (caches / "wheelfix").mkdir(parents=True)
    (caches / "wheelfix").chmod(0o770)
    assert doctor() == doctor("--no-cache")
    assert kept(caches) == [] and mode(caches / "wheelfix") == 0o770


def test_a_full_disk_costs_only_the_cache(doctor: Doctor, wheelfix: Wheelfix, wheel: Path, caches: Path) -> None:
    reference = doctor("--no-cache")
    done = subprocess.run(
        [wheelfix.program, "doctor", "--json", wheel],
        env=wheelfix.environment(doctor.environment),
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)),
        check=False,
    )
    assert (done.stdout, done.stderr) == (reference, "")
    assert kept(caches) == []


def test_a_read_only_folder_is_read(doctor: Doctor, caches: Path) -> None:
    first = doctor()
    (caches / "wheelfix").chmod(0o500)
    assert doctor() == first

"""What `wheelfix doctor` keeps of environments: the report is the same with it, without it and by a damaged one, and a file that was changed is read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from damaged_records import DAMAGES, damage_record
from test_environments import add_module, make_venv

SETTLED = 2.1  # seconds: files that were changed later aren't kept
LIBRARY = "libgone.so"
CODE = f"import ctypes, os\nctypes.CDLL(os.path.join(os.path.dirname(__file__), '{LIBRARY}'))\n"


class Environment:
    def __init__(self, wheelfix, folder: Path) -> None:
        self.wheelfix = wheelfix
        base = Path(sys.base_prefix, "bin/python3").resolve()
        self.python, self.site = make_venv(base, folder / "venv")
        self.caches = folder / "caches"
        self.kept = self.caches / "wheelfix"
        for name in ("one", "two"):
            (self.site / name).mkdir()
            (self.site / name / "__init__.py").write_text(CODE)
            add_module(self.site, f"{name}._C")
            info = self.site / f"{name}-1.0.dist-info"
            info.mkdir()
            (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
            (info / "RECORD").write_text(f"{name}/__init__.py,,\n{name}/_C.abi3.so,,\n")

    @property
    def command(self) -> list[str | Path]:
        return [self.wheelfix.program, "doctor", "--json", "--env", self.python]

    @property
    def variables(self) -> dict[str, str]:
        return self.wheelfix.environment({"XDG_CACHE_HOME": str(self.caches)})

    def doctor(self, *options: str) -> str:
        run = subprocess.run([*self.command, *options], env=self.variables, capture_output=True, text=True, check=False)
        assert run.returncode == 1 and run.stderr == "", run
        return run.stdout

    def opened(self, trace: Path) -> set[Path]:
        """Which files of site-packages a run opens, without metadata."""
        if shutil.which("strace") is None:
            pytest.skip("strace isn't installed")
        command = ["strace", "-f", "-e", "trace=open,openat", "-o", trace, *self.command]
        subprocess.run(command, env=self.variables, capture_output=True, check=False)
        names = {line.split('"')[1] for line in trace.read_text().splitlines() if '"' in line}
        return {path for path in map(Path, names) if path.is_file() and self.site in path.parents and "dist-info" not in path.parent.name}

    def content(self) -> bytes:
        (record,) = self.kept.iterdir()
        return record.read_bytes()


@pytest.fixture
def environment(wheelfix, tmp_path: Path) -> Environment:
    made = Environment(wheelfix, tmp_path)
    time.sleep(SETTLED)
    return made


def code_of(environment: Environment, name: str) -> Path:
    return environment.site / name / "__init__.py"


def test_a_report_is_the_same_by_what_was_kept_and_no_code_or_library_is_opened(environment: Environment, tmp_path: Path) -> None:
    without = environment.doctor("--no-cache")
    assert LIBRARY in without and "libgone_one__C.so.1" in without
    assert not environment.caches.exists()
    assert environment.doctor() == without
    (record,) = environment.kept.iterdir()
    assert record.stat().st_mode & 0o777 == 0o600
    written = record.stat().st_ino
    assert environment.doctor() == without
    assert record.stat().st_ino == written
    # Symbols are read again.
    assert {path.suffix for path in environment.opened(tmp_path / "trace")} <= {".so"}


def in_place(path: Path) -> None:
    with path.open("r+") as file:
        file.write(CODE.replace(LIBRARY, "liblost.so"))


def replaced(path: Path) -> None:
    other = path.with_name("other")
    other.write_text(CODE.replace(LIBRARY, "liblost.so"))
    other.replace(path)


@pytest.mark.parametrize("change", [in_place, replaced])
def test_a_file_that_was_changed_is_read_though_size_and_time_are_the_same(environment: Environment, tmp_path: Path, change: Callable[[Path], None]) -> None:
    environment.doctor()
    kept = environment.content()
    path = code_of(environment, "one")
    before = path.stat()
    change(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    opened = environment.opened(tmp_path / "trace")
    assert path in opened and code_of(environment, "two") not in opened
    changed = environment.doctor()
    assert changed == environment.doctor("--no-cache") and "liblost.so" in changed
    assert environment.content() == kept, "it may be changed again without a trace"
    time.sleep(SETTLED)
    assert environment.doctor() == changed and environment.content() != kept
    assert path not in environment.opened(tmp_path / "trace")


def test_files_that_come_and_go_are_noticed(environment: Environment) -> None:
    first = environment.doctor()
    add_module(environment.site, "one._D")
    added = environment.doctor()
    assert "libgone_one__D.so.1" in added and "libgone_one__D.so.1" not in first
    (environment.site / "one/_D.abi3.so").unlink()
    assert environment.doctor() == first
    code_of(environment, "two").chmod(0)
    code_of(environment, "two").unlink()
    assert environment.doctor() == environment.doctor("--no-cache") != first


@pytest.mark.parametrize("damage", [*DAMAGES, "deleted", "all deleted"])
def test_what_was_kept_and_is_damaged_is_as_missing(environment: Environment, damage: str) -> None:
    first = environment.doctor()
    (record,) = environment.kept.iterdir()
    content = record.read_bytes()
    if damage == "deleted":
        record.unlink()
    elif damage == "all deleted":
        shutil.rmtree(environment.caches)
    else:
        damage_record(record, damage)
    assert environment.doctor() == first
    if damage not in ("a folder", "unreadable"):
        assert record.read_bytes() == content


@pytest.mark.parametrize("mode", [0o500, 0o770])
def test_a_folder_that_is_read_only_or_open_to_others_costs_only_the_cache(environment: Environment, mode: int) -> None:
    environment.kept.mkdir(parents=True)
    environment.kept.chmod(mode)
    assert environment.doctor() == environment.doctor("--no-cache")


def test_runs_at_once_say_the_same(environment: Environment) -> None:
    expected = environment.doctor("--no-cache")
    for _ in range(3):
        runs = [subprocess.Popen(environment.command, env=environment.variables, stdout=subprocess.PIPE, text=True) for _ in range(4)]
        assert [run.communicate()[0] for run in runs] == [expected] * 4
        shutil.rmtree(environment.caches)

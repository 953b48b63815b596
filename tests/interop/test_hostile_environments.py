"""Environments that are broken, closed or changing: doctor ends with findings, and says what the real Python says."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from test_environments import add_module, make_venv, really_failing

NOBODY = 65534
RECORDS = {
    "empty": b"",
    "no-rows": b"\n\n\n",
    "bytes": bytes(range(256)),
    "one-column": b"demo/__init__.py\n",
    "open-quote": b'"demo/__init__.py,,\n',
    "nul": b"demo/\0.py,,\n",
    "absolute": b"/etc/passwd,,\n",
    "far-above": b"../" * 200 + b"etc/passwd,,\n",
    "not-utf8": "d\xe9mo/__init__.py,,\n".encode("latin-1"),
    "hash": b"demo/__init__.py,sha256=!!!,-5\n",
    "long": b"demo/" + b"a" * 5000 + b".py,,\n",
    "itself-twice": b"demo-1.0.dist-info/RECORD,,\n" * 2,
}


@pytest.fixture
def base() -> Path:
    return Path(sys.base_prefix, "bin/python3").resolve()


def add_distribution(site: Path, record: bytes) -> Path:
    (site / "demo").mkdir()
    (site / "demo/__init__.py").touch()
    info = site / "demo-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n")
    (info / "RECORD").write_bytes(record)
    return info


def examine(wheelfix, *words: str | Path, user: int | None = None) -> list[dict[str, str]]:
    """Its findings, in a time in which nothing can have waited for long."""
    command = [wheelfix.program, "doctor", "--json", *words]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, user=user)
    assert run.returncode in (0, 1), f"{run.returncode} {run.stderr}"
    return json.loads(run.stdout)["findings"]


def failing(findings: list[dict[str, str]]) -> set[str]:
    return {finding["message"] for finding in findings if finding["code"] == "import-fails"}


@pytest.mark.parametrize("name", RECORDS)
def test_a_broken_record_hides_no_module(wheelfix, base: Path, tmp_path: Path, name: str) -> None:
    python, site = make_venv(base, tmp_path / "venv")
    add_distribution(site, RECORDS[name])
    add_module(site, "demo.core")
    assert failing(examine(wheelfix, "--env", python)) == really_failing(python, ["demo.core"])


def self_link(path: Path) -> None:
    path.symlink_to(path.name)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, self_link])
@pytest.mark.parametrize("name", ["RECORD", "METADATA", "WHEEL", "top_level.txt", "direct_url.json"])
def test_what_is_no_file_in_its_place_is_not_waited_for(
    wheelfix, base: Path, tmp_path: Path, name: str, make: Callable[[Path], None]
) -> None:
    python, site = make_venv(base, tmp_path / "venv")
    info = add_distribution(site, b"demo/__init__.py,,\n")
    add_module(site, "demo.core")
    expected = really_failing(python, ["demo.core"])  # site.py would wait for a FIFO that is a .pth file
    (info / name).unlink(missing_ok=True)
    for path in (info / name, site / "demo.pth", site / "demo/_fast.abi3.so", site / "demo/code.py"):
        make(path)
    assert failing(examine(wheelfix, "--env", python)) == expected


def test_folders_that_lead_to_themselves_are_read_once(wheelfix, base: Path, tmp_path: Path) -> None:
    python, site = make_venv(base, tmp_path / "venv")
    add_distribution(site, b"demo/__init__.py,,\n")
    add_module(site, "demo.core")
    (site / "again").symlink_to(".")
    (site / "demo/demo").symlink_to("../demo")
    (site / "prefix").symlink_to(tmp_path / "venv")
    (site / "loop.pth").write_text(f".\n{site}\n{site}/again\n")
    self_link(site / "gone-1.0.dist-info")
    findings = examine(wheelfix, "--env", python)
    assert failing(findings) == really_failing(python, ["demo.core"])
    assert [finding["code"] for finding in findings if finding["code"] != "import-fails"] == ["unreadable"]


def test_a_venv_without_its_python_is_read_once(wheelfix, base: Path, tmp_path: Path) -> None:
    """Debian's venvs have a lib64 that is a link to lib."""
    _, site = make_venv(base, tmp_path / "venv")
    add_module(site, "core")
    for program in (tmp_path / "venv/bin").glob("python*"):
        program.unlink()
    lib64 = tmp_path / "venv/lib64"
    if not lib64.exists():
        lib64.symlink_to("lib")
    findings = examine(wheelfix, "--env", tmp_path / "venv")
    assert [finding["code"] for finding in findings] == ["python-fails", "import-fails"]


def can_be_run_by_nobody(program: Path) -> bool:
    return os.geteuid() == 0 and subprocess.run([program, "--version"], user=NOBODY, check=False).returncode == 0


def test_what_may_not_be_read_is_named(wheelfix, base: Path, tmp_path: Path) -> None:
    if not can_be_run_by_nobody(wheelfix.program):
        pytest.skip("needs root, and a build folder that others may read")
    folder = Path(os.environ.get("TMPDIR", "/tmp"), f"closed-{os.getpid()}")  # pytest's own folder is closed
    try:
        python, site = make_venv(base, folder)
        add_distribution(site, b"demo/__init__.py,,\ndemo/closed/inner.py,,\n")
        add_module(site, "demo.core")
        (site / "demo/closed").mkdir(mode=0)
        (site / "secret.py").touch(mode=0)
        (site / "other-1.0.dist-info").mkdir(mode=0)
        findings = examine(wheelfix, "--env", python, user=NOBODY)
        assert failing(findings) == really_failing(python, ["demo.core"])
        unreadable = {finding["path"] for finding in findings if finding["code"].endswith("unreadable")}
        assert {"demo/closed", "secret.py", "other-1.0.dist-info/RECORD"} <= unreadable
    finally:
        shutil.rmtree(folder)


class Changes:
    """Adds, replaces and removes files of a site-packages folder for as long as the block lasts."""

    def __init__(self, site: Path) -> None:
        self.site, self.random, self.ends = site, random.Random(1), threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.ends.set()
        self.thread.join()

    def run(self) -> None:
        library = (self.site / "still.abi3.so").read_bytes()
        while not self.ends.is_set():
            name = f"p{self.random.randrange(8)}"
            self.random.choice([self.add, self.cut, self.remove])(name, library)

    def add(self, name: str, library: bytes) -> None:
        shutil.rmtree(self.site / f"{name}-1.0.dist-info", ignore_errors=True)
        (self.site / name).mkdir(exist_ok=True)
        (self.site / name / "__init__.py").write_text("from . import core\n")
        (self.site / name / "core.abi3.so").write_bytes(library)
        info = self.site / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "RECORD").write_text(f"{name}/__init__.py,,\n{name}/core.abi3.so,,\n{info.name}/METADATA,,\n")

    def cut(self, name: str, library: bytes) -> None:
        path = self.site / name / "core.abi3.so"
        if path.exists():
            path.write_bytes(library[: self.random.randrange(len(library))])

    def remove(self, name: str, _: bytes) -> None:
        shutil.rmtree(self.site / name, ignore_errors=True)


def test_an_environment_may_change_while_it_is_read(wheelfix, base: Path, tmp_path: Path) -> None:
    python, site = make_venv(base, tmp_path / "venv")
    add_module(site, "still")
    expected = really_failing(python, ["still"])
    with Changes(site):
        for _ in range(30):
            assert expected <= failing(examine(wheelfix, "--env", python))


def test_an_interpreter_that_hangs_is_a_finding(wheelfix, tmp_path: Path) -> None:
    add_module(tmp_path / "env/lib/python3.11/site-packages", "core")
    program = tmp_path / "env/bin/python3"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexec sleep 1000\n")
    program.chmod(0o755)
    codes = {finding["code"] for finding in examine(wheelfix, "--env", tmp_path / "env")}
    assert codes == {"python-fails", "import-fails"}

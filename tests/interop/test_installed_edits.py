"""Installed packages that are changed where they are. Python, its loader, pip and uv are the judges."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from environments import PLATFORM, check, demo, install, libraries, make_environment, patch, snapshot
from small_wheels import Compiler, Lib, make_wheels
from wheels import build_wheel


def test_repair_makes_imports_work_and_leaves_the_cache_alone(wheelfix, libraries: list[Path], tmp_path: Path) -> None:
    environment = make_environment(tmp_path, libraries)
    assert "libone.so: cannot open shared object file" in environment.run("import app._C")
    assert (environment.site / "app/_C.so").stat().st_nlink > 1, "uv makes hard links"
    cache, before = environment.cached(), snapshot(environment.folder)
    dry = wheelfix("repair", "--env", environment.folder, "--dry-run")
    assert (dry.returncode, snapshot(environment.folder)) == (0, before)
    assert wheelfix.done("repair", "--env", environment.folder) == dry.stdout == "app 1.0\none 1.0\n"
    assert environment.run("import app._C; print(app._C.value)") == str(len("libone.so"))
    assert environment.cached() == cache
    changed = {name for name, is_now in snapshot(environment.folder).items() if before.get(name) != is_now}
    assert {Path(name).name for name in changed if "wheelfix" not in name} == {"_C.so", "libone.so", "RECORD"}
    check(environment)
    repaired = snapshot(environment.folder)
    again = wheelfix("repair", "--env", environment.folder)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "nothing to repair\n")
    assert snapshot(environment.folder) == repaired
    assert wheelfix.done("status", "--env", environment.folder).count("as wheelfix left it") == 2
    assert wheelfix.done("undo", "--env", environment.folder) == "app 1.0\none 1.0\n"
    assert snapshot(environment.folder) == before
    assert environment.cached() == cache
    assert wheelfix.done("status", "--env", environment.folder) == ""


def test_preload_takes_a_module_into_the_package(wheelfix, libraries: list[Path], tmp_path: Path) -> None:
    environment = make_environment(tmp_path, libraries)
    cache, before = environment.cached(), snapshot(environment.folder)
    assert wheelfix.done("repair", "--preload", "--env", environment.python) == "app 1.0\n"
    wheelfix.done("undo", "--env", environment.python, "--package", "app")
    assert snapshot(environment.folder) == before
    assert wheelfix.done("repair", "--preload", "--env", environment.python) == "app 1.0\n"
    assert environment.run("import app._C; print(app._wheelfix_preload.failures)") == "[]"
    assert environment.cached() == cache
    check(environment)
    environment.uv_pip("uninstall", "app")
    assert list(environment.site.glob("app*")) == []


def test_a_library_that_is_missing_is_taken_from_a_folder(wheelfix, libraries: list[Path], tmp_path: Path) -> None:
    environment = make_environment(tmp_path, libraries)
    gone = environment.site / "two/lib/libtwo.so"
    folder = tmp_path / "libraries"
    folder.mkdir()
    gone.rename(folder / gone.name)
    assert wheelfix("repair", "--env", environment.folder).returncode == 3
    assert wheelfix.done("repair", "--env", environment.folder, "--lib-dir", folder) == "app 1.0\none 1.0\ntwo 1.0\n"
    assert environment.run("import app._C; print(app._C.value)") == str(len("libone.so"))
    check(environment)


def test_the_command_that_doctor_names_makes_torchs_missing_library(wheelfix, tmp_path: Path) -> None:
    code = "import ctypes, os\nctypes.CDLL(os.path.join(os.path.dirname(__file__), 'lib', 'libtorch_global_deps.so'))\n"
    libs = [Lib("torch/lib/libtorch_cpu.so"), Lib("torch/lib/libtorch_global_deps.so")]
    environment = make_environment(tmp_path, make_wheels(tmp_path / "wheels", Compiler("gcc", tmp_path), libs, PLATFORM, code))
    (environment.site / "torch/lib/libtorch_global_deps.so").unlink()
    assert "libtorch_global_deps.so: cannot open shared object file" in environment.run("import torch")
    advice = wheelfix("doctor", "--env", environment.folder).stdout
    command = next(part for part in advice.split("`") if part.startswith("wheelfix repair"))
    assert wheelfix.done(*command.split()[1:]) == "torch 1.0\n"
    assert environment.run("import torch; print('imports')") == "imports"
    check(environment)


@pytest.mark.parametrize("installer", ["pip", "uv-hardlink", "uv-copy", "uv-symlink"])
def test_patched_files_are_the_packages_own(wheelfix, demo: Path, patch: Path, installer: str, tmp_path: Path) -> None:
    environment = install(demo, installer, tmp_path)
    site = environment.site
    if installer in ("pip", "uv-copy"):
        (site / "demo/__init__.py").chmod(0o640)
    before = snapshot(environment.folder)
    cache, listed = environment.cached(), set((site / "demo-1.0.dist-info/RECORD").read_text().splitlines())
    extra = tmp_path / "tool"
    extra.write_text("#!/bin/sh\n")
    extra.chmod(0o755)
    words = ["--env", environment.folder, "--package", "Demo", "--patch", patch, "--remove", "demo/old/*"]
    stdout = wheelfix.done("patch", *words, "--add", f"demo/new/tool={extra}")
    assert stdout == "demo 1.0\n"
    assert environment.run("import demo; print(demo.VALUE)") == "2"
    assert not (site / "demo/__init__.py").is_symlink()
    assert not (site / "demo/old").exists()
    assert (site / "demo/new/tool").stat().st_mode & 0o777 == 0o755
    assert (site / "demo/__init__.py").stat().st_mode & 0o777 == (0o640 if installer in ("pip", "uv-copy") else 0o644)
    assert environment.cached() == cache
    check(environment)
    rows = set((site / "demo-1.0.dist-info/RECORD").read_text().splitlines())
    changed = {row.split(",")[0] for row in rows ^ listed if "__pycache__" not in row and "wheelfix" not in row}
    assert changed == {"demo/__init__.py", "demo/old/part.py", "demo/new/tool"}
    if installer == "pip":
        assert [row for row in rows ^ listed if "__pycache__" in row], "it lists what it compiled"
    environment.run("import sys; sys.dont_write_bytecode = False; import demo; print()")
    assert list(site.glob("demo/__pycache__/__init__*.pyc"))
    wheelfix.done("undo", "--env", environment.folder)
    assert snapshot(environment.folder) == before
    assert environment.cached() == cache
    assert wheelfix.done("patch", *words, "--add", f"demo/new/tool={extra}") == "demo 1.0\n"
    if installer == "pip":
        environment.pip("uninstall", "--yes", "demo")
    else:
        environment.uv_pip("uninstall", "demo")
    assert [path for path in site.rglob("*") if "demo" in path.name] == []


def test_what_was_changed_since_is_refused_by_its_hash(wheelfix, demo: Path, patch: Path, tmp_path: Path) -> None:
    environment = make_environment(tmp_path, [demo], "--link-mode", "copy")
    file = environment.site / "demo/__init__.py"
    file.write_text("VALUE = 1\n# mine\n")
    before = snapshot(environment.folder)
    words = ["patch", "--env", environment.folder, "--package", "demo", "--patch", patch]
    refused = wheelfix(*words)
    assert refused.returncode == 3
    told = base64.urlsafe_b64encode(hashlib.sha256(file.read_bytes()).digest()).rstrip(b"=").decode()
    assert f"the file has sha256={told} and 17 bytes" in refused.stderr
    assert "reinstall demo, or use --force" in refused.stderr
    assert snapshot(environment.folder) == before
    assert wheelfix(*words, "--force").returncode == 0
    assert file.read_text() == "VALUE = 2\n# mine\n"
    check(environment)


def test_a_second_run_says_who_holds_the_environment(wheelfix, demo: Path, patch: Path, tmp_path: Path) -> None:
    environment = make_environment(tmp_path, [demo])
    staging = environment.site / ".wheelfix"
    staging.mkdir()
    holder = "import fcntl, sys; f = open(sys.argv[1], 'w'); f.write('4711\\n'); f.flush(); fcntl.flock(f, 2); print(flush=1); input()"
    with subprocess.Popen(
        [sys.executable, "-c", holder, staging / "lock"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        before = snapshot(environment.folder)
        words = ["patch", "--env", environment.folder, "--package", "demo", "--patch", patch]
        refused = wheelfix(*words)
        assert refused.returncode == 4
        assert refused.stderr == (
            f"error: {environment.site}: is being changed by another run of wheelfix, process 4711\n"
            "hint: run it again when that one has ended\n"
        )
        assert snapshot(environment.folder) == before
        process.communicate(b"\n")
    wheelfix.done(*words)
    check(environment)


def test_nothing_is_changed_through_a_folder_that_is_a_link(wheelfix, demo: Path, patch: Path, tmp_path: Path) -> None:
    environment = make_environment(tmp_path, [demo])
    shutil.move(environment.site / "demo", tmp_path / "elsewhere")
    (environment.site / "demo").symlink_to(tmp_path / "elsewhere")
    refused = wheelfix("patch", "--env", environment.folder, "--package", "demo", "--patch", patch)
    assert refused.returncode == 3
    assert f"a folder that is a link to {tmp_path / 'elsewhere'}" in refused.stderr
    assert (tmp_path / "elsewhere/__init__.py").read_text() == "VALUE = 1\n"


def test_a_site_that_may_not_be_written_is_one_error(wheelfix, demo: Path, patch: Path) -> None:
    """As a user whom permissions bind, which root is not."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        program = shutil.copy(wheelfix.program, folder / "wheelfix")
        shutil.unpack_archive(demo, folder / "site", "zip")
        shutil.copy(patch, folder)
        (folder / "site").chmod(0o555)
        before = snapshot(folder)
        user = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
        command = [program, "patch", "--env", "site", "--package", "demo", "--patch", patch.name]
        run = subprocess.run(command, cwd=folder, env=wheelfix.environment(), capture_output=True, text=True, **user)
        assert (run.returncode, run.stdout) == (4, "")
        assert run.stderr == (
            f"error: {folder}/site: cannot write to the folder: Permission denied\n"
            "hint: check the permissions of the file and of its folder\n"
        )
        assert snapshot(folder) == before


def test_a_full_disk_is_one_error(wheelfix, tmp_path: Path) -> None:
    """A file system of 2 MB, which holds the package, but not a second copy of its library."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("this user can't mount a file system")
    try:
        wheel = build_wheel(tmp_path / "wheels", "demo", "1.0", {"demo/__init__.py": "", "demo/big": b"x" * 1_500_000})
        shutil.unpack_archive(wheel, disk, "zip")
        (tmp_path / "big").write_bytes(b"y" * 1_500_000)
        before = snapshot(disk)
        words = ["--env", disk, "--package", "demo", "--remove", "demo/big", "--add", f"demo/big={tmp_path / 'big'}"]
        run = wheelfix("patch", *words)
        assert run.returncode == 4
        assert run.stderr.startswith(f"error: {disk}/demo/big: cannot write: No space left on device\n")
        assert snapshot(disk) == before
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_process_keeps_the_library_that_it_has_mapped(wheelfix, libraries: list[Path], tmp_path: Path) -> None:
    environment = make_environment(tmp_path, libraries)
    code = "import ctypes, sys; m = ctypes.CDLL(sys.argv[1]); print(flush=True); input(); print(m.libtwo())"
    library = environment.site / "two/lib/libtwo.so"
    with subprocess.Popen(
        [environment.python, "-c", code, library], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        process.stdout.readline()
        words = ["--env", environment.folder, "--package", "two", "--set-rpath", "*=$ORIGIN/../lib"]
        assert wheelfix.done("patch", *words) == "two 1.0\n"
        assert process.communicate("\n")[0].strip() == str(len("libtwo.so"))
    assert stat.S_IMODE(library.stat().st_mode) == 0o644
    check(environment)

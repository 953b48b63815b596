"""If the system stops a run in the middle of writing, nothing of it is left, and what was there stays."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import struct
import subprocess
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from wheels import build_wheel

SIZE = 256 << 20
OUTPUT = "demo-1.0+x.1-py3-none-any.whl"
ATTEMPTS = 20


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel with a stored entry of SIZE zeros, which take no room on the disk."""
    wheel = build_wheel(tmp_path_factory.mktemp("big"), "demo", "1.0", {"demo/__init__.py": "one\n"})
    prepend_zeros(wheel, b"demo/zeros", SIZE)
    return wheel


def prepend_zeros(wheel: Path, name: bytes, size: int) -> None:
    """Puts a stored entry before the wheel's own, whose offsets move along. RECORD doesn't know of it."""
    data = wheel.read_bytes()
    entries, directory_size, directory = struct.unpack_from("<HII", data, len(data) - 22 + 10)
    fields = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 0x21, zlib.crc32(bytes(size)), size, size, len(name), 0)
    local = b"PK\3\4" + fields + name
    shift = len(local) + size
    headers = bytearray(b"PK\1\2\x14\x03" + fields + struct.pack("<HHHII", 0, 0, 0, 0o100644 << 16, 0) + name)
    at = directory
    for _ in range(entries):
        header = bytearray(data[at : at + 46 + sum(struct.unpack_from("<HHH", data, at + 28))])
        at += len(header)
        struct.pack_into("<I", header, 42, struct.unpack_from("<I", header, 42)[0] + shift)
        headers += header
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, entries + 1, entries + 1, len(headers), directory + shift, 0)
    with wheel.open("wb") as out:
        out.write(local)
        out.seek(shift)
        out.write(data[:directory] + headers + end)


@pytest.fixture
def out(tmp_path: Path) -> Iterator[Path]:
    """An empty folder on a file system that has unnamed temporary files, as all but network file systems have."""
    for parent in (tmp_path, Path("/tmp"), Path("/dev/shm")):
        folder = Path(tempfile.mkdtemp(dir=parent))
        try:
            os.close(os.open(folder, os.O_TMPFILE | os.O_RDWR))
        except OSError:
            folder.rmdir()
        else:
            yield folder
            shutil.rmtree(folder)
            return
    pytest.fail("no folder here has O_TMPFILE")


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
@pytest.mark.parametrize("is_there", [False, True], ids=["new", "overwrite"])
def test_a_signal_leaves_nothing(kind: signal.Signals, is_there: bool, wheelfix, big: Path, out: Path) -> None:
    if is_there:
        (out / OUTPUT).write_text("mine")
    stopped = stop_while_writing(wheelfix, big, out, kind)
    assert stopped == (-kind, "", "")
    assert [path.name for path in out.iterdir()] == ([OUTPUT] if is_there else [])
    assert not is_there or (out / OUTPUT).read_text() == "mine"


def test_a_signal_is_an_error_of_json(wheelfix, big: Path, out: Path) -> None:
    status, stdout, stderr = stop_while_writing(wheelfix, big, out, signal.SIGTERM, "--json")
    document = json.loads(stdout)
    assert (status, stderr, document["schema"], document["error"]["code"]) == (-signal.SIGTERM, "", 1, "cancelled")
    assert not list(out.iterdir())


def stop_while_writing(wheelfix, wheel: Path, out: Path, kind: signal.Signals, *options: str) -> tuple[int, str, str]:
    """Sends the signal when the output has some bytes, but not all. A run that was too fast for that is repeated."""
    command = [wheelfix.program, "patch", "-s", "x.1", "--overwrite", *options, "-d", out, wheel]
    kept = (out / OUTPUT).read_bytes() if (out / OUTPUT).exists() else None
    for _ in range(ATTEMPTS):
        process = subprocess.Popen(
            command, env=wheelfix.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        was_writing = wait_for_writing(process, out)
        process.send_signal(kind)
        process.send_signal(signal.SIGCONT)
        stdout, stderr = process.communicate(timeout=60)
        if was_writing and process.returncode != 0:
            return process.returncode, stdout, stderr
        (out / OUTPUT).unlink(missing_ok=True)
        if kept is not None:
            (out / OUTPUT).write_bytes(kept)
    pytest.fail(f"in {ATTEMPTS} runs none was seen writing")


def wait_for_writing(process: subprocess.Popen[str], out: Path) -> bool:
    """Stops the process (SIGSTOP) in the middle of writing; false if it ended before that was seen."""
    while process.poll() is None:
        if 0 < written_bytes(process.pid, out) < SIZE:
            process.send_signal(signal.SIGSTOP)
            return True
        time.sleep(0.0005)
    return False


def written_bytes(pid: int, out: Path) -> int:
    """How large the file is that the process has open in the folder, by whatever name, or without one."""
    try:
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            if os.readlink(descriptor).startswith(f"{out}/"):
                return descriptor.stat().st_size
    except FileNotFoundError:
        pass
    return 0


def limit_files_to(size: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("size", [1, 4096, 100 << 20, SIZE - 1])
def test_a_full_disk_leaves_nothing(size: int, wheelfix, big: Path, out: Path) -> None:
    command = [wheelfix.program, "patch", "-s", "x.1", "-d", out, big]
    result = subprocess.run(
        command, env=wheelfix.environment(), preexec_fn=limit_files_to(size), capture_output=True, text=True
    )
    assert result.stderr == (
        f"error: {out / OUTPUT}: cannot write: File too large\n"
        "hint: the limit on the size of files is too low: see `ulimit -f`\n"
    )
    assert (result.returncode, result.stdout) == (4, "")
    assert list(out.iterdir()) == []


def test_a_read_only_folder_is_told(wheelfix) -> None:
    """As a user whom permissions bind, which root is not."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        program = shutil.copy(wheelfix.program, folder / "wheelfix")
        wheel = build_wheel(folder, "demo", "1.0", {"demo/__init__.py": "one\n"})
        (folder / "out").mkdir(mode=0o555)
        user = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
        command = [program, "patch", "-s", "x.1", "-d", "out", wheel.name]
        result = subprocess.run(command, cwd=folder, env=wheelfix.environment(), capture_output=True, text=True, **user)
        assert result.stderr == (
            f"error: out/{OUTPUT}: cannot write: Permission denied\n"
            "hint: check the permissions of the file and of its folder\n"
        )
        assert (result.returncode, result.stdout) == (4, "")
        assert list((folder / "out").iterdir()) == []


@pytest.mark.parametrize("change", ["rewritten", "shorter", "replaced", "removed"])
def test_a_source_that_changes_meanwhile_is_told(change: str, wheelfix, big: Path, out: Path, tmp_path: Path) -> None:
    wheel = Path(shutil.copy(big, tmp_path))
    command = [wheelfix.program, "patch", "-s", "x.1", "-d", out, wheel]
    for _ in range(ATTEMPTS):
        process = subprocess.Popen(
            command, env=wheelfix.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        was_writing = wait_for_writing(process, out)
        if was_writing:
            change_file(wheel, change)
            process.send_signal(signal.SIGCONT)
        stdout, stderr = process.communicate(timeout=60)
        if was_writing:
            break
        (out / OUTPUT).unlink(missing_ok=True)
    else:
        pytest.fail(f"in {ATTEMPTS} runs none was seen writing")
    what = "changed" if change in ("rewritten", "shorter") else "was replaced or removed"
    assert stderr == f"error: {wheel}: {what} while it was read\nhint: run it again when the file is complete\n"
    assert (process.returncode, stdout) == (4, "")
    assert list(out.iterdir()) == []


def change_file(wheel: Path, change: str) -> None:
    match change:
        case "rewritten":
            with wheel.open("r+b") as file:
                file.write(b"PK")
        case "shorter":
            os.truncate(wheel, 1000)
        case "replaced":
            shutil.copy(wheel, f"{wheel}.new")
            os.replace(f"{wheel}.new", wheel)
        case "removed":
            wheel.unlink()

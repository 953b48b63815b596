"""Wheels written on file systems that share blocks, btrfs and XFS, loop-mounted: how much of them is shared with the source,
how long that takes beside `cp --reflink=always`, and that the bytes are those that are written on this system.

    sudo python3 tests/real/reflinks.py WHEEL [--runs 9] [--build build]

WHEEL is torch's 2.1.0, of which patches/torch-2.1.0 changes a file. Needs root, btrfs-progs, xfsprogs, and 6 times the
wheel's size in the folder of temporary files.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/bench"))

from timing import Command, run  # noqa: E402

MAKERS = {"here": [], "btrfs": ["mkfs.btrfs", "-q"], "XFS": ["mkfs.xfs", "-q"]}
LONG_RPATH = "$ORIGIN:$ORIGIN/lib:$ORIGIN/../../nvidia/cublas/lib:$ORIGIN/../../nvidia/cufft/lib:$ORIGIN/../../nvidia/cudnn/lib"
FIEMAP, SHARED, LAST = 0xC020660B, 0x2000, 0x1


@contextmanager
def mounted(maker: list[str], size: int) -> Iterator[Path]:
    """An empty file system in a file."""
    with tempfile.TemporaryDirectory() as scratch:
        image, folder = Path(scratch) / "image", Path(scratch) / "mounted"
        with open(image, "wb") as file:
            file.truncate(size)
        subprocess.run([*maker, image], check=True, stdout=subprocess.DEVNULL)
        folder.mkdir()
        subprocess.run(["mount", "-o", "loop", image, folder], check=True)
        try:
            yield folder
        finally:
            subprocess.run(["umount", folder], check=True)


def not_shared(file: Path) -> int:
    """Bytes of a file in extents that no other file has, as the kernel maps it (FS_IOC_FIEMAP)."""
    found, at = 0, 0
    with open(file, "rb") as opened:
        os.fsync(opened)
        while True:
            room = 512
            request = bytearray(struct.pack("=QQLLLL", at, (1 << 64) - 1 - at, 0, 0, room, 0) + bytes(56 * room))
            fcntl.ioctl(opened, FIEMAP, request)
            count = struct.unpack_from("=L", request, 20)[0]
            for i in range(count):
                logical, _, length, _, _, flags = struct.unpack_from("=QQQQQL", request, 32 + 56 * i)
                found += 0 if flags & SHARED else length
                at = logical + length
            if count == 0 or flags & LAST:
                return found


def sha256(file: Path) -> str:
    with open(file, "rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def median(command: Command, made: Path, runs: int) -> float:
    """Milliseconds, with what is made removed before each run."""
    walls = []
    for _ in range(runs + 1):
        made.unlink(missing_ok=True)
        walls.append(run(command).wall * 1000)
    return statistics.median(walls[1:])


@dataclass(frozen=True)
class Work:
    """A command that makes a file of a wheel, and the file."""

    name: str
    command: Command
    made: Path


def works(build: Path, wheel: Path, folder: Path) -> list[Work]:
    """The first makes what the last makes again."""
    wheelfix = build / "apps/wheelfix/wheelfix"
    project, version, rest = wheel.name.split("-", 2)

    def patched(name: str, label: str, *words: str | Path) -> Work:
        command = [wheelfix, "patch", "-q", "-s", label, *words, "-d", folder / "out", wheel]
        return Work(name, command, folder / "out" / f"{project}-{version}+{label}-{rest}")

    first = patched("patch of one file", "one.1", "--patch-dir", ROOT / "patches/torch-2.1.0")
    delta, joined = folder / "delta", folder / first.made.name
    index = [build / "apps/wheelfix-index/wheelfix-index", wheel.parent, "--output", folder / "index", "--copy"]
    return [
        first,
        patched("RPATH of all libraries", "all.1", "--force", "--set-rpath", f"*.so*={LONG_RPATH}"),
        Work("wheelfix-index --copy", index, folder / "index" / project / wheel.name),
        Work("delta", [wheelfix, "delta", "-q", wheel, first.made, "-o", delta], delta),
        Work("join of that delta", [wheelfix, "join", "-q", wheel, delta, "-o", joined], joined),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    options = parser.parse_args()
    size = options.wheel.stat().st_size
    print(f"{options.wheel.name}, {size:,} bytes; medians of {options.runs}, milliseconds, and bytes that aren't shared")
    expected: dict[str, str] = {}
    failures = []
    for name, maker in MAKERS.items():
        with mounted(maker, 2 * size + (1 << 30)) if maker else tempfile.TemporaryDirectory() as place:
            (folder := Path(place) / "wheels").mkdir()
            wheel = folder / options.wheel.name
            shutil.copyfile(options.wheel, wheel)
            os.sync()
            for work in works(options.build, wheel, Path(place)):
                ours = median(work.command, work.made, options.runs if "patch" in work.name else 1)
                digest = sha256(work.made)
                own = not_shared(work.made)
                print(f"{name:<8} {work.name:<24} {ours:8.1f} {own:12,}", flush=True)
                if digest != expected.setdefault(work.name, digest):
                    failures.append(f"{name}, {work.name}: other bytes than on this system")
                if maker and own > 16 << 20:
                    failures.append(f"{name}, {work.name}: blocks aren't shared")
            if maker:
                copy = Path(place) / "copy"
                floor = median(["cp", "--reflink=always", wheel, copy], copy, options.runs)
                print(f"{name:<8} {'cp --reflink=always':<24} {floor:8.1f} {not_shared(copy):12,}")
    sys.exit("\n".join(failures) or 0)


if __name__ == "__main__":
    main()

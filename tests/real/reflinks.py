"""Wheels written on file systems that share blocks: btrfs and XFS, loop-mounted, XFS also with blocks of 64 KiB. How much of
them is shared, how long that takes beside `cp --reflink=always`, and that the bytes are those that are written on this
system.

    sudo tests/real/reflinks.py WHEEL [--runs 9] [--build build]

WHEEL is one like torch's, whose file `torch/_utils.py` a recipe of patches/torch-2.1.0 changes. Needs root, btrfs-progs,
xfsprogs, and 4 times the wheel's size in the folder of temporary files.
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
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/bench"))

from timing import Command, run  # noqa: E402

MAKERS = {
    "btrfs": ["mkfs.btrfs", "-q"],
    "xfs": ["mkfs.xfs", "-q"],
    "xfs, blocks of 64 KiB": ["mkfs.xfs", "-q", "-b", "size=65536"],
}
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    options = parser.parse_args()

    def patch(wheel: Path, folder: Path) -> tuple[Command, Path]:
        words = ["patch", "-q", "-s", "shared.1", "--patch-dir", ROOT / "patches/torch-2.1.0"]
        name, version, rest = wheel.name.split("-", 2)
        return [options.build / "apps/wheelfix/wheelfix", *words, "-d", folder, wheel], folder / f"{name}-{version}+shared.1-{rest}"

    size = options.wheel.stat().st_size
    with tempfile.TemporaryDirectory() as here:
        command, made = patch(options.wheel, Path(here))
        run(command)
        expected = sha256(made)
        grown = made.stat().st_size - size
    print(f"{options.wheel.name}: {size:,} bytes; the patched one has {grown:,} more. Medians of {options.runs}")
    failures = []
    for name, maker in MAKERS.items():
        with mounted(maker, 2 * size + (1 << 30)) as folder:
            wheel = folder / options.wheel.name
            shutil.copyfile(options.wheel, wheel)
            os.sync()
            copy = folder / "copy"
            command, made = patch(wheel, folder / "out")
            ours = median(command, made, options.runs)
            floor = median(["cp", "--reflink=always", wheel, copy], copy, options.runs)
            own = not_shared(made)
            print(f"{name:<22} patch {ours:7.1f} ms, cp --reflink=always {floor:5.1f} ms; {own:,} bytes of its own")
            if sha256(made) != expected:
                failures.append(f"{name}: other bytes than on this system")
            if own > 8 << 20 and "64" not in name:
                failures.append(f"{name}: blocks aren't shared")
    sys.exit("\n".join(failures) or 0)


if __name__ == "__main__":
    main()

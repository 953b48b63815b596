#!/usr/bin/env python3
"""Times wheelfix-index and its peers on 2,000 wheels of 50 kB that it makes, each in turns with `sha256sum` of the same files.

    python3 tests/bench/index_bench.py [--build build] [--runs 9] [--folder /dev/shm]

The peers are installed from PyPI, as index_requirements.txt pins them, in BUILD/bench-index. Every first run has an output folder of its own, and nothing
is removed before the end: ext4 is slow at making files for some minutes after as many were removed. dumb-pypi, which has its caller list the files, gets
their names alone, and in its second run the list of the first; dir2pi hashes nothing; simple503 copies the files, where the others link. On a busy
machine run it after `chrt -f 1`, as root.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import peers
from timing import Command, Run, run, spread

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "interop"))
from wheels import File, build_wheel  # noqa: E402

WHEELS = 2000
WHEEL_SIZE = 50_000


@dataclass
class Indexer:
    """Its commands index a folder of wheels into an output folder that isn't there yet, and once more."""

    name: str
    first: Callable[[Path, Path], Command]
    second: Callable[[Path, Path], Command]
    indexes_in_place: bool = False  # into WHEELS/simple
    baseline: list[Run] = field(default_factory=list)
    first_runs: list[Run] = field(default_factory=list)
    second_runs: list[Run] = field(default_factory=list)


def indexers(build: Path, bin_folder: Path, names: Path) -> list[Indexer]:
    def ours(wheels: Path, output: Path) -> Command:
        return [build / "apps/wheelfix-index/wheelfix-index", "--quiet", wheels, "--output", output]

    def dir2pi(wheels: Path, output: Path) -> Command:
        return [bin_folder / "dir2pi", wheels]

    def simple503(wheels: Path, output: Path) -> Command:
        return [bin_folder / "simple503", "--copy", "--extract-metadata", wheels, output]

    def dumb_pypi(wheels: Path, output: Path) -> Command:
        options = ["--packages-url", "../../../wheels", "--output-dir", output, "--no-generate-timestamp"]
        return [bin_folder / "dumb-pypi", "--package-list", names, *options]

    def dumb_pypi_again(wheels: Path, output: Path) -> Command:
        return [*dumb_pypi(wheels, output), "--previous-package-list", names]

    return [
        Indexer("wheelfix-index", ours, ours),
        Indexer("dir2pi", dir2pi, dir2pi, indexes_in_place=True),
        Indexer("dumb-pypi", dumb_pypi, dumb_pypi_again),
        Indexer("simple503", simple503, simple503),
    ]


def make_wheels(folder: Path) -> list[Path]:
    content = random.Random(0)
    size = WHEEL_SIZE - 1000  # what else is in a wheel
    return [
        build_wheel(
            folder,
            f"project{i}",
            "1.0",
            {
                f"project{i}/__init__.py": f"number = {i}\n",
                f"project{i}/data": File(content.randbytes(size), method=zipfile.ZIP_STORED),
            },
        )
        for i in range(WHEELS)
    ]


def take_turn(indexer: Indexer, wheels: list[Path], folder: Path) -> None:
    source, output = wheels[0].parent, folder / "output"
    if indexer.indexes_in_place:
        source = folder / "wheels"
        source.mkdir(parents=True)
        for wheel in wheels:
            os.link(wheel, source / wheel.name)
        output = source / "simple"
    else:
        folder.mkdir(parents=True)
    indexer.baseline.append(run(["sha256sum", *wheels]))
    indexer.first_runs.append(run(indexer.first(source, output)))
    indexer.second_runs.append(run(indexer.second(source, output)))
    pages = sum(1 for _ in output.rglob("project*/index.html"))
    if pages != WHEELS:
        raise SystemExit(f"{indexer.name} made {pages} projects' pages, not {WHEELS}")


def tell(indexer: Indexer) -> None:
    first, second, base = indexer.first_runs[1:], indexer.second_runs[1:], indexer.baseline[1:]  # without a warm-up
    ratios = [one.wall / floor.wall for one, floor in zip(first, base, strict=True)]
    walls = [1000 * statistics.median(one.wall for one in runs) for runs in (first, second, base)]
    print(f"{indexer.name:<14} first run {walls[0]:6.0f} ms, second {walls[1]:6.1f} ms; sha256sum {walls[2]:4.0f} ms; first run's ratio {spread(ratios)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--folder", type=Path, default=Path("/dev/shm"))
    options = parser.parse_args()
    bin_folder = peers.installed(options.build, "index")
    folder = Path(tempfile.mkdtemp(prefix="wheelfix-bench-", dir=options.folder))
    try:
        wheels = make_wheels(folder / "wheels")
        names = folder / "names"
        names.write_text("".join(f"{wheel.name}\n" for wheel in wheels))
        size = sum(wheel.stat().st_size for wheel in wheels) / 1e6
        print(f"{len(wheels)} wheels, {size:.0f} MB, in {options.folder}; {os.cpu_count()} cores; medians of {options.runs}")
        print("asked for: a first run of at most 2 times sha256sum, a second run under 30 ms")
        for indexer in indexers(options.build.resolve(), bin_folder, names):
            for turn in range(options.runs + 1):
                take_turn(indexer, wheels, folder / f"{indexer.name}-{turn}")
            tell(indexer)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()

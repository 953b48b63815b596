#!/usr/bin/env python3
"""Times LIEF in its helper, without limits, beside wheelfix's own reader and editor, over libraries of growing size.

    python3 tests/bench/lief_bench.py [--build build] [--runs 3] [--most-written MB] [WHEEL|LIBRARY...]

Of wheels the ELF files over 1 MB are taken. Without arguments it compiles libraries of 2,500 to 20,000 functions whose
addresses stand in a table. A rewrite sets a longer RUNPATH; what is larger than --most-written (25) is only read, for
LIEF's time to rewrite grows with the square of the number of symbols. Seconds are of CPU time, which other work on the
machine disturbs less, and each of these runs on one thread; peaks below 25 MB are this script's own.
"""

from __future__ import annotations

import argparse
import json
import resource
import shlex
import statistics
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from timing import run

ROOT = Path(__file__).resolve().parents[2]
RUNPATH = "$ORIGIN/../" + "x" * 500


class Cost(NamedTuple):
    seconds: float
    peak: float  # resident MB


def compiled(folder: Path, functions: int) -> Path:
    source, library = folder / f"f{functions}.c", folder / f"{functions}-functions.so"
    names = [f"f{i}" for i in range(functions)]
    table = f"int (*const table[])(void) = {{{', '.join(names)}}};\n"
    source.write_text("".join(f"int {name}(void) {{ return 1; }}\n" for name in names) + table)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    return library


def unpacked(wheel: Path, folder: Path) -> Iterator[Path]:
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            if entry.file_size < 1_000_000 or archive.open(entry).read(4) != b"\x7fELF":
                continue
            yield Path(archive.extract(entry, folder))


def libraries(given: list[Path], folder: Path) -> list[Path]:
    if not given:
        return [compiled(folder, functions) for functions in (2500, 5000, 10000, 20000)]
    found = []
    for path in given:
        found += unpacked(path, folder) if path.suffix == ".whl" else [path]
    return sorted(found, key=lambda path: path.stat().st_size)


def median(runs: int, script: str) -> Cost:
    costs = []
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        peak = run(["sh", "-c", script]).peak
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        costs.append(Cost(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak))
    return Cost(statistics.median(cost.seconds for cost in costs), max(cost.peak for cost in costs))


def by_lief(build: Path, library: Path, *words: str) -> str:
    helper = build / "apps/wheelfix-lief/wheelfix-lief"
    return f"exec {shlex.join([str(helper), *words])} < {shlex.quote(str(library))}"


def inspect(build: Path, library: Path) -> str:
    return f"exec {shlex.join([str(build / 'apps/wheelfix/wheelfix'), 'inspect', '--json', str(library)])}"


def edit_library(build: Path, folder: Path, library: Path) -> str:
    """elf_tool, of the tests, takes a request a line; it holds the library in memory."""
    request = {"file": str(library), "out": str(folder / "edited"), "search_path": [RUNPATH]}
    path = folder / "request"
    path.write_text(json.dumps(request))
    return f"exec {shlex.quote(str(build / 'tests/binary/elf_tool'))} < {shlex.quote(str(path))}"


def row(build: Path, library: Path, folder: Path, runs: int, most_written: int) -> str:
    size = library.stat().st_size
    costs = [median(runs, by_lief(build, library, "read")), median(runs, inspect(build, library))]
    if size <= most_written * 1_000_000:
        wanted = ["--soname", library.name, "--needed", "libc.so.6", "--runpath", RUNPATH]
        costs.append(median(runs, by_lief(build, library, "write", *wanted)))
        costs.append(median(runs, edit_library(build, folder, library)))
    cells = [f"{cost.seconds:9.2f} s {cost.peak:5.0f} MB" for cost in costs]
    return f"{library.name[:36]:<36} {size / 1e6:7.1f} MB" + "".join(cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="*", metavar="WHEEL|LIBRARY")
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--most-written", type=int, default=25, metavar="MB")
    options = parser.parse_args()
    columns = "".join(f"{title:>20}" for title in ("LIEF reads", "we read", "LIEF rewrites", "we rewrite"))
    print(f"{'':<47}{columns}")
    with tempfile.TemporaryDirectory() as folder:
        for library in libraries(options.files, Path(folder)):
            print(row(options.build, library, Path(folder), options.runs, options.most_written), flush=True)


if __name__ == "__main__":
    main()

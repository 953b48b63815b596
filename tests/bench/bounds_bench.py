#!/usr/bin/env python3
"""Measures what inputs of less than 10 MB cost each command: none is to take over 256 MB or 5 s.

    python3 tests/bench/bounds_bench.py [--build build] [--keep DIR] [NAME...]

The inputs are made by code. Prints what takes over a quarter of a bound, with the bound next to it, and ends with status 1 if something is over, or
was ended by a signal. The times are a machine's; the memory is much the same on all of them, and grows with `--jobs` if that is over two.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
MEASURE = ROOT / "tests/cli/measure.py"
sys.path.insert(0, str(ROOT / "tests/cli"))

import bounds_inputs  # noqa: E402
import bounds_patches  # noqa: E402

MOST_MB, MOST_SECONDS = 256, 5.0
MOST_INPUT = 10_000_000
STATUSES = {0, 1, 3}  # done, findings, refused


class Cost(NamedTuple):
    status: int
    seconds: float
    megabytes: float
    said: int

    def is_over(self) -> bool:
        return self.seconds > MOST_SECONDS or self.megabytes > MOST_MB or self.status not in STATUSES

    def is_worth_telling(self) -> bool:
        return self.is_over() or self.seconds > MOST_SECONDS / 4 or self.megabytes > MOST_MB / 4


def run(program: Path, words: list[str | Path], log: Path) -> Cost:
    """A runaway is ended after four times the bound."""
    cost = log.with_name("cost")
    with log.open("wb") as out:
        subprocess.run([sys.executable, MEASURE, cost, str(4 * MOST_SECONDS).split(".")[0], program, *words], stdout=out, stderr=out, check=True)
    return Cost(**json.loads(cost.read_text()), said=log.stat().st_size)


def cases(names: set[str], folder: Path) -> Iterator[tuple[str, str, list[str | Path]]]:
    for name, make in bounds_inputs.WHEELS.items():
        if names and name not in names:
            continue
        place = folder / name
        place.mkdir()
        path = make(place)
        if path.stat().st_size > MOST_INPUT:
            raise SystemExit(f"{name} has {path.stat().st_size} bytes")
        for command, words in bounds_inputs.commands(path, place / "out"):
            yield name, command, ["wheelfix", *words]
        yield name, "index", ["wheelfix-index", place]
        shutil.rmtree(place)
    for name, make in bounds_patches.CASES.items():
        if names and name not in names:
            continue
        place = folder / name
        place.mkdir()
        for command, words in make(place):
            yield name, command, ["wheelfix", *words]
        shutil.rmtree(place)
    for name, fill in bounds_inputs.index_folders():
        if names and name not in names:
            continue
        place = folder / name
        place.mkdir()
        fill(place)
        yield name, "index", ["wheelfix-index", place]
        yield name, "index again", ["wheelfix-index", place]
        shutil.rmtree(place)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("--all", action="store_true", help="print all costs")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="wheelfix-bounds-"))
    over = count = 0
    try:
        for name, command, words in cases(set(options.names), folder):
            program = options.build.resolve() / "apps" / words[0] / words[0]
            log = folder / "log"
            cost = run(program, words[1:], log)
            count += 1
            over += cost.is_over()
            if options.all or cost.is_worth_telling():
                mark = "OVER" if cost.is_over() else ""
                print(f"{name:<28} {command:<18} {cost.seconds:6.1f} of {MOST_SECONDS:.0f} s {cost.megabytes:6.0f} of {MOST_MB} MB  status {cost.status:>3} {cost.said / 1e6:7.2f} MB said {mark}", flush=True)  # fmt: skip
                if mark and cost.status not in STATUSES:
                    print("    " + log.read_text(errors="replace")[:300].strip().replace("\n", "\n    "), flush=True)
    finally:
        shutil.rmtree(folder)
    print(f"{count} runs, {over} over a bound")
    sys.exit(over > 0)


if __name__ == "__main__":
    main()

"""Times commands as whole processes.

The machine's speed drifts, so that what is compared is run in turns, one after the other, and the median of the pairs' ratios is what counts.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

Command = Sequence[str | Path]


class Run(NamedTuple):
    wall: float  # seconds
    peak: float  # resident MB of the largest process, as `/usr/bin/time -v` says it


def run(command: Command) -> Run:
    """A command that must succeed; what it says is thrown away."""
    begin = time.perf_counter()
    quiet = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_WRONLY, 0) for fd in (1, 2)]
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=quiet)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - begin
    if status != 0:
        raise SystemExit(f"{command} ended with {os.waitstatus_to_exitcode(status)}")
    return Run(wall, usage.ru_maxrss / 1024)


def versus(
    name: str,
    ours: Command,
    other_name: str,
    other: Command,
    runs: int,
    limit: str,
    prepare: Callable[[], object] = lambda: None,
) -> None:
    pairs = []
    for _ in range(runs + 1):
        prepare()
        our_run = run(ours)
        prepare()
        pairs.append((our_run, run(other)))
    del pairs[0]  # a warm-up, for the page cache
    for title, side in zip((name, f"  {other_name}"), zip(*pairs, strict=True), strict=True):
        wall, peak = statistics.median(one.wall for one in side), max(one.peak for one in side)
        print(f"{title:<34} {wall:8.3f} s {peak:7.0f} MB")
    ratios = [our_run.wall / other_run.wall for our_run, other_run in pairs]
    print(f"  ratio {spread(ratios)}, asked for: {limit}", flush=True)


def once(name: str, command: Command, runs: int, limit: str, prepare: Callable[[], object] = lambda: None) -> None:
    walls = []
    for _ in range(runs + 1):
        prepare()
        walls.append(run(command).wall)
    print(f"{name:<34} {statistics.median(walls[1:]) * 1000:8.1f} ms, asked for: {limit}", flush=True)


def spread(ratios: Sequence[float]) -> str:
    return f"{statistics.median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f})"

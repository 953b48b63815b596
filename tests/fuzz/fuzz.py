#!/usr/bin/env python3
"""Fuzzes targets of the preset fuzz, one after the other, each for so much processor time on a copy of its corpus.

    cmake --preset fuzz && cmake --build --preset fuzz
    tests/fuzz/fuzz.py build-fuzz --cpu-seconds 600 --found found [TARGET...]

Prints a row for each target, as tests/README.md has them. What crashes a target is left in the folder --found: once it
is mended, the input goes into testdata/fuzz/TARGET, which ctest replays. Exit status 1 if there is such an input.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

CORPORA = Path(__file__).resolve().parents[2] / "testdata/fuzz"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Run:
    target: str
    cpu_seconds: float
    executions: int
    edges: int
    found: int

    def row(self) -> str:
        return f"| {self.target} | {self.cpu_seconds:.0f} | {self.executions:,} | {self.edges:,} | {self.found} |"


def processor_time(pid: int) -> float:
    """Seconds that a running process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def wait_for(process: subprocess.Popen[bytes], cpu_seconds: float) -> float:
    """Interrupts a target after that much processor time, if it hasn't ended by then; what it used."""
    interrupted = False
    while True:
        pid, _, usage = os.wait4(process.pid, os.WNOHANG)
        if pid != 0:
            return usage.ru_utime + usage.ru_stime
        if not interrupted and processor_time(process.pid) >= cpu_seconds:
            process.send_signal(signal.SIGINT)
            interrupted = True
        time.sleep(0.5)


def fuzz(build: Path, target: str, cpu_seconds: float, found: Path) -> Run:
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        corpus = Path(folder) / "corpus"
        shutil.copytree(CORPORA / target, corpus)
        before = len(list(found.glob(f"{target}-*")))
        log = found / f"{target}.log"
        options = ["-print_final_stats=1", "-rss_limit_mb=2048", "-timeout=20", f"-artifact_prefix={found}/{target}-"]
        with log.open("wb") as out:
            command = [build / f"tests/fuzz/fuzz_{target}", *options, corpus]
            used = wait_for(subprocess.Popen(command, stderr=out, env={**os.environ, "TMPDIR": folder}), cpu_seconds)
        text = log.read_text(errors="replace")
    executions = re.search(r"stat::number_of_executed_units: (\d+)", text)
    edges = re.findall(r" cov: (\d+)", text)
    after = len(list(found.glob(f"{target}-*")))
    return Run(target, used, int(executions[1]) if executions else 0, int(edges[-1]) if edges else 0, after - before)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=Path, help="the build folder of the preset fuzz")
    parser.add_argument("targets", nargs="*", default=sorted(path.name for path in CORPORA.iterdir()))
    parser.add_argument("--cpu-seconds", type=float, default=600)
    parser.add_argument("--found", type=Path, required=True, help="the folder for what crashes a target, and for logs")
    options = parser.parse_intermixed_args()
    options.found.mkdir(parents=True, exist_ok=True)
    found = 0
    for target in options.targets:
        run = fuzz(options.build, target, options.cpu_seconds, options.found)
        print(run.row(), flush=True)
        found += run.found
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Times `wheelfix doctor` on what is installed in an environment, first and again, against its floors, in turns, and prints the ratios.

    python3 tests/bench/environment_bench.py [--build build] [--runs 5] ENVIRONMENT

ENVIRONMENT: a venv, as that of 400 distributions which `uv pip install --no-deps -r tests/bench/environment_requirements.txt` makes. The floors, of
bench_environment_floor, only look at files and read them on as many threads: those that a first run must read, and those that any run must.
"""

import argparse
import os
import shlex
import shutil
import tempfile
from pathlib import Path

from timing import run, versus

ROOT = Path(__file__).resolve().parents[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("environment", type=Path)
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    (site,) = options.environment.resolve().glob("lib/python*/site-packages")
    count = len(list(site.glob("*.dist-info")))
    command = [f"{options.build}/apps/wheelfix/wheelfix", "doctor", "-q", "--env", options.environment.resolve()]
    # Its status says that it found something.
    doctor = ["sh", "-c", f"{shlex.join(map(str, command))} || test $? = 1"]

    def floor(kind: str) -> list[str]:
        return [f"{options.build}/tests/bench/bench_environment_floor", kind, str(site), str(os.cpu_count())]

    with tempfile.TemporaryDirectory() as caches:
        os.environ["XDG_CACHE_HOME"] = caches

        def forget() -> None:
            shutil.rmtree(f"{caches}/wheelfix", ignore_errors=True)

        versus(f"doctor on {count} distributions", doctor, "look at files and read them", floor("unknown"), options.runs, "below 1 s", forget)
        run(doctor)
        versus("again, by what was kept", doctor, "look at files", floor("known"), options.runs, "a fraction of the first")


if __name__ == "__main__":
    main()

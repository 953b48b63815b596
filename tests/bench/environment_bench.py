#!/usr/bin/env python3
"""Times `wheelfix doctor` on what is installed in an environment against its floor, in turns, and prints the ratio.

    python3 tests/bench/environment_bench.py [--build build] [--runs 5] ENVIRONMENT

ENVIRONMENT: a venv, as that of 400 distributions which `uv pip install --no-deps -r tests/bench/environment_requirements.txt` makes. The floor looks at each
file's size by find, and reads the Python files by cat in as many processes.
"""

import argparse
import os
import shlex
from pathlib import Path

from timing import versus

ROOT = Path(__file__).resolve().parents[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("environment", type=Path)
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    environment = shlex.quote(str(options.environment.resolve()))
    count = len(list(options.environment.glob("lib/python*/site-packages/*.dist-info")))
    # Its status says that it found something.
    doctor = f"{options.build}/apps/wheelfix/wheelfix doctor -q --env {environment} || test $? = 1"
    files = f"find {environment}/lib -name '*.py' -print0 | xargs -0 -n 500 -P {os.cpu_count()} cat"
    versus(
        f"doctor on {count} distributions",
        ["sh", "-c", doctor],
        "find, and cat of Python files",
        ["sh", "-c", f"find {environment}/lib -printf %s; {files}"],
        options.runs,
        "below 1 s",
    )


if __name__ == "__main__":
    main()

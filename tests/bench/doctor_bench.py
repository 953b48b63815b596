#!/usr/bin/env python3
"""Times `wheelfix doctor` over a set of wheels against its floor and its peer, in turns, and again by what the first run kept, and prints the ratios.

    python3 tests/bench/doctor_bench.py [--build build] [--runs 5] [--peer] WHEELS

WHEELS: a folder with a wheel and its dependencies, as torch 2.1.0's 22 (2.8 GB). The floor inflates all of their libraries by libdeflate on as many
threads. `--peer` unpacks them all with the `wheel` package of this Python, to a folder beside WHEELS, and runs ldd over the libraries.
"""

import argparse
import os
import shlex
import shutil
import sys
import tempfile
from pathlib import Path

from timing import run, versus

ROOT = Path(__file__).resolve().parents[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheels", type=Path)
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peer", action="store_true")
    options = parser.parse_args()
    wheels = [shlex.quote(str(path.resolve())) for path in sorted(options.wheels.glob("*.whl"))]
    jobs = os.cpu_count()
    # Its status says that it found something.
    doctor = f"{options.build}/apps/wheelfix/wheelfix doctor -q --no-cache --jobs {jobs} --layout split {' '.join(wheels)} || test $? = 1"
    floor = "; ".join(f"{options.build}/tests/bench/bench_floor inspect {wheel} {jobs}" for wheel in wheels)
    versus(
        f"doctor over {len(wheels)} wheels",
        ["sh", "-c", doctor],
        "libdeflate of their libraries",
        ["sh", "-c", f"set -e; {floor}"],
        options.runs,
        "at most 1.3",
    )
    with tempfile.TemporaryDirectory() as caches:
        os.environ["XDG_CACHE_HOME"] = caches
        second = ["sh", "-c", doctor.replace(" --no-cache", "")]
        run(second)
        walls = sorted(run(second)[0] for _ in range(options.runs))
        print(f"{'again, by what was kept':<34} {1000 * walls[len(walls) // 2]:8.0f} ms")
    if not options.peer:
        return
    out = Path(tempfile.mkdtemp(prefix="wheelfix-bench-", dir=options.wheels.resolve().parent))
    try:
        unpack = "; ".join(f"{sys.executable} -m wheel unpack -d {out} {wheel}" for wheel in wheels)
        wall, peak = run(["bash", "-c", f"set -e; {unpack}; find {out} -name '*.so*' -exec ldd {{}} ';' || true"])
        print(f"{'wheel unpack + ldd':<34} {wall:8.1f} s {peak:7.0f} MB")
    finally:
        shutil.rmtree(out)


if __name__ == "__main__":
    main()

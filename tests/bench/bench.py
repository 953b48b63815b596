#!/usr/bin/env python3
"""Times what wheelfix reads and hashes of a wheel against its floors, in turns, and prints the ratios.

    python3 tests/bench/bench.py [--build build] [--runs 5] torch-2.1.0-cp38-cp38-manylinux1_x86_64.whl

Writes to a folder beside the wheel and removes it. side_by_side.py times what is changed of a wheel.
"""

import argparse
import os
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

from timing import once, versus

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "interop"))
from wheels import build_wheel  # noqa: E402


def wheel_of_100_kb(folder):
    """A wheel of about 100 kB, and a patch of one of its files."""
    random_text = "\n".join(f"value_{i} = {hash((i, 'x')) if i % 2 else i ** 7}" for i in range(3500))
    wheel = build_wheel(folder, "small", "1.0", {f"small/m{i}.py": random_text for i in range(4)} | {"small/__init__.py": "one = 1\n"})
    patch = folder / "small.patch"
    patch.write_text("--- a/small/__init__.py\n+++ b/small/__init__.py\n@@ -1 +1 @@\n-one = 1\n+one = 2\n")
    return wheel, patch


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    wheelfix = str(options.build / "apps/wheelfix/wheelfix")
    floor = str(options.build / "tests/bench/bench_floor")
    patches = ROOT / "patches/torch-2.1.0"
    wheel = options.wheel.resolve()
    print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.0f} MB, {len(zipfile.ZipFile(wheel).namelist())} entries; {os.cpu_count()} cores; medians of {options.runs}")
    out = Path(tempfile.mkdtemp(prefix="wheelfix-bench-", dir=wheel.parent))
    try:
        clean = lambda: [p.unlink() for p in out.glob("*.whl")]  # noqa: E731
        copies = [out / "x" / wheel.name, out / "y" / wheel.name]
        for copy in copies:
            copy.parent.mkdir()
            shutil.copyfile(wheel, copy)
        against = [wheelfix, "verify", "-q", str(copies[0]), "--against", str(copies[1])]
        versus("verify --against", against, "cmp", ["cmp", *map(str, copies)], options.runs, "at most 1.5")
        hashed = [wheelfix, "patch", "--json", "--suffix", "stripe.5", "--patch-dir", str(patches), "-d", str(out), str(wheel)]
        versus("patch --json", hashed, "openssl sha256", ["openssl", "sha256", str(wheel)], options.runs, "at most 2", clean)
        jobs = str(os.cpu_count())
        versus("verify", [wheelfix, "verify", "--jobs", jobs, str(wheel)], "libdeflate + SHA-256 (the floor)", [floor, "verify", str(wheel), jobs],
               options.runs, "at most 1.3, under 100 MB")
        versus("inspect", [wheelfix, "inspect", "--jobs", jobs, str(wheel)], "libdeflate of the libraries", [floor, "inspect", str(wheel), jobs],
               options.runs, "at most 1.3")
        once("wheelfix --version", [wheelfix, "--version"], 20, "under 10 ms")
        small, small_patch = wheel_of_100_kb(out / "small")
        command = [wheelfix, "patch", "-q", "--suffix", "x", "--patch", str(small_patch), "--overwrite", "-d", str(out / "small/out"), str(small)]
        once(f"patch of a wheel of {small.stat().st_size // 1000} kB", command, 20, "under 20 ms")
    finally:
        shutil.rmtree(out)


if __name__ == "__main__":
    main()

"""torch 2.9.0 in a free-threaded Python 3.13, as conda left it: no metadata, and torch/lib without libtorch_global_deps.so.

    tests/real/python313t.sh PYTHON                    # builds it, once
    python3 tests/real/torch_conda.py build/apps/wheelfix/wheelfix PYTHON WHEELS

WHEELS: the folder that `pip download --only-binary=:all: --python-version 3.13 --implementation cp --abi cp313t --abi none
--platform manylinux_2_28_x86_64 --platform manylinux_2_27_x86_64 --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64
torch==2.9.0` filled (3.6 GB). Needs 6 GB in $TMPDIR. The real import and doctor must say the same error; doctor at most 15 lines,
which name the Python, the lost metadata, the file, who loads it, CUDA and the command to type. Whole, both must find nothing,
and after that command too.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

LOST = "torch/lib/libtorch_global_deps.so"
MOST_LINES = 15


def doctor(wheelfix: str, prefix: Path) -> tuple[int, str]:
    begun = time.monotonic()
    run = subprocess.run([wheelfix, "doctor", "--env", prefix], capture_output=True, text=True, check=False)
    print(run.stdout + run.stderr, end="")
    print(f"  {time.monotonic() - begun:.2f} s, exit status {run.returncode}")
    return run.returncode, run.stdout


def last_words(python: Path) -> str:
    run = subprocess.run([python, "-c", "import torch"], capture_output=True, text=True, check=False)
    return (run.stderr.strip().splitlines() or ["imports"])[-1]


def main(wheelfix: str, python_prefix: Path, wheels: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        prefix = Path(scratch, "env")
        shutil.copytree(python_prefix, prefix, symlinks=True)
        site = prefix / "lib/python3.13t/site-packages"
        for wheel in sorted(wheels.glob("*.whl")):
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(site)
        python = prefix / "bin/python3.13t"

        words = last_words(python)
        print(f"== whole: {words}")
        assert "Error" not in words
        status, _ = doctor(wheelfix, prefix)
        assert status == 0

        (site / LOST).unlink()
        (dist_info,) = site.glob("torch-*.dist-info")
        shutil.rmtree(dist_info)
        words = last_words(python)
        print(f"== without metadata and {LOST}: {words}")
        assert words.startswith("OSError: ") and "libtorch_global_deps.so: cannot open shared object file" in words
        status, text = doctor(wheelfix, prefix)
        assert status == 1
        assert len(text.splitlines()) <= MOST_LINES
        for told in (
            "Python 3.13",
            "cp313t",
            LOST,
            words.rpartition("/")[2],
            "loaded by torch/__init__.py",
            "installed without metadata",
            "CUDA 12.8",
            f"{python} -m pip install",
            f"wheelfix repair --env {python}",
        ):
            assert told in text, told

        subprocess.run([wheelfix, "repair", "--env", python], check=True)
        words = last_words(python)
        print(f"== repaired: {words}")
        assert "Error" not in words
        status, _ = doctor(wheelfix, prefix)
        assert status == 0


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))

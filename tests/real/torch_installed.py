"""Repairs torch 2.9.0 where uv installed it, in a free-threaded Python 3.13, and takes that back.

    tests/real/python313t.sh PYTHON                    # builds it, once
    build-dev/venv/bin/python tests/real/torch_installed.py build/apps/wheelfix/wheelfix PYTHON WHEELS

WHEELS: as torch_conda.py says. Needs 7 GB in $TMPDIR. Out of torch go libtorch_global_deps.so and the search path of
torch._C. After `repair` torch imports, uv's cache is as it was, pip and uv are content, and RECORD is right; after `undo`
every byte, mode and time is as before.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "interop"))

from environments import Environment, snapshot, wrong_rows

LOST = "torch/lib/libtorch_global_deps.so"
CUT_OFF = "torch/_C.cpython-313t-x86_64-linux-gnu.so"


def timed(*command: str | Path) -> str:
    begun = time.monotonic()
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    print(f"== {' '.join(map(str, command))}\n{run.stdout}{run.stderr}  {time.monotonic() - begun:.2f} s, exit status {run.returncode}")
    assert run.returncode == 0
    return run.stdout


def main(wheelfix: str, python_prefix: Path, wheels: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        environment = Environment(Path(scratch, "venv"), Path(scratch, "cache"))
        environment.uv("venv", "--python", python_prefix / "bin/python3.13t", environment.folder)
        environment.uv_pip("install", "--no-index", "--find-links", wheels, "torch==2.9.0")
        site = environment.site
        assert (site / LOST).stat().st_nlink > 1, "uv makes hard links"
        assert "Error" not in environment.run("import torch")
        (site / LOST).unlink()
        before = snapshot(environment.folder, compiled=False)
        timed(wheelfix, "patch", "-q", "--env", environment.folder, "--package", "torch", "--remove-rpath", CUT_OFF, "--force")
        cache = environment.cached()
        words = environment.run("import torch")
        print(words)
        assert "libtorch_global_deps.so: cannot open shared object file" in words

        timed(wheelfix, "repair", "--env", environment.folder)
        words = environment.run("import torch; print(torch.ones(3).sum())")
        assert words == "tensor(3.)", words
        assert environment.cached() == cache
        assert wrong_rows(site) == []
        assert "compatible" in environment.uv_pip("check")
        assert "No broken requirements" in environment.pip("check")
        timed(wheelfix, "status", "--env", environment.folder)

        timed(wheelfix, "undo", "--env", environment.folder)
        assert snapshot(environment.folder, compiled=False) == before
        assert environment.cached() == cache


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))

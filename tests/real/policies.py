"""The tag that is true of published and locally built wheels for Linux, and the libraries that they need from outside: `doctor --policy --sysroot /`
against `auditwheel show`, wheel by wheel.

    build-dev/venv/bin/python tests/real/policies.py build/apps/wheelfix/wheelfix FOLDER...

FOLDER has wheels, at any depth; of wheels of one name the first counts. It prints what differs, with the reason if that is known, and the numbers.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "interop"))
from auditwheel_truth import auditwheel_show, differences


# By a part of the difference: why it is there.
KNOWN = {
    "IsADirectoryError": "the wheel has an entry for a folder, which auditwheel opens as a file",
    ", auditwheel musllinux_1_2": "auditwheel takes the newest policy on a machine without musl, also for a wheel that is tagged musllinux_1_1",
}


def policy_of(wheelfix: str, wheel: Path) -> dict:
    run = subprocess.run([wheelfix, "doctor", "--policy", "--sysroot", "/", "--json", wheel], capture_output=True, text=True, check=False)
    told = json.loads(run.stdout)
    return told["wheels"][0]["policy"] if "wheels" in told else {"error": told["error"]["message"]}


def wheels_in(folders: list[Path]) -> list[Path]:
    found: dict[str, Path] = {}
    for folder in folders:
        for wheel in sorted(folder.rglob("*linux*.whl")):
            found.setdefault(wheel.name, wheel)
    return list(found.values())


def main(wheelfix: str, folders: list[Path]) -> int:
    counts: Counter[str] = Counter()
    for wheel in wheels_in(folders):
        policy = policy_of(wheelfix, wheel)
        found = [policy["error"]] if "error" in policy else differences(policy, auditwheel_show(wheel))
        counts["wheels"] += 1
        counts["the same" if not found else "different"] += 1
        counts[f"tag {policy.get('system')}"] += 1
        for line in found:
            why = next((f" ({reason})" for part, reason in KNOWN.items() if part in line), "")
            print(f"{wheel.name}: {line}{why}", flush=True)
    print(", ".join(f"{name}: {count}" for name, count in sorted(counts.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], [Path(folder) for folder in sys.argv[2:]]))

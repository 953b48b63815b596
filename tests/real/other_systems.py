"""Downloads published sets of wheels for other systems than this one, has `wheelfix doctor` examine each, and prints a
table. An error that other_systems.txt doesn't have as a true one is a failure, and so is a true one that isn't found.

    tests/real/other_systems.py [--wheels FOLDER] [--small] [NAME...]

Takes the sets whose first project is NAME, or all. --small: those of less than 3 MB. Wheels stay in FOLDER, where one is
given: all take 2.5 GB. Needs $WHEELFIX, or the release build, and pip.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
WHEELFIX = os.environ.get("WHEELFIX") or str(HERE.parents[1] / "build/apps/wheelfix/wheelfix")


def mac(machine: str, *versions: str) -> list[str]:
    return [f"macosx_{version}_{machine}" for version in versions]


OLD_MACS = ("10_15", "10_14", "10_13", "10_12", "10_10", "10_9", "10_6")
NEW_MACS = ("14_0", "13_0", "12_0", "11_0")


def manylinux(machine: str, *old: str) -> list[str]:
    return [*(f"manylinux_2_{glibc}_{machine}" for glibc in (31, 28, 27, 26, 24, 17)), *(f"{name}_{machine}" for name in old)]


# What pip is asked for.
PLATFORMS = {
    "win_amd64": ["win_amd64"],
    "win_arm64": ["win_arm64"],
    "win32": ["win32"],
    "macos_arm64": mac("arm64", *NEW_MACS) + mac("universal2", *NEW_MACS, *OLD_MACS),
    "macos_x86_64": mac("x86_64", *NEW_MACS, *OLD_MACS) + mac("universal2", *NEW_MACS, *OLD_MACS),
    "macos_universal2": mac("universal2", *NEW_MACS, *OLD_MACS),
    "musllinux_x86_64": ["musllinux_1_2_x86_64", "musllinux_1_1_x86_64"],
    "musllinux_aarch64": ["musllinux_1_2_aarch64", "musllinux_1_1_aarch64"],
    "manylinux_x86_64": manylinux("x86_64", "manylinux2014", "manylinux2010", "manylinux1"),
    "manylinux_aarch64": manylinux("aarch64", "manylinux2014"),
    "manylinux_armv7l": manylinux("armv7l", "manylinux2014"),
    "manylinux_i686": manylinux("i686", "manylinux2014", "manylinux2010", "manylinux1"),
    "manylinux_ppc64le": manylinux("ppc64le", "manylinux2014"),
    "manylinux_s390x": manylinux("s390x", "manylinux2014"),
    "ios": ["ios_13_0_arm64_iphoneos"],
    "ios_simulator": ["ios_13_0_arm64_iphonesimulator"],
    "android": ["android_21_arm64_v8a", "android_24_arm64_v8a"],
    "emscripten": ["pyodide_2024_0_wasm32", "pyodide_2025_0_wasm32", "pyemscripten_2026_0_wasm32"],
}


@dataclass
class WheelSet:
    platform: str
    python: str
    is_small: bool
    projects: list[str]  # NAME==VERSION
    true_errors: Counter[str] = field(default_factory=Counter)  # by code

    def name(self) -> str:
        return f"{self.platform} {self.projects[0]}"

    def folder(self) -> str:
        return f"{self.platform}.{self.projects[0]}"


def read_sets() -> list[WheelSet]:
    sets: list[WheelSet] = []
    platform = ""
    for line in (HERE / "other_systems.txt").read_text().splitlines():
        words = line.partition("#")[0].split()
        if words and words[0].startswith("["):
            platform = words[0].strip("[]")
        elif words and words[0] == "true":
            sets[-1].true_errors[words[1]] = int(words[2])
        elif words:
            sets.append(WheelSet(platform, words[0], words[1] == "small", words[2:]))
    return sets


def download(wheels: WheelSet, folder: Path) -> list[Path]:
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        platforms = [word for platform in PLATFORMS[wheels.platform] for word in ("--platform", platform)]
        command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps"]
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            options = ["--only-binary=:all:", "--python-version", wheels.python, "--dest", f"{scratch}/wheels"]
            subprocess.run([*command, *options, *platforms, *wheels.projects], check=True)
            Path(scratch, "wheels").rename(folder)
    return sorted(folder.glob("*.whl"))


def examine(files: list[Path]) -> list[dict[str, str]]:
    done = subprocess.run([WHEELFIX, "doctor", "--json", *files], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)["findings"]


def check(wheels: WheelSet, files: list[Path]) -> str:
    """Prints a row, and returns what is wrong."""
    findings = examine(files)
    errors = [finding for finding in findings if finding["severity"] == "error"]
    counts = Counter(finding["code"] for finding in errors)
    others = Counter(finding["code"] for finding in findings if finding["severity"] != "error")
    told = ", ".join(f"{count} {code}" for code, count in sorted(others.items()))
    kind = "as expected" if counts == wheels.true_errors else "WRONG"
    print(f"{wheels.name():50} {len(files):2} wheels, {sum(counts.values()):2} errors, {kind}; {told}", flush=True)
    if counts == wheels.true_errors:
        return ""
    rows = [f"  {finding['code']} {finding['path']}: {finding['message']} ({finding['hint']})" for finding in errors]
    return "\n".join([f"{wheels.name()}: expected {dict(wheels.true_errors)}, got {dict(counts)}", *rows])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheels", type=Path)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        failures, count = [], 0
        for wheels in read_sets():
            name = wheels.projects[0].partition("==")[0]
            folder = (options.wheels or Path(scratch)).resolve() / wheels.folder()
            if (options.names and name not in options.names) or (options.small and not wheels.is_small):
                continue
            count += 1
            failures.append(check(wheels, download(wheels, folder)))
    wrong = [failure for failure in failures if failure]
    print(f"{count} sets, {len(wrong)} wrong")
    print(*wrong, sep="\n", end="", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

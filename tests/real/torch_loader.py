"""Called by torch_loader.sh: loads each library of a layout in a new Python, and compares with the simulation.

torch_loader.py LOADER_TOOL LAYOUT FOLDER WHEELS
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "loader"))
from simulation import Simulation

# What is loaded before and after, by the loader's own list, and what it says.
PROBE = """
import ctypes, json, sys

class Info(ctypes.Structure):
    _fields_ = [("address", ctypes.c_void_p), ("name", ctypes.c_char_p)]

def objects():
    names = []
    callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Info), ctypes.c_size_t, ctypes.c_void_p)
    collect = callback(lambda info, size, data: names.append(info.contents.name.decode()) or 0)
    ctypes.CDLL(None).dl_iterate_phdr(collect, None)
    return names

before, error = objects(), ""
try:
    ctypes.CDLL(sys.argv[1])
except OSError as failure:
    error = str(failure)
print(json.dumps({"before": before, "after": objects(), "error": error}))
"""


def real(library: Path) -> dict[str, Any]:
    command = [sys.executable, "-c", PROBE, library]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout)


def by_files(simulation: Simulation, system: dict[str, Any], library: Path, before: list[str]) -> tuple[list[str], str]:
    """From the installed files and the system's: what is newly mapped, and the error."""
    names = [name for name in before if "/" in name and "ld-linux" not in name]
    loads = [{"name": name} for name in [*names, str(library)]]
    answer = simulation(root="/", system=system, program=sys.executable, loads=loads)
    last_before, last = answer["steps"][-2:]
    new = last["objects"][len(last_before["objects"]) :]
    return new, last["failures"][0]["message"] if last["failures"] else ""


def is_about_symbols(error: str) -> bool:
    """The loader found all files, and went on to what a simulation of files doesn't know."""
    return "undefined symbol" in error or "version `" in error


def check(library: Path, folder: Path, simulation: Simulation, system: dict[str, Any], roots: dict[str, Any]) -> str:
    """Empty, or what differs."""
    seen = real(library)
    new = seen["after"][len(seen["before"]) :]
    error = "" if is_about_symbols(seen["error"]) else seen["error"]
    from_files = by_files(simulation, system, library, seen["before"])
    if is_about_symbols(seen["error"]):
        new = from_files[0]  # taken back by the loader
    new = new[: len(from_files[0])]  # after them comes what constructors opened
    if from_files != (new, error):
        return f"from files: {from_files}\nreal: {(new, error)}"
    step = roots[f"/layout/{library.relative_to(folder)}"]
    mapped = [os.path.normpath(name).replace("/layout", str(folder), 1) for name in step["objects"] if "/" in name]
    words = step["failures"][0]["message"].replace("/layout", str(folder)) if step["failures"] else ""
    expected = [os.path.normpath(name) for name in new if name.startswith(str(folder))]
    if (mapped, words) != (expected, error):
        return f"from wheels: {(mapped, words)}\nreal: {(expected, error)}"
    return ""


def main() -> int:
    tool, layout, folder, wheels = sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])
    simulation = Simulation(Path(tool))
    system = {**simulation(below="/", machine="x86_64", hwcaps=[]), "platform": "x86_64"}
    system["subfolders"] = [f"glibc-hwcaps/{name}" for name in system["host_hwcaps"]]
    files = sorted(str(path) for path in wheels.glob("*.whl"))
    simulated = simulation(wheels=files, layout=layout, driver=False)["roots"]
    failures = 0
    errors = 0
    libraries = sorted(path for path in simulated if ".so" in path.rpartition("/")[2])  # others are programs
    for path in libraries:
        library = folder / path.removeprefix("/layout/")
        wrong = check(library, folder, simulation, system, simulated)
        errors += bool(simulated[path]["failures"])
        if wrong:
            failures += 1
            print(f"{library.relative_to(folder)}:\n{wrong}", file=sys.stderr)
    print(f"{len(libraries)} libraries, {errors} of which fail as simulated; {failures} differ")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from simulation import Simulation

GLIBC_LOADER = "/lib64/ld-linux-x86-64.so.2"


@pytest.fixture(scope="module")
def simulation(build_dir: Path) -> Iterator[Simulation]:
    simulation = Simulation(build_dir / "tests/loader/loader_tool")
    yield simulation
    simulation.close()


@pytest.fixture(scope="module")
def glibc() -> dict[str, Any]:
    """What this machine's loader says about itself, and its cache as ldconfig shows it."""
    text = subprocess.run([GLIBC_LOADER, "--list-diagnostics"], check=True, capture_output=True, text=True).stdout
    values = dict(re.findall(r'^([\w.\[\]]+)="?([^"\n]*)"?$', text, re.MULTILINE))
    hwcaps = values["dl_hwcaps_subdirs"].split(":")
    active = int(values["dl_hwcaps_subdirs_active"], 16)
    cache = subprocess.run(["/sbin/ldconfig", "-p"], check=True, capture_output=True, text=True).stdout
    entries = re.findall(r"^\t(\S+) \(libc6,x86-64\) => (\S+)$", cache, re.MULTILINE)
    return {
        "lib": values["dl_dst_lib"],
        "platform": values["dl_platform"],
        "subfolders": [f"glibc-hwcaps/{name}" for i, name in enumerate(hwcaps) if active >> i & 1],
        "folders": [path for name, path in values.items() if name.startswith("path.system_dirs[")],
        "cache": dict(reversed(entries)),
    }


@pytest.fixture(scope="module")
def musl() -> dict[str, Any]:
    folders = Path("/etc/ld-musl-x86_64.path")
    text = folders.read_text() if folders.exists() else "/lib:/usr/local/lib:/usr/lib"
    return {"kind": "musl", "folders": re.split("[:\n]", text.strip())}

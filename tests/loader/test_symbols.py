"""The first symbol or version that a loader doesn't find, compared with the loader: hundreds of small trees of libraries with
versions, weak, hidden and unique symbols, both hash tables, circles, and libraries that were opened before, globally or
not. WHEELFIX_LOADER_SEED repeats a run."""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

from simulation import Simulation
from symbol_trees import SymbolTree, SymbolTreeMaker, compile_driver, run

SEED = int(os.environ.get("WHEELFIX_LOADER_SEED", random.randrange(2**32)))
FOUND = (4141029472,)  # trees that were answered wrongly once
TREES = int(os.environ.get("WHEELFIX_LOADER_TREES", "300"))


LOADERS = {"glibc": "/lib64/ld-linux-x86-64.so.2", "musl": "/lib/ld-musl-x86_64.so.1"}


def simulate(simulation: Simulation, tree: SymbolTree, system: dict[str, Any], kind: str) -> list[str]:
    loads = [{"name": step[1:], "global": step[0] == "G"} for step in tree.steps]
    words = {"library_path": str(tree.root), "program": str(tree.program), "root": "/"}
    return simulation(system=system, loads=loads, bind=LOADERS[kind], **words)["said"]


def kind_of(message: str) -> str:
    kinds = {
        "undefined symbol": "symbol",
        "symbol not found": "symbol",
        "version `": "version",
        "Assertion": "abort",
        "cannot open": "file",
    }
    return next((kind for text, kind in kinds.items() if text in message), message)


def agree(simulation: Simulation, system: dict[str, Any], kind: str, folder: Path) -> Counter[str]:
    print(f"WHEELFIX_LOADER_SEED={SEED}")
    driver = compile_driver(folder / "program", {"glibc": "gcc", "musl": "musl-gcc"}[kind])
    c_library = {"glibc": "libc.so.6", "musl": "libc.so"}[kind]
    seen: Counter[str] = Counter()
    for seed in (*FOUND, *range(SEED, SEED + TREES)):
        tree = SymbolTreeMaker(seed, folder / "tree", driver, c_library, kind).make()
        real, ours = run(tree), simulate(simulation, tree, system, kind)
        if "Assertion" in real[-1]:
            ours = ours[: len(real)]
            assert ours[-1].split(": ", 2)[2] in real[-1], f"WHEELFIX_LOADER_SEED={seed}: {tree.steps}"
            ours[-1] = real[-1]
        assert ours == real, f"WHEELFIX_LOADER_SEED={seed}: {tree.steps}"
        seen.update(map(kind_of, real))
        shutil.rmtree(tree.root)
    return seen


def test_glibc_says_what_the_simulation_says(simulation: Simulation, glibc: dict[str, Any], tmp_path: Path) -> None:
    seen = agree(simulation, glibc, "glibc", tmp_path)
    assert min(seen[kind] for kind in ("", "symbol", "version")) > TREES // 20, seen


def test_musl_says_what_the_simulation_says(simulation: Simulation, musl: dict[str, Any], tmp_path: Path) -> None:
    seen = agree(simulation, musl, "musl", tmp_path)
    assert min(seen[kind] for kind in ("", "symbol")) > TREES // 10, seen

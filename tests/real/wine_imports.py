"""Trees of DLLs, those of tests/loader/windows_trees.py and random ones, loaded by Wine and by our simulation of Windows: the same ones fail because a file or an import isn't
found, and what we say is among what Wine logs.

    tests/real/wine_imports.py [--trees 400] [--seed 1]

Needs the tests' build (`loader_tool` in $WHEELFIX_BUILD_DIR, or else build-dev), and Debian's wine64 and
gcc-mingw-w64-x86-64-win32, which take 900 MB. Wine maps a DLL whose imports are missing, and ends the process when one is
called. So it is asked for its log, which has each of them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / folder) for folder in ("interop", "loader")]

from foreign_images import build_dll  # noqa: E402
from windows_trees import TREES  # noqa: E402

BUILD = Path(os.environ.get("WHEELFIX_BUILD_DIR") or HERE.parents[1] / "build-dev")
WINE = "/usr/lib/wine/wine64"
PROBE = r"""
#include <stdio.h>
#include <string.h>
#include <windows.h>

int main(void) {  /* Loads each path on stdin and prints the error. */
  char path[1024];
  while (fgets(path, sizeof path, stdin)) {
    path[strcspn(path, "\n")] = 0;
    SetLastError(0);
    HMODULE module = LoadLibraryExA(path, 0, LOAD_LIBRARY_SEARCH_DEFAULT_DIRS | LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR);
    printf("%s %lu\n", path, module ? 0 : GetLastError());
    fflush(stdout);
  }
  return 0;
}
"""
FUNCTIONS = ["one", "two", "Three", "three", "?four@@YAHXZ", "five"]


def random_tree(prefix: str, draw: random.Random) -> dict[str, str]:
    """Of DLLs by name, as build_dll takes them. The root is the first. Forwarders lead to later DLLs, never in a circle."""
    names = [f"{prefix}{letter}" for letter in "abcdef"[: draw.randint(2, 6)]]
    exports: dict[str, list[str]] = {}
    tree: dict[str, str] = {}
    for place, name in reversed(list(enumerate(names))):
        given = []
        for number, function in enumerate(draw.sample(FUNCTIONS, draw.randint(3, 6))):
            forward = ""
            if place + 1 < len(names) and draw.random() < 0.25:
                other = draw.choice(names[place + 1 :])
                wanted = draw.choice(exports[other]) if draw.random() < 0.85 else draw.choice(["absent", "#99"])
                forward = "=" + draw.choice([other, other.upper(), prefix + "none"] if draw.random() < 0.1 else [other])
                forward += "." + wanted
            given.append(f"{function}@{2 * number + 1}{forward}")
            exports.setdefault(name, []).extend((function, f"#{2 * number + 1}"))
        tree[name] = "exports " + " ".join(given)
    for place, name in enumerate(names):
        needed = []
        for other in draw.sample(names, draw.randint(1 if place == 0 else 0, min(3, len(names)))):
            if other != name:
                taken = draw.sample(exports[other], draw.randint(1, 4))
                taken += draw.sample(["absent", "#40", "ONE"], draw.random() < 0.1)
                file = draw.choice([other, other.upper()]) + draw.choice([".dll", ".DLL"])
                needed.append(f"{file}:{','.join(taken)}")
        if draw.random() < 0.03:
            needed.append(f"{prefix}gone.dll:one")
        tree[name] = f"machine amd64\nneeded {' '.join(needed)}\n{tree[name]}\n"
    return tree


def with_prefix(prefix: str, tree: dict[str, str]) -> dict[str, str]:
    """A tree of the test under names of its own, because a name that is loaded isn't looked for."""
    renamed = {}
    for name, text in tree.items():
        words = [re.sub(r"^(|.*?=)([a-d])(?=\.)", rf"\g<1>{prefix}\2", word, flags=re.I) for word in text.split(" ")]
        renamed[prefix + name] = f"machine amd64\n{' '.join(words)}\n"
    return renamed


def ask_wine(folder: Path, roots: list[Path]) -> tuple[list[int], dict[str, set[tuple[str, str]]]]:
    """The error of each, and by the file that takes it what wasn't found: the DLL and the function, in lower case."""
    (folder / "probe.c").write_text(PROBE)
    subprocess.run(["x86_64-w64-mingw32-gcc", "-o", folder / "probe.exe", folder / "probe.c"], check=True)
    environment = {**os.environ, "WINEPREFIX": str(folder / "prefix"), "WINEDEBUG": "warn+module"}
    paths = "".join(f"Z:{str(root).replace('/', chr(92))}\n" for root in roots)
    done = subprocess.run(
        [WINE, folder / "probe.exe"], input=paths, capture_output=True, text=True, errors="replace", env=environment
    )
    errors = [int(line.split()[-1]) for line in done.stdout.splitlines()]
    missing: dict[str, set[tuple[str, str]]] = {}
    for dll, function, taker in re.findall(r'No implementation for (\S+?\.dll)\.(\S+) imported from L"(.*?)"', done.stderr, re.I):
        missing.setdefault(taker.split("\\")[-1].lower(), set()).add((dll.lower(), function))
    return errors, missing


def ask_us(files: dict[str, str], roots: list[Path]) -> list[str]:
    request = {"dlls": files, "processes": [[str(root)] for root in roots]}
    tool = BUILD / "tests/loader/loader_tool"
    done = subprocess.run([tool], input=json.dumps(request) + "\n", capture_output=True, text=True, check=True)
    return [said for (said,) in json.loads(done.stdout)["said"]]


def verdict(said: str, error: int, missing: dict[str, set[tuple[str, str]]]) -> str:
    """`right: WHAT`, or what is wrong."""
    if said.endswith(": The specified module could not be found."):
        return "right: a file isn't found" if error == 126 else "wrong"
    if not said:
        return "right: it loads" if error == 0 and not missing else "wrong"
    found = re.fullmatch(r"(\S+): (?:The .*? found\.|The .*? %1\.) (?:ordinal )?(\S+) in (\S+?)(, which.*)?", said)
    if not found or error != 0:
        return "wrong"
    taker, function, dll, forwarder = found.groups()
    is_known = (Path(dll).name.lower(), function) in missing.get(Path(taker).name.lower(), set())
    return ("right: " + ("a forwarder" if forwarder else "an import") + " leads nowhere") if is_known else "wrong"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trees", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    draw = random.Random(options.seed)
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        trees = [with_prefix(f"t{number}x", tree) for number, (tree, _) in enumerate(TREES.values())]
        trees += [random_tree(f"t{number}x", draw) for number in range(len(trees), len(trees) + options.trees)]
        files: dict[str, str] = {}
        for tree in trees:
            for name, text in tree.items():
                path = folder / f"{name}.dll"
                path.write_bytes(build_dll(text))
                files[str(path)] = str(path)
        roots = [folder / f"{next(iter(tree))}.dll" for tree in trees]
        errors, missing = ask_wine(folder, roots)
        said = ask_us(files, roots)
        for number, (tree, error, ours) in enumerate(zip(trees, errors, said, strict=True)):
            of_tree = {taker: found for taker, found in missing.items() if taker.startswith(f"t{number}x")}
            kind = verdict(ours, error, of_tree)
            counts[kind] += 1
            if kind == "wrong":
                print(f"error {error}, {of_tree}\n{ours}", *(f"{name}: {text}" for name, text in tree.items()), sep="\n")
    for kind, count in sorted(counts.items()):
        print(f"{count:5} {kind}")
    return 1 if counts["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())

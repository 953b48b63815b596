"""Called by torch_loader.sh: holds the order in which the patched torch loads CUDA's libraries, the computed order and that
of the module that `wheelfix repair --preload` made, against what the libraries need of each other. The module must name
the libraries that the patched torch does.

    preload_order.py LOADER_TOOL PATCHED_TORCH REPAIRED_TORCH WHEELS
"""

from __future__ import annotations

import ast
import fnmatch
import re
import sys
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "loader"))
from simulation import Simulation


def name_of(path: str) -> str:
    return path.rpartition("/")[2]


def module_libraries(wheel: Path) -> list[str]:
    code = ast.parse(zipfile.ZipFile(wheel).read("torch/_wheelfix_preload.py"))
    (table,) = (
        node.value
        for node in code.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List) and node.value.elts
    )
    return ast.literal_eval(table)


def main() -> int:
    tool, patched, repaired, wheels = (Path(argument) for argument in sys.argv[1:])
    source = zipfile.ZipFile(patched).read("torch/__init__.py").decode()
    table = re.search(r"cuda_libs[^{]*= \{(.*?)\}", source, re.DOTALL)
    assert table, "torch/__init__.py has no table"
    globs = re.findall(r"'(lib[^']+)'", table[1])
    files = sorted(str(path) for path in wheels.glob("*.whl"))
    answer = Simulation(tool)(wheels=files, layout="shared", driver=False)
    computed = answer["preload_order"]
    preloaded = [path for glob in globs for path in computed if fnmatch.fnmatch(name_of(path), glob)]
    assert answer["cycles"] == 0
    needs = {
        (name_of(resolution["object"]), name_of(path))
        for path, step in answer["roots"].items()
        for resolution in step["resolutions"]
        if resolution["needed_by"] == path
    }
    orders = {
        "computed": [name_of(path) for path in computed],
        "patched": [name_of(path) for path in preloaded],
        "module": [name_of(path) for path in module_libraries(repaired)],
    }
    wrong = [
        f"{title}: {after} stands before {before}, which it needs"
        for title, order in orders.items()
        for before, after in sorted(needs)
        if before in order and after in order and order.index(after) < order.index(before)
    ]
    if sorted(orders["module"]) != sorted(orders["patched"]):
        wrong.append("the module names other libraries than the patched torch")
    checked = sum(before in orders["patched"] and after in orders["patched"] for before, after in needs)
    print(f"{len(computed)} libraries, {len(preloaded)} of them in torch's table, where {checked} needs bind them")
    print("computed order of those:", " ".join(name for name in orders["computed"] if name in orders["patched"]))
    print("the module's order:     ", " ".join(orders["module"]))
    print("torch's order:          ", " ".join(orders["patched"]))
    print(*wrong, sep="\n", end="\n" if wrong else "", file=sys.stderr)
    return 1 if wrong or checked == 0 or len(preloaded) < len(globs) else 0


if __name__ == "__main__":
    sys.exit(main())

"""Imports each module of published sets of wheels by the real Python, and compares that with what doctor says.

    build-dev/venv/bin/python tests/real/imports_truth.py --bare ROOT [--wheels FOLDER] [NAME...]

Takes the sets NAME of imports_truth.txt, or all. A module is imported in a process of its own, without network and
display, on this system and on a bare Debian 12 below ROOT, which debootstrap makes if it isn't there; from a venv, from
`split` and from `symlinks`. Doctor examines the wheels in each layout, and the venv. Modules of a wheel that several
sets have are tried in the first of them. Needs root, Debian 12's Python, debootstrap, $WHEELFIX or the release build,
and 6 GB in ROOT; wheels, which are downloaded if they aren't in FOLDER, take 5 GB.

A row: how many modules were tried, fail for another reason than the loader, and fail because of the loader; of those,
how many doctor foresaw (the same words, of the module or in an error) and how many it missed; its errors about modules
that import, or about anything if all do; such warnings; the lines of its report. Exits with 1 if
imports_truth_known.txt doesn't have what was missed or is a false alarm or noise.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from truth_sites import install_split, install_symlinks, install_venv, make_venv, module_of, modules_of, unpack_all

HERE = Path(__file__).resolve().parent
WHEELFIX = os.environ.get("WHEELFIX") or str(HERE.parents[1] / "build/apps/wheelfix/wheelfix")
LOADER_WORDS = re.compile(
    r"([^\s:'\"(]+): (cannot open shared object file|undefined symbol: [^\s,]+|invalid ELF header|file too short"
    r"|version `[^']+' not found|cannot allocate memory in static TLS|cannot enable executable stack"
    r"|wrong ELF class|failed to map segment)"
)
MOST_LINES = 5  # of a report about what imports


def loader_words(text: str) -> set[str]:
    """What the loader says in it, with file names in place of paths."""
    return {f"{found[1].rpartition('/')[2]}: {found[2]}" for found in LOADER_WORDS.finditer(text)}


@dataclass
class WheelSet:
    name: str
    projects: list[str]  # NAME==VERSION
    wheels: list[Path] = field(default_factory=list)
    extensions: list[str] = field(default_factory=list)  # those that no earlier set has
    codes: list[str] = field(default_factory=list)


def read_sets(names: list[str]) -> Iterator[WheelSet]:
    for line in (HERE / "imports_truth.txt").read_text().splitlines():
        words = line.partition("#")[0].split()
        if words and (not names or words[0] in names):
            yield WheelSet(words[0], words[1:])


def download(wheels: WheelSet, folder: Path) -> None:
    if not folder.is_dir():
        options = ["-q", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--dest", folder]
        subprocess.run([sys.executable, "-m", "pip", "download", *options, *wheels.projects], check=True)
    wheels.wheels = sorted(folder.glob("*.whl"))


@dataclass
class Root:
    name: str
    path: Path

    def run(self, *command: str | Path, **options) -> subprocess.CompletedProcess[str]:
        entered = ["unshare", "--net", "chroot", self.path]
        return subprocess.run([*entered, *command], capture_output=True, text=True, check=True, **options)


def make_bare(root: Path) -> None:
    if not (root / "usr/bin/python3").exists():
        include = "--include=python3"
        subprocess.run(["debootstrap", "--variant=minbase", include, "bookworm", root], check=True, stdout=sys.stderr)


def real_words(root: Root, python: Path, sites: list[Path], names: list[str], scratch: Path) -> dict[str, list[str]]:
    """By module, the words of its failure."""
    home = scratch / f"home-{root.name}"
    home.mkdir(exist_ok=True)
    environment = {
        "HOME": str(home),
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONPATH": ":".join(map(str, sites)),
        "PYTHONPYCACHEPREFIX": str(home / "pycache"),
    }
    server = (HERE / "import_server.py").read_text()
    said = root.run(python, "-c", server, input="".join(f"{name}\n" for name in names), env=environment).stdout
    answers = [json.loads(line) for line in said.splitlines() if line.startswith('{"name"')]
    return {answer["name"]: answer["words"] for answer in answers}


def doctor(*arguments: str | Path) -> tuple[list[dict[str, str]], int]:
    """Its findings, and the lines of its report."""
    command = [WHEELFIX, "doctor", *arguments]
    clean = {name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"}
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False, env=clean)
    assert done.returncode in (0, 1), done.stderr
    text = subprocess.run(command, capture_output=True, text=True, check=False, env=clean)
    return json.loads(done.stdout)["findings"], len((text.stdout + text.stderr).splitlines())


@dataclass
class Comparison:
    wheels: WheelSet
    place: str  # root and layout
    tried: int = 0
    other: int = 0  # failures that aren't the loader's
    failures: dict[str, set[str]] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    false_alarms: list[str] = field(default_factory=list)
    false_warnings: list[str] = field(default_factory=list)
    lines: int = 0

    def row(self) -> str:
        found = f"{len(self.failures):5}{len(self.failures) - len(self.missed):5}{len(self.missed):5}"
        false = f"{len(self.false_alarms):5}{len(self.false_warnings):5}"
        return f"{self.wheels.name:18}{self.place:16}{self.tried:5}{self.other:5}{found}{false}{self.lines:5}"


HEADER = f"{'set':18}{'place':16}tried other fails seen miss false warn lines"


def compare(result: Comparison, real: dict[str, list[str]], findings: list[dict[str, str]]) -> None:
    said = {name: set().union(*map(loader_words, words)) for name, words in real.items()}
    result.failures = {name: words for name, words in said.items() if words}
    result.tried = len(real)
    result.other = sum(1 for name, words in real.items() if words and not said[name])
    of_module: dict[str, set[str]] = {}
    errors: set[str] = set()
    for finding in findings:
        words = loader_words(finding["message"])
        if finding["code"] == "needs-driver":
            errors |= {f"{finding['message'].split()[1].rstrip(',')}: cannot open shared object file"}
        if finding["code"] in ("import-fails", "needs-import-first"):
            of_module.setdefault(module_of(finding["path"]) or "", set()).update(words)
        if finding["severity"] == "error":
            errors |= words
    for name, words in sorted(result.failures.items()):
        if not words & (of_module.get(name, set()) | errors):
            result.missed.append(f"{name}: {'; '.join(real[name])[:600]}")
    for finding in findings:
        name = module_of(finding["path"]) or ""
        text = f"{finding['code']} {finding['path']}: {finding['message']} ({finding['hint']})"
        is_error = finding["severity"] == "error"
        if finding["code"] == "import-fails" and real.get(name) == []:
            (result.false_alarms if is_error else result.false_warnings).append(f"imports: {text}")
        elif is_error and finding["code"] != "import-fails" and not result.failures:
            result.false_alarms.append(f"all imports: {text}")


def predictions(root: Root, folder: Path, wheels: WheelSet) -> Iterator[tuple[str, str, tuple[str | Path, ...]]]:
    """What is examined, the layout that it is the prediction for, and the arguments."""
    for name, layout in (("shared", "venv"), ("split", "split"), ("symlinks", "symlinks")):
        yield name, layout, ("--layout", name, "--sysroot", root.path, *wheels.wheels)
    within = root.path / str(folder).lstrip("/")
    yield "env", "venv", ("--env", within / "venv", "--sysroot", root.path)


def examine(wheels: WheelSet, root: Root, folder: Path, sites: list[Path]) -> list[Comparison]:
    pythons = {"venv": folder / "venv", "split": folder / "empty", "symlinks": folder / "symlinks"}
    names = wheels.extensions + wheels.codes
    real = {
        layout: real_words(root, prefix / "bin/python3", sites if layout == "split" else [], names, folder)
        for layout, prefix in pythons.items()
    }
    results = []
    for examined, layout, arguments in predictions(root, folder, wheels):
        result = Comparison(wheels, f"{root.name} {examined}")
        findings, result.lines = doctor(*arguments)
        compare(result, real[layout], findings)
        results.append(result)
    return results


def run_set(wheels: WheelSet, roots: list[Root], scratch: Path) -> list[Comparison]:
    folder = scratch / wheels.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    install_venv(folder / "venv", wheels.wheels)
    make_venv(folder / "empty")
    unpacked = unpack_all(folder / "wheels", wheels.wheels)
    sites = install_split(folder / "split", unpacked)
    install_symlinks(folder / "symlinks", unpacked)
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda root: examine(wheels, root, folder, sites), roots))
    shutil.rmtree(folder)
    return [result for of_root in results for result in of_root]


def read_known() -> dict[str, str]:
    """Patterns of what is missed or a false alarm, and why that stays."""
    lines = (HERE / "imports_truth_known.txt").read_text().splitlines()
    return dict(line.split("\t", 1) for line in lines if line and not line.startswith("#"))


def places_by_text(results: list[Comparison]) -> dict[tuple[str, str], list[str]]:
    """By kind and text, the roots and layouts."""
    found: dict[tuple[str, str], list[str]] = {}
    for result in results:
        noise = [f"{result.lines} lines, and all imports"] if result.lines > MOST_LINES and not result.failures else []
        kinds = {
            "missed": result.missed,
            "false alarm": result.false_alarms,
            "false warning": result.false_warnings,
            "noise": noise,
        }
        for kind, texts in kinds.items():
            for text in texts:
                short = re.sub(r"/truth/[^/]+/(split|symlinks|venv)/\S+/", "", text)
                found.setdefault((kind, short), []).append(result.place)
    return found


def report(results: list[Comparison], known: dict[str, str]) -> int:
    """Prints rows and what is wrong, and returns how much of that isn't known."""
    for result in results:
        print(result.row(), flush=True)
    unknown = 0
    for (kind, text), places in places_by_text(results).items():
        why = next((why for pattern, why in known.items() if re.search(pattern, f"{kind}: {text}")), None)
        unknown += why is None
        print(f"    {'KNOWN ' if why else ''}{kind} in {len(places)} ({places[0]}...): {text}", flush=True)
    return unknown


def total(results: list[Comparison]) -> Comparison:
    whole = Comparison(WheelSet("all", []), "")
    for result in results:
        whole.tried += result.tried
        whole.other += result.other
        whole.lines = max(whole.lines, result.lines)
        for name in result.failures:
            whole.failures[f"{result.wheels.name} {result.place} {name}"] = set()
        whole.missed += result.missed
        whole.false_alarms += result.false_alarms
        whole.false_warnings += result.false_warnings
    return whole


def enter_mounts(bare: Path) -> None:
    """Runs this program again with mounts of its own: the bare root's /truth here too, at the same path."""
    if os.environ.get("IN_MOUNTS"):
        return
    Path("/truth").mkdir(exist_ok=True)
    (bare / "truth").mkdir(exist_ok=True)
    mounts = f"mount --bind '{bare}/truth' /truth && mount --bind /proc '{bare}/proc' && mount --bind /dev '{bare}/dev'"
    os.environ["IN_MOUNTS"] = "1"
    os.execvp("unshare", ["unshare", "-m", "sh", "-c", f'{mounts} && exec "$0" "$@"', sys.executable, *sys.argv])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bare", type=Path, required=True)
    parser.add_argument("--wheels", type=Path)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    bare = options.bare.resolve()
    make_bare(bare)
    enter_mounts(bare)
    roots = [Root("here", Path("/")), Root("bare", bare)]
    wheels_folder = (options.wheels or Path("/truth/wheels")).resolve()
    seen: set[str] = set()
    projects: set[str] = set()
    unknown, sets = 0, 0
    everything: list[Comparison] = []
    print(HEADER)
    for wheels in read_sets(options.names):
        download(wheels, wheels_folder / wheels.name)
        for wheel in wheels.wheels:
            if wheel.name not in seen:
                extensions, codes = modules_of(wheel)
                wheels.extensions += sorted(extensions)
                wheels.codes += sorted(codes)
        seen |= {wheel.name for wheel in wheels.wheels}
        projects |= set(wheels.projects)
        sets += 1
        results = run_set(wheels, roots, Path("/truth"))
        unknown += report(results, read_known())
        everything += results
    print(total(everything).row())
    print(f"{sets} sets, {len(projects)} distributions; {unknown} that imports_truth_known.txt doesn't have")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())

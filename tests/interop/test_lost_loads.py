"""Random edits of made wheels: `wheelfix patch` refuses those, and only those, after which a module no longer imports that
imported before. Python and its loader are the judges: each module is imported in a process of its own, from the source
and from the edited wheel, which --force writes. A module that lacks what another wheel may have is imported where the
system has that."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from small_wheels import Compiler, Lib, source
from wheels import build_wheel

LOADS_ONE = "import ctypes, os\nctypes.CDLL(os.path.join(os.path.dirname(__file__), 'libone.so'))\n"
LIBS = "$ORIGIN/../app.libs"
# Each module's process begins as a copy of this one.
IMPORT_EACH = """
import importlib, os, sys
for name in sys.argv[1:]:
    if os.fork() == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        importlib.import_module(name)
        print(name, flush=True)
        os._exit(0)
    os.wait()
"""


@dataclass(frozen=True)
class Shape:
    libs: tuple[Lib, ...]
    init: str = ""


SHAPES = {
    "inherited-rpath": Shape(
        (
            Lib("app/_C.so", ("libone.so",), LIBS, "rpath"),
            Lib("app/_D.so", ("libtwo.so", "libthree.so"), LIBS, "rpath"),
            Lib("app.libs/libone.so", ("libtwo.so",)),
            Lib("app.libs/libtwo.so", ("libthree.so",)),
            Lib("app.libs/libthree.so"),
        )
    ),
    "own-runpaths": Shape(
        (
            Lib("app/_C.so", ("libone.so", "libthree.so"), LIBS),
            Lib("app/sub/_D.so", ("libtwo.so",), "$ORIGIN/../../app.libs"),
            Lib("app.libs/libone.so", ("libtwo.so",), "$ORIGIN"),
            Lib("app.libs/libtwo.so", ("libthree.so",), "$ORIGIN"),
            Lib("app.libs/libthree.so"),
        )
    ),
    "mixed": Shape(
        (
            Lib("app/_C.so", ("libone.so",), f"$ORIGIN/lib:{LIBS}", "rpath"),
            Lib("app/_D.so", ("libfour.so", "libnowhere.so"), "$ORIGIN/lib"),
            Lib("app/lib/libfour.so", ("libtwo.so",), "$ORIGIN/../../app.libs", "rpath"),
            Lib("app.libs/libone.so", ("libtwo.so", "libfour.so")),
            Lib("app.libs/libtwo.so", ("libthree.so",), "$ORIGIN"),
            Lib("app.libs/libthree.so", ("libone.so",)),
        )
    ),
    "loaded-by-code": Shape(
        (
            Lib("app/_C.so", ("libone.so",)),
            Lib("app/_D.so", ("libthree.so",), "$ORIGIN"),
            Lib("app/libone.so", ("libtwo.so",), "$ORIGIN", "rpath"),
            Lib("app/libtwo.so", ("libthree.so",)),
            Lib("app/libthree.so"),
        ),
        LOADS_ONE,
    ),
}
EDITS = 90  # of each shape


def compile_lib(compiler: Compiler, lib: Lib) -> bytes:
    """Without a reference to what it needs: of libraries alone, not of symbols, does the simulation know."""
    needed = [compiler.link(compiler.folder / "any" / name, source(Lib(f"any/{name}")), name) for name in lib.needs]
    tags = "--enable-new-dtags" if lib.kind == "runpath" else "--disable-new-dtags"
    path = [f"-Wl,-rpath,{lib.path}", f"-Wl,{tags}"] if lib.path else []
    text = source(replace(lib, needs=()))
    return compiler.link(compiler.folder / "built" / lib.entry, text, lib.soname, *needed, *path).read_bytes()


class Edits:
    """Options of `wheelfix patch`, at random."""

    def __init__(self, shape: Shape, others: list[Path], seed: int) -> None:
        self.random = random.Random(seed)
        self.libs, self.others = shape.libs, others

    def options(self) -> list[str]:
        makers = [self.path, self.path, self.path, self.needed, self.needed, self.soname, self.removal, self.replacement]
        chosen = self.random.sample(makers, self.random.choice((1, 1, 1, 2)))
        return [str(word) for make in chosen for word in make()]

    def lib(self) -> Lib:
        return self.random.choice(self.libs)

    def name(self) -> str:
        return self.random.choice([*(lib.soname for lib in self.libs if not lib.is_module), "libm.so.6", "libnew.so"])

    def glob(self) -> str:
        return self.random.choice([self.lib().entry, self.lib().entry, "*", "app/*", "app.libs/*", "*libt*"])

    def path(self) -> list[str]:
        folders = ["$ORIGIN", "$ORIGIN/../app.libs", "$ORIGIN/../app", "$ORIGIN/lib", "$ORIGIN/../nowhere"]
        path = ":".join(self.random.sample(folders, self.random.choice((1, 2))))
        kind = ["--rpath-kind", self.random.choice(["keep", "keep", "rpath", "runpath"])]
        option = self.random.choice(["set", "add", "add", "remove"])
        if option == "remove":
            return ["--remove-rpath", self.glob()]
        return [f"--{option}-rpath", f"{self.glob()}={path}", *kind]

    def needed(self) -> list[str]:
        option = self.random.choice(["add", "remove", "replace"])
        if option == "add":
            return ["--add-needed", f"{self.glob()}={self.name()}"]
        lib = self.random.choice([lib for lib in self.libs if lib.needs])
        old = self.random.choice(lib.needs)
        if option == "remove":
            return ["--remove-needed", f"{lib.entry}={old}"]
        return ["--replace-needed", f"{lib.entry}={old}:{self.name()}"]

    def soname(self) -> list[str]:
        return ["--set-soname", f"{self.lib().entry}={self.name()}"]

    def removal(self) -> list[str]:
        return ["--remove", self.lib().entry]

    def replacement(self) -> list[str]:
        entry = self.random.choice([lib for lib in self.libs if not lib.is_module]).entry
        return ["--remove", entry, "--add", f"{entry}={self.random.choice(self.others)}"]


class Judge:
    """Which modules Python imports."""

    def __init__(self, folder: Path, shape: Shape, source: Path, system: Path) -> None:
        self.folder, self.system = folder, str(system)
        modules = [lib.entry for lib in shape.libs if lib.is_module]
        self.modules = {"app": "app/__init__.py"}
        self.modules |= {entry.removesuffix(".so").replace("/", "."): entry for entry in modules}
        self.alone, self.helped = self.imports(source), self.imports(source, self.system)

    def imports(self, wheel: Path, library_path: str = "") -> set[str]:
        """The entries of those that it does."""
        site = self.folder / wheel.stem
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(site)
        command = [sys.executable, "-c", IMPORT_EACH, *self.modules]
        environment = {"PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1", "LD_LIBRARY_PATH": library_path}
        said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        return {self.modules[name] for name in said.split()}

    def broken(self, edited: Path) -> set[str]:
        """Of the modules that are in both wheels."""
        lost = self.alone - self.imports(edited)
        lost |= self.helped - self.alone - self.imports(edited, self.system)
        return {entry for entry in lost if (self.folder / edited.stem / entry).exists()}


def told(stderr: str, entries: set[str]) -> set[str]:
    """The modules of these that are said to load no more."""
    found = re.findall(r"^error: (\S+): .* \[no-longer-loads\]$", stderr, re.MULTILINE)
    assert found, stderr
    return set(found) & entries


@pytest.mark.parametrize("name", SHAPES)
def test_a_patch_is_refused_where_a_module_no_longer_imports(name: str, wheelfix, tmp_path: Path) -> None:
    shape = SHAPES[name]
    compiler = Compiler("gcc", tmp_path)
    files: dict[str, bytes | str] = {lib.entry: compile_lib(compiler, lib) for lib in shape.libs}
    files["app/__init__.py"] = shape.init
    if any(lib.entry.startswith("app/sub/") for lib in shape.libs):
        files["app/sub/__init__.py"] = ""
    wheel = build_wheel(tmp_path, "app", "1.0", files, tag="py3-none-manylinux_2_17_x86_64")
    others = [tmp_path / "built" / lib.entry for lib in shape.libs if not lib.is_module]
    for absent in ("libnowhere.so", "libnew.so"):
        compiler.link(tmp_path / "system" / absent, source(Lib(f"any/{absent}")), absent)
    judge = Judge(tmp_path / "sites", shape, wheel, tmp_path / "system")
    edits = Edits(shape, others, seed=len(name))
    outcomes = {"written": 0, "refused": 0}
    for number in range(EDITS):
        options = [*edits.options(), "-q", "-d", tmp_path / "out", wheel, "--suffix", f"x.{number}"]
        forced = wheelfix("patch", "--force", *options)
        if forced.returncode != 0:  # a name that isn't there, two options for one entry: no matter of loading
            assert "no-longer-loads" not in forced.stderr
            continue
        broken = judge.broken(Path(forced.stdout.strip()))
        result = wheelfix("patch", "--overwrite", *options)
        assert result.returncode == (3 if broken else 0), f"{options}: {broken} {result.stderr}"
        if broken and "loaded by app/__init__.py" not in result.stderr:  # that is what no module comes after
            assert told(result.stderr, broken) == broken, f"{options}: {result.stderr}"
        outcomes["refused" if broken else "written"] += 1
    assert min(outcomes.values()) > EDITS // 10, outcomes

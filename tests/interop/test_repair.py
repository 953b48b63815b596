"""Wheels of small libraries, each installed in a folder of its own: their modules don't import as they are, and do once
`wheelfix repair` wrote those that need it. Python and its loader are the judges, and musl's loader of what is for
musl."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from wheels import build_wheel

MUSL_LOADER = "/lib/ld-musl-x86_64.so.1"
# An extension module by what Python's ABI says of one, for Python's headers may not be there. It gives the sum of what
# the libraries that it needs return.
MODULE = """
static struct {{
  long count; void *type, *init; long index; void *copy; const char *name, *doc; long size; void *rest[5];
}} module = {{1, 0, 0, 0, 0, "{name}", 0, -1, {{0}}}};
void *PyModule_Create2(void *, int);
int PyModule_AddIntConstant(void *, const char *, long);
{declarations}
void *PyInit_{name}(void) {{
  void *made = PyModule_Create2(&module, 1013);
  PyModule_AddIntConstant(made, "value", {sum});
  return made;
}}
"""


@dataclass(frozen=True)
class Lib:
    """A library of a wheel, or a module: what it needs, and its search path."""

    entry: str
    needs: tuple[str, ...] = ()
    path: str = ""
    kind: str = "runpath"

    @property
    def project(self) -> str:
        return self.entry.split("/")[0]

    @property
    def soname(self) -> str:
        return Path(self.entry).name

    @property
    def is_module(self) -> bool:
        return not self.soname.startswith("lib")


def function(soname: str) -> str:
    return soname.removesuffix(".so")


def source(lib: Lib) -> str:
    if not lib.is_module:
        return f"int {function(lib.soname)}(void) {{ return {len(lib.soname)}; }}\n"
    declarations = "\n".join(f"int {function(name)}(void);" for name in lib.needs)
    total = " + ".join(["0", *(f"{function(name)}()" for name in lib.needs)])
    return MODULE.format(name=function(lib.soname), declarations=declarations, sum=total)


class Compiler:
    def __init__(self, program: str, folder: Path) -> None:
        self.program, self.folder = program, folder

    def link(self, output: Path, text: str, soname: str, *more: str | Path) -> Path:
        output.parent.mkdir(parents=True, exist_ok=True)
        code = self.folder / "code.c"
        code.write_text(text)
        flags = ["-shared", "-fPIC", "-Wl,--no-as-needed", f"-Wl,-soname,{soname}", "-Wl,--allow-shlib-undefined"]
        subprocess.run([self.program, *flags, code, "-o", output, *more], check=True)
        return output

    def build(self, lib: Lib) -> bytes:
        """Against stand-ins of what it needs, so that needs may go in a circle."""
        needed = [
            self.link(self.folder / "stand-ins" / name, source(Lib(f"any/{name}")), name) for name in lib.needs
        ]
        tags = "--enable-new-dtags" if lib.kind == "runpath" else "--disable-new-dtags"
        path = [f"-Wl,-rpath,{lib.path}", f"-Wl,{tags}"] if lib.path else []
        return self.link(self.folder / "built" / lib.soname, source(lib), lib.soname, *needed, *path).read_bytes()


def make_wheels(folder: Path, compiler: Compiler, libs: list[Lib], platform: str) -> list[Path]:
    files: dict[str, dict[str, bytes | str]] = {}
    for lib in libs:
        files.setdefault(lib.project, {f"{lib.project}/__init__.py": ""})[lib.entry] = compiler.build(lib)
    return [build_wheel(folder, name, "1.0", content, tag=f"py3-none-{platform}") for name, content in files.items()]


class Sites:
    """Wheels installed by the layout `split`."""

    def __init__(self, folder: Path, wheels: list[Path]) -> None:
        self.folders = []
        for wheel in wheels:
            self.folders.append(folder / wheel.name.split("-")[0])
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(self.folders[-1])

    def run_python(self, code: str) -> str:
        """What it prints, or the last line of its traceback."""
        environment = {"PYTHONPATH": ":".join(map(str, self.folders)), "PYTHONDONTWRITEBYTECODE": "1"}
        result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
        return (result.stdout or result.stderr.splitlines()[-1]).strip()


def repaired(wheels: list[Path], written: str) -> list[Path]:
    """The set, with new wheels in place of those that they were made of."""
    new = {Path(line).name.split("-")[0]: Path(line) for line in written.splitlines()}
    return [new.get(wheel.name.split("-")[0], wheel) for wheel in wheels]


@dataclass(frozen=True)
class Case:
    libs: list[Lib]
    fails: dict[str, str]  # the library that misses, by module
    written: set[str]
    options: tuple[str, ...] = ()


CASES = {
    "no-path": Case([Lib("app/_C.so", ("libone.so",)), Lib("one/libone.so")], {"_C": "libone.so"}, {"app"}),
    "chain-over-three": Case(
        [
            Lib("app/_C.so", ("libone.so",), "$ORIGIN/../one"),
            Lib("one/libone.so", ("libtwo.so",)),
            Lib("two/libtwo.so", ("libthree.so",)),
            Lib("three/lib/libthree.so"),
        ],
        {"_C": "libone.so"},
        {"app"},
    ),
    "runpath-cuts": Case(
        [
            Lib("app/_C.so", ("libone.so",), "$ORIGIN/../../one/one", "rpath"),
            Lib("one/libone.so", ("libtwo.so", "libthree.so"), "$ORIGIN/../two:$ORIGIN"),
            Lib("one/libthree.so"),
            Lib("two/libtwo.so"),
        ],
        {"_C": "libtwo.so"},
        {"one"},
    ),
    "circle": Case(
        [
            Lib("app/_C.so", ("libone.so",)),
            Lib("one/libone.so", ("libtwo.so",)),
            Lib("two/libtwo.so", ("libone.so",), "$ORIGIN"),
        ],
        {"_C": "libone.so"},
        {"app"},
    ),
    "two-modules": Case(
        [
            Lib("app/_C.so", ("libone.so",)),
            Lib("app/_D.so", ("libtwo.so",), "$ORIGIN"),
            Lib("one/libone.so"),
            Lib("two/libtwo.so"),
        ],
        {"_C": "libone.so", "_D": "libtwo.so"},
        {"app"},
    ),
    "two-modules-one-library": Case(
        [Lib("app/_C.so", ("libone.so",)), Lib("app/_D.so", ("libone.so",)), Lib("one/libone.so")],
        {"_C": "libone.so", "_D": "libone.so"},
        {"app"},
    ),
    "runpath-only": Case(
        [
            Lib("app/_C.so", ("libone.so",), "$ORIGIN", "rpath"),
            Lib("one/libone.so", ("libtwo.so",)),
            Lib("two/libtwo.so"),
        ],
        {"_C": "libone.so"},
        {"app", "one"},
        ("--rpath-kind", "runpath"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_fails_imports_once_it_is_repaired(name: str, wheelfix, tmp_path: Path) -> None:
    case = CASES[name]
    wheels = make_wheels(tmp_path, Compiler("gcc", tmp_path), case.libs, "manylinux_2_17_x86_64")
    before = Sites(tmp_path / "before", wheels)
    for module, missing in case.fails.items():
        said = before.run_python(f"import app.{module}")
        assert said == f"ImportError: {missing}: cannot open shared object file: No such file or directory"

    options = ["--layout", "split", "-s", "x.1", "-d", tmp_path / "new", *case.options]
    written = wheelfix.done("repair", *options, *wheels)
    assert {Path(line).name.split("-")[0] for line in written.splitlines()} == case.written
    wheelfix.done("verify", *written.splitlines())
    after = Sites(tmp_path / "after", repaired(wheels, written))
    for lib in case.libs:
        if lib.is_module:
            expected = str(sum(len(name) for name in lib.needs))
            module = function(lib.soname)
            assert after.run_python(f"import app.{module}; print(app.{module}.value)") == expected
    assert wheelfix.done("repair", *options, "--overwrite", *repaired(wheels, written)) == ""


def test_the_failure_that_is_left_is_the_one_that_python_tells(wheelfix, tmp_path: Path) -> None:
    libs = [Lib("app/_C.so", ("libone.so",)), Lib("one/libone.so", ("libtwo.so",), "$ORIGIN"), Lib("two/libtwo.so")]
    app, one, two = make_wheels(tmp_path, Compiler("gcc", tmp_path), libs, "manylinux_2_17_x86_64")
    options = ["--layout", "split", "-s", "x.1", "-d", tmp_path / "new", app, "--with", one, "--with", two]
    refused = wheelfix("repair", *options)
    assert (refused.returncode, refused.stdout) == (3, "")
    assert not (tmp_path / "new").exists()
    (told,) = re.findall(r"^error: app/_C.so: (.*) \[import-fails\]$", refused.stderr, re.MULTILINE)
    partly = json.loads(wheelfix.done("repair", "--keep-going", "--json", *options))
    (new,) = (Path(wheel["output"]) for wheel in partly["wheels"])
    assert Sites(tmp_path / "sites", [new, one, two]).run_python("import app._C") == f"ImportError: {told}"


def listed(library: Path) -> tuple[int, str]:
    result = subprocess.run([MUSL_LOADER, "--list", library], capture_output=True, text=True)
    return result.returncode, result.stdout + result.stderr


def test_libraries_for_musl(wheelfix, tmp_path: Path) -> None:
    libs = [
        Lib("app/libapp.so", ("libone.so",)),
        Lib("one/libone.so", ("libtwo.so",), "$ORIGIN/../two"),
        Lib("two/libtwo.so", ("libthree.so",)),
        Lib("three/libthree.so"),
    ]
    compiler = Compiler("musl-gcc", tmp_path)
    # Named as a module; it has no code of one, for Python is of glibc here.
    files = {lib.project: {lib.entry.replace("libapp", "_C"): compiler.build(lib)} for lib in libs}
    tag = "py3-none-musllinux_1_1_x86_64"
    wheels = [build_wheel(tmp_path, name, "1.0", content, tag=tag) for name, content in files.items()]
    before = Sites(tmp_path / "before", wheels)
    status, said = listed(before.folders[0] / "app/_C.so")
    assert status != 0 and "Error loading shared library libone.so: No such file or directory" in said

    written = wheelfix.done("repair", "--layout", "split", "-s", "x.1", "-d", tmp_path / "new", *wheels)
    assert [Path(line).name.split("-")[0] for line in written.splitlines()] == ["app"]
    after = Sites(tmp_path / "after", repaired(wheels, written))
    status, said = listed(after.folders[0] / "app/_C.so")
    found = dict(re.findall(r"(\S+) => (\S+)", said))
    assert status == 0, said
    for lib in libs[1:]:
        assert Path(found[lib.soname]).resolve() == tmp_path / "after" / lib.project / lib.entry

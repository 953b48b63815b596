"""Wheels of small libraries and extension modules, and what Python makes of them where each is installed in a folder of
its own."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from wheels import build_wheel

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
    other_soname: str = ""

    @property
    def project(self) -> str:
        return self.entry.split("/")[0]

    @property
    def soname(self) -> str:
        return self.other_soname or Path(self.entry).name

    @property
    def is_module(self) -> bool:
        return not self.soname.startswith("lib")


def function(soname: str) -> str:
    return soname.partition(".so")[0]


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

    def build(self, lib: Lib, more_code: str = "") -> bytes:
        """Against stand-ins of what it needs, so that needs may go in a circle."""
        needed = [self.link(self.folder / "stand-ins" / name, source(Lib(f"any/{name}")), name) for name in lib.needs]
        tags = "--enable-new-dtags" if lib.kind == "runpath" else "--disable-new-dtags"
        path = [f"-Wl,-rpath,{lib.path}", f"-Wl,{tags}"] if lib.path else []
        return self.link(self.folder / "built" / lib.soname, source(lib) + more_code, lib.soname, *needed, *path).read_bytes()


def make_wheels(folder: Path, compiler: Compiler, libs: list[Lib], platform: str, init: str | bytes = "") -> list[Path]:
    """One for each project, a package whose code `init` is."""
    files: dict[str, dict[str, bytes | str]] = {}
    for lib in libs:
        files.setdefault(lib.project, {f"{lib.project}/__init__.py": init})[lib.entry] = compiler.build(lib)
    return [build_wheel(folder, name, "1.0", content, tag=f"py3-none-{platform}") for name, content in files.items()]


class Sites:
    """Wheels installed by the layout `split`."""

    def __init__(self, folder: Path, wheels: list[Path]) -> None:
        self.folders = []
        for wheel in wheels:
            self.folders.append(folder / wheel.name.split("-")[0])
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(self.folders[-1])

    def run_python(self, code: str, *options: str, **environment: str) -> str:
        """What it prints, or the last line of its traceback."""
        environment = {"PYTHONPATH": ":".join(map(str, self.folders)), "PYTHONDONTWRITEBYTECODE": "1"} | environment
        command = [sys.executable, *options, "-c", code]
        result = subprocess.run(command, env=environment, capture_output=True, text=True)
        return (result.stdout or result.stderr.splitlines()[-1]).strip()


def repaired(wheels: list[Path], written: str) -> list[Path]:
    """The set, with new wheels in place of those that they were made of."""
    new = {Path(line).name.split("-")[0]: Path(line) for line in written.splitlines()}
    return [new.get(wheel.name.split("-")[0], wheel) for wheel in wheels]

"""Wheels of small libraries, each installed in a folder of its own: their modules don't import as they are, and do once
`wheelfix repair` wrote those that need it. Python and its loader are the judges, and musl's loader of what is for
musl."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from small_wheels import Compiler, Lib, Sites, function, make_wheels, repaired, source
from wheels import build_wheel

MUSL_LOADER = "/lib/ld-musl-x86_64.so.1"


@dataclass(frozen=True)
class Case:
    libs: list[Lib]
    fails: dict[str, str]  # the missing library, by module
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
    # Named and exported like a module; it has no other code of one, because Python is of glibc here.
    init = {"app": "void *PyInit__C(void) { return 0; }\n"}
    files = {
        lib.project: {lib.entry.replace("libapp", "_C"): compiler.build(lib, init.get(lib.project, ""))} for lib in libs
    }
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


def test_a_library_that_can_be_started_too_is_one_that_can_be_loaded(wheelfix, tmp_path: Path) -> None:
    """As Qt's libQt6Core.so.6 and libc.so.6, which name an interpreter."""
    interpreter = 'const char interp[] __attribute__((section(".interp"))) = "/lib64/ld-linux-x86-64.so.2";\n'
    compiler = Compiler("gcc", tmp_path)
    module, one = Lib("app/_C.so", ("libone.so",)), Lib("one/libone.so")
    library = compiler.link(tmp_path / "libone.so", interpreter + source(one), one.soname)
    contents = {"app": {"app/__init__.py": "", module.entry: compiler.build(module)}, "one": {one.entry: library.read_bytes()}}
    tag = "py3-none-manylinux_2_17_x86_64"
    wheels = [build_wheel(tmp_path, name, "1.0", files, tag=tag) for name, files in contents.items()]
    written = wheelfix.done("repair", "--layout", "split", "-s", "x.1", "-d", tmp_path / "new", *wheels)
    assert [Path(line).name.split("-")[0] for line in written.splitlines()] == ["app"]
    assert Sites(tmp_path / "after", repaired(wheels, written)).run_python("import app._C; print(app._C.value)") == "9"

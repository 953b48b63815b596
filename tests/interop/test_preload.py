"""Wheels of small libraries, each installed in a folder of its own, whose modules don't import as they are, and do once
`wheelfix repair --preload` had their package load libraries first. Python and its loader are the judges."""

from __future__ import annotations

import ast
import json
import os
import zipfile
from pathlib import Path

import pytest
from small_wheels import Compiler, Lib, Sites, make_wheels, repaired
from wheels import build_wheel

PLATFORM = "manylinux_2_17_x86_64"
MODULE = "app/_wheelfix_preload.py"
STATEMENT = "from . import _wheelfix_preload"
CASES = {
    "no-path": [Lib("app/_C.so", ("libone.so",)), Lib("one/libone.so")],
    "chain-over-three": [
        Lib("app/_C.so", ("libone.so",), "$ORIGIN/../one"),
        Lib("one/libone.so", ("libtwo.so",)),
        Lib("two/libtwo.so", ("libthree.so",)),
        Lib("three/lib/libthree.so"),
    ],
    "runpath-cuts": [
        Lib("app/_C.so", ("libone.so",), "$ORIGIN/../../one/one", "rpath"),
        Lib("one/libone.so", ("libtwo.so", "libthree.so"), "$ORIGIN/../two:$ORIGIN"),
        Lib("one/libthree.so"),
        Lib("two/libtwo.so"),
    ],
    "needs-the-own-wheel's": [
        Lib("app/_C.so", ("libown.so", "libone.so"), "$ORIGIN"),
        Lib("app/libown.so"),
        Lib("one/libone.so", ("libown.so",)),
    ],
    "two-modules": [
        Lib("app/_C.so", ("libone.so",)),
        Lib("app/inner/_D.so", ("libone.so", "libtwo.so"), "$ORIGIN"),
        Lib("one/libone.so"),
        Lib("two/libtwo.so"),
    ],
    "circle-in-one-wheel": [
        Lib("app/_C.so", ("libone.so",)),
        Lib("one/libone.so", ("libtwo.so",), "$ORIGIN"),
        Lib("one/libtwo.so", ("libone.so",), "$ORIGIN"),
    ],
}
TWO = [Lib("app/_C.so", ("libone.so",)), Lib("app/_D.so", ("libtwo.so",)), Lib("one/libone.so"), Lib("two/libtwo.so")]


def preload(wheelfix, folder: Path, wheels: list[Path], *options: str | Path) -> list[Path]:
    """The set with the only wheel that changes, that of app, as it then is."""
    options = ("--preload", "--layout", "split", "-s", "x.1", "-d", folder, "--overwrite", *options)
    written = wheelfix.done("repair", *options, *wheels)
    assert [Path(line).name.split("-")[0] for line in written.splitlines()] == ["app"]
    wheelfix.done("verify", *written.splitlines())
    return repaired(wheels, written)


def content(wheel: Path, entry: str) -> str:
    return zipfile.ZipFile(wheel).read(entry).decode()


def libraries_of(wheel: Path) -> list[str]:
    for node in ast.parse(content(wheel, MODULE)).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "LIBRARIES":
            return ast.literal_eval(node.value)
    raise AssertionError("no LIBRARIES")


@pytest.mark.parametrize("name", CASES)
def test_what_fails_imports_behind_the_libraries(name: str, wheelfix, tmp_path: Path) -> None:
    libs = CASES[name]
    wheels = make_wheels(tmp_path, Compiler("gcc", tmp_path), libs, PLATFORM)
    before = Sites(tmp_path / "before", wheels)
    modules = {lib.entry.removesuffix(".so").replace("/", "."): lib for lib in libs if lib.is_module}
    for module in modules:
        assert "cannot open shared object file" in before.run_python(f"import {module}")

    new = preload(wheelfix, tmp_path / "new", wheels)
    ast.parse(content(new[0], MODULE), feature_version=(3, 6))
    after, shared = Sites(tmp_path / "after", new), tmp_path / "shared"
    for wheel in new:
        zipfile.ZipFile(wheel).extractall(shared)
    folders = [str(folder) for folder in after.folders]
    for module, lib in modules.items():
        code = f"import {module} as module; print(module.value)"
        expected = str(sum(len(needed) for needed in lib.needs))
        assert after.run_python(code) == expected
        assert after.run_python(code, PYTHONPATH=":".join(reversed(folders))) == expected
        assert after.run_python(f"import sys; sys.path[:0] = {folders}; {code}", "-I") == expected
        if name != "runpath-cuts":  # whose own RPATH is for this layout
            assert before.run_python(code, PYTHONPATH=str(shared)) == expected
    assert after.run_python(f"import {module}, app; print(app._wheelfix_preload.failures)") == "[]"

    assert wheelfix.done("repair", "--preload", "--layout", "split", "-s", "x.2", "-d", tmp_path / "new", *new) == ""
    told = json.loads(wheelfix.done("doctor", "--json", "--layout", "split", *new))
    assert [finding for finding in told["findings"] if finding["code"] == "import-fails"] == []


def test_only_what_is_out_of_reach_is_loaded(wheelfix, tmp_path: Path) -> None:
    libs = [
        Lib("app/_C.so", ("libown.so", "libone.so", "libtwo.so"), "$ORIGIN"),
        Lib("app/libown.so"),
        Lib("one/libone.so", ("libtwo.so",), "$ORIGIN"),
        Lib("one/libtwo.so"),
        Lib("one/libother.so"),
    ]
    new = preload(wheelfix, tmp_path / "new", make_wheels(tmp_path, Compiler("gcc", tmp_path), libs, PLATFORM))
    assert libraries_of(new[0]) == ["one/libone.so"]


def test_a_soname_of_a_file_with_another_name_counts_once_it_is_loaded(wheelfix, tmp_path: Path) -> None:
    libs = [Lib("app/_C.so", ("libdep.so.1",)), Lib("dep/libdep.so.1.2.3", other_soname="libdep.so.1")]
    wheels = make_wheels(tmp_path, Compiler("gcc", tmp_path), libs, PLATFORM)
    before = Sites(tmp_path / "before", wheels)
    code = "import app._C as module; print(module.value)"
    folder = str(before.folders[1] / "dep")
    assert "libdep.so.1: cannot open shared object file" in before.run_python(code, LD_LIBRARY_PATH=folder)
    assert before.run_python(f"import ctypes; ctypes.CDLL('{folder}/libdep.so.1.2.3'); {code}") == "11"

    told = json.loads(wheelfix("doctor", "--json", "--layout", "split", *wheels).stdout)
    (hint,) = [finding["hint"] for finding in told["findings"] if finding["code"] == "import-fails"]
    assert "dep has it, as dep/libdep.so.1.2.3, a file of another name" in hint
    assert "`wheelfix repair --layout split --preload`" in hint
    refused = wheelfix("repair", "--layout", "split", "-s", "x.1", "-d", tmp_path / "new", *wheels)
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "dep/libdep.so.1.2.3, a file of another name" in refused.stderr
    assert "repair with --preload" in refused.stderr

    new = preload(wheelfix, tmp_path / "new", wheels)
    assert libraries_of(new[0]) == ["dep/libdep.so.1.2.3"]
    assert Sites(tmp_path / "after", new).run_python(code) == "11"


def test_libraries_that_need_each_other_over_two_wheels_are_refused(wheelfix, tmp_path: Path) -> None:
    libs = [
        Lib("app/_C.so", ("libone.so",)),
        Lib("one/libone.so", ("libtwo.so",)),
        Lib("two/libtwo.so", ("libone.so",), "$ORIGIN"),
    ]
    wheels = make_wheels(tmp_path, Compiler("gcc", tmp_path), libs, PLATFORM)
    sites = Sites(tmp_path / "sites", wheels)
    for order in (["one/libone.so", "two/libtwo.so"], ["two/libtwo.so", "one/libone.so"]):
        paths = [str(tmp_path / "sites" / path.split("/")[0] / path) for path in order]
        assert sites.run_python(f"import ctypes\nfor path in {paths}: ctypes.CDLL(path)").startswith("OSError: lib")
    refused = wheelfix("repair", "--preload", "--layout", "split", "-s", "x.1", "-d", tmp_path / "new", *wheels)
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "hint: libone.so needs libtwo.so: libone.so, libtwo.so need each other" in refused.stderr


# What __init__.py is, and what must have come into it.
INITS = {
    "empty": ("", f"{STATEMENT}\n"),
    "code": ("from ._C import value\n", f"{STATEMENT}\n"),
    "docstring-and-future": (
        '# © first\n"""Says what."""\nfrom __future__ import annotations\n\nfrom ._C import value\n',
        f"{STATEMENT}\n",
    ),
    "crlf": ('"""Says what."""\r\n\r\nfrom ._C import value\r\n', f"{STATEMENT}\r\n"),
    "latin-1": ('# coding: latin-1\n"""\xe9"""\nfrom ._C import value\n', f"{STATEMENT}\n"),
    "one-line": ('"Says."; from __future__ import annotations; from ._C import value\n', f"{STATEMENT}; "),
    "no-last-line-end": ('"""Says what."""', f"\n{STATEMENT}\n"),
    "all": ('__all__ = ["value"]\nfrom ._C import value', f"{STATEMENT}\n"),
}


@pytest.mark.parametrize("name", INITS)
def test_the_package_imports_it_before_all_else(name: str, wheelfix, tmp_path: Path) -> None:
    init, inserted = (text.encode("latin-1" if name == "latin-1" else "utf-8") for text in INITS[name])
    wheels = make_wheels(tmp_path, Compiler("gcc", tmp_path), CASES["no-path"], PLATFORM, init)
    after = Sites(tmp_path / "after", preload(wheelfix, tmp_path / "new", wheels))
    text = (after.folders[0] / "app/__init__.py").read_bytes()
    assert inserted in text and text.replace(inserted, b"", 1) == init
    doc = ast.get_docstring(ast.parse(init))
    code = "import app, app._C; print(ascii(app.__doc__), app._C.value, app._wheelfix_preload.failures)"
    assert after.run_python(code) == f"{ascii(doc)} 9 []"
    if b"import value" in init:
        assert after.run_python("from app import *; print(value)") == "9"


def test_a_repaired_wheel_is_repaired_anew(wheelfix, tmp_path: Path) -> None:
    app, one, two = make_wheels(tmp_path, Compiler("gcc", tmp_path), TWO, PLATFORM, '"""Says what."""\n')
    options = ["--preload", "--layout", "split", "-d", tmp_path / "new"]
    wheelfix.done("repair", *options, "-s", "x.1", "--keep-going", app, "--with", one)
    (first,) = (tmp_path / "new").iterdir()
    assert libraries_of(first) == ["one/libone.so"]
    (second,) = wheelfix.done("repair", *options, "-s", "2", first, "--with", one, "--with", two).splitlines()
    assert libraries_of(Path(second)) == ["one/libone.so", "two/libtwo.so"]
    assert content(Path(second), "app/__init__.py") == f'"""Says what."""\n{STATEMENT}\n'
    sites = Sites(tmp_path / "sites", [Path(second), one, two])
    assert sites.run_python("import app._C, app._D; print(app._C.value, app._D.value)") == "9 9"


def test_what_fails_is_collected_and_stops_nothing(wheelfix, tmp_path: Path) -> None:
    wheels = make_wheels(tmp_path, Compiler("gcc", tmp_path), TWO, PLATFORM)
    new = preload(wheelfix, tmp_path / "new", wheels)
    assert libraries_of(new[0]) == ["one/libone.so", "two/libtwo.so"]
    sites = Sites(tmp_path / "sites", new)
    (sites.folders[1] / "one/libone.so").unlink()
    (tmp_path / "elsewhere/two").mkdir(parents=True)
    (tmp_path / "elsewhere/two/libtwo.so").write_text("not a library")
    archive = build_wheel(tmp_path / "zip", "zipped", "1.0", {"one/libone.so": "in an archive"})
    odd = (
        f"import sys, pathlib; sys.path[:0] = [{str(archive)!r}, '', '{tmp_path}/elsewhere', pathlib.Path('/'), b'/']; "
    )
    failures = [
        "one/libone.so: not found on sys.path",
        f"two/libtwo.so: {tmp_path}/elsewhere/two/libtwo.so: file too short",
    ]
    code = odd + "import app._D as module; print(module.value, sys.modules['app._wheelfix_preload'].failures)"
    assert sites.run_python(code) == f"9 {failures}"
    said = sites.run_python(odd + "sys.stderr = sys.stdout; import app._D", WHEELFIX_PRELOAD_VERBOSE="1").splitlines()
    path = os.path.join(sites.folders[2], "two/libtwo.so")
    assert said == [f"app._wheelfix_preload: {text}" for text in [*failures, f"loaded {path}"]]


def test_why_an_import_failed_can_be_seen(wheelfix, tmp_path: Path) -> None:
    libs = CASES["no-path"]
    new = preload(
        wheelfix,
        tmp_path / "new",
        make_wheels(tmp_path, Compiler("gcc", tmp_path), libs, PLATFORM, "from . import _C\n"),
    )
    sites = Sites(tmp_path / "sites", new)
    (sites.folders[1] / "one/libone.so").unlink()
    code = """
import sys
try:
    import app
except ImportError as error:
    print(error, sys.modules["app._wheelfix_preload"].failures, sep=chr(10))
"""
    assert sites.run_python(code).splitlines() == [
        "libone.so: cannot open shared object file: No such file or directory",
        "['one/libone.so: not found on sys.path']",
    ]


def test_a_library_of_its_own_folder_goes_before_one_on_the_path(wheelfix, tmp_path: Path) -> None:
    new = preload(
        wheelfix, tmp_path / "new", make_wheels(tmp_path, Compiler("gcc", tmp_path), CASES["no-path"], PLATFORM)
    )
    sites = Sites(tmp_path / "sites", new)
    shared = tmp_path / "shared"
    for wheel in new:
        zipfile.ZipFile(wheel).extractall(shared)
    code = "import app._C; print([line.split()[-1] for line in open('/proc/self/maps') if 'libone' in line][0])"
    assert sites.run_python(code) == str(sites.folders[1] / "one/libone.so")
    # app comes from the folder that is last on the path.
    last = ":".join([str(sites.folders[1]), str(shared)])
    assert sites.run_python(code, PYTHONPATH=last) == str(shared / "one/libone.so")


def test_a_file_of_that_name_that_is_another_s_is_left_alone(wheelfix, tmp_path: Path) -> None:
    compiler = Compiler("gcc", tmp_path)
    files = {"app/__init__.py": "", MODULE: "print('mine')\n", "app/_C.so": compiler.build(CASES["no-path"][0])}
    app = build_wheel(tmp_path, "app", "1.0", files, tag=f"py3-none-{PLATFORM}")
    (one,) = make_wheels(tmp_path, compiler, CASES["no-path"][1:], PLATFORM)
    refused = wheelfix("repair", "--preload", "--layout", "split", "-s", "x.1", "-d", tmp_path / "new", app, one)
    assert (refused.returncode, refused.stdout) == (3, "")
    assert f"{MODULE}: exists, and wheelfix did not make it" in refused.stderr
    assert not (tmp_path / "new").exists()


def test_what_is_written_is_told_as_json(wheelfix, tmp_path: Path) -> None:
    wheels = make_wheels(tmp_path, Compiler("gcc", tmp_path), CASES["no-path"], PLATFORM)
    options = ["--preload", "--layout", "split", "-s", "x.1", "-d", tmp_path / "new", "--json", *wheels]
    (wheel,) = json.loads(wheelfix.done("repair", *options))["wheels"]
    changed = [(item["path"], item["how"]) for item in wheel["changed"] if item["path"].startswith("app/")]
    assert sorted(changed) == [("app/__init__.py", "patched"), (MODULE, "added")]

"""What doctor advises about a symbol or a version that a library doesn't have, each time after Python has failed by it."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from wheels import build_wheel

TAG = "cp36-abi3-manylinux_2_17_x86_64"
MODULE = "demo/core.abi3.so"


def compile_cxx(output: Path, code: str, *options: str | Path) -> Path:
    output.parent.mkdir(parents=True, exist_ok=True)
    compiler = ["g++", "-shared", "-fPIC", "-Wl,--enable-new-dtags", "-o", output, "-x", "c++", "-", "-x", "none"]
    subprocess.run([*compiler, *options], input=code, text=True, check=True)
    return output


def helper(folder: Path, code: str, *options: str, versions: str = "") -> Path:
    folder.mkdir(parents=True)
    (folder / "map").write_text(versions)
    script = [f"-Wl,--version-script={folder / 'map'}"] if versions else []
    return compile_cxx(folder / "libhelp.so.1", code, "-Wl,-soname,libhelp.so.1", *script, *options)


def module(output: Path, use: str, library: Path, *options: str) -> bytes:
    code = f'#include <string>\n{use}\nextern "C" int PyInit_core() {{ return 0; }}'
    return compile_cxx(output, code, library, *options).read_bytes()


def demo_wheel(folder: Path, built_with: Path, loaded: Path, use: str, *options: str) -> Path:
    """A module that was built with one library, and is published with another."""
    core = module(folder / "core.so", use, built_with, "-Wl,-rpath,$ORIGIN/../demo.libs", *options)
    files = {"demo/__init__.py": "", MODULE: core, "demo.libs/libhelp.so.1": loaded.read_bytes()}
    return build_wheel(folder, "demo", "1.0", files, tag=TAG)


def unpacked(wheel: Path) -> Path:
    site = wheel.parent / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def said_by_python(site: Path, **environment: str) -> str:
    command = [sys.executable, "-c", "import demo.core"]
    variables = {"PYTHONPATH": str(site), **environment}
    run = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    words = run.stderr.strip().splitlines()[-1]
    assert words.startswith("ImportError: "), run.stderr
    return words.removeprefix("ImportError: ")


def only_finding(wheelfix, *words: str | Path, env: dict[str, str] | None = None) -> dict[str, str]:
    run = wheelfix("doctor", "--json", "--no-cache", *words, env=env)
    codes = {"undefined-symbol", "missing-version"}
    (finding,) = [one for one in json.loads(run.stdout)["findings"] if one["code"] in codes]
    return finding


def advice(wheelfix, wheel: Path) -> str:
    """Of the wheel, after seeing that it is about what Python says."""
    site = unpacked(wheel)
    finding = only_finding(wheelfix, wheel)
    assert finding["message"] == said_by_python(site).replace(f"{site}/", "")
    return finding["hint"]


@pytest.mark.parametrize("built", [0, 1])
def test_the_other_abi_of_strings(wheelfix, built: int, tmp_path: Path) -> None:
    code = "#include <string>\nnamespace box { int open(const std::string&) { return 1; } }"
    use = "namespace box { int open(const std::string&); } int use() { return box::open(std::string()); }"
    flags = [f"-D_GLIBCXX_USE_CXX11_ABI={abi}" for abi in (built, 1 - built)]
    linked, loaded = helper(tmp_path / "linked", code, flags[0]), helper(tmp_path / "loaded", code, flags[1])
    hint = advice(wheelfix, demo_wheel(tmp_path, linked, loaded, use, flags[0]))
    assert f"demo was built with the other C++ ABI (_GLIBCXX_USE_CXX11_ABI={built}) than demo.libs/libhelp.so.1" in hint
    assert f"take a wheel of demo for _GLIBCXX_USE_CXX11_ABI={1 - built}" in hint


@pytest.mark.parametrize(
    ("linked", "loaded", "said"),
    [
        ("int count(int)", "int count(long)", "demo.libs/libhelp.so.1 of demo defines box::count(long)"),
        ("int connect(int)", "int connect2(int)", "demo.libs/libhelp.so.1 of demo defines box::connect2(int)"),
        ("int count(int)", "int other(int)", "than is given; the symbol is box::count(int)"),
    ],
)
def test_what_is_most_like_it(wheelfix, linked: str, loaded: str, said: str, tmp_path: Path) -> None:
    libraries = [
        helper(tmp_path / str(i), f"namespace box {{ {function} {{ return 1; }} }}") for i, function in enumerate((linked, loaded))
    ]
    name = linked.split()[1].split("(")[0]
    use = f"namespace box {{ {linked}; }} int use() {{ return box::{name}(1); }}"
    assert advice(wheelfix, demo_wheel(tmp_path, *libraries, use)).endswith(said)


def test_the_same_name_with_another_version(wheelfix, tmp_path: Path) -> None:
    """A symbol that moved to a later version of its library, which keeps the name of the earlier one."""
    code = 'extern "C" int one() { return 1; }'
    linked = helper(tmp_path / "linked", code, versions="V1 { global: one; local: *; };")
    also = 'extern "C" int two() { return 1; } ' + code
    loaded = helper(tmp_path / "loaded", also, versions="V1 { global: two; local: *; }; V2 { global: one; } V1;")
    use = 'extern "C" int one(); int use() { return one(); }'
    hint = advice(wheelfix, demo_wheel(tmp_path, linked, loaded, use))
    assert hint.endswith("demo.libs/libhelp.so.1 of demo defines it with version V2")


def test_a_library_of_the_wheel_that_nothing_loads(wheelfix, tmp_path: Path) -> None:
    one = 'extern "C" int one() { return 1; }'
    linked, loaded = helper(tmp_path / "linked", one), helper(tmp_path / "loaded", one.replace("one", "two"))
    more = compile_cxx(tmp_path / "libmore.so", one)
    core = module(
        tmp_path / "core.so",
        'extern "C" int one(); int use() { return one(); }',
        linked,
        "-Wl,-rpath,$ORIGIN/../demo.libs",
    )
    files = {MODULE: core, "demo.libs/libhelp.so.1": loaded.read_bytes(), "demo.libs/libmore.so": more.read_bytes()}
    wheel = build_wheel(tmp_path, "demo", "1.0", {"demo/__init__.py": "", **files}, tag=TAG)
    expected = "demo.libs/libmore.so of demo defines it, but isn't among the libraries in which it is looked for"
    assert advice(wheelfix, wheel).endswith(expected)


@pytest.mark.parametrize("versions", ["", "V1 { global: one; local: *; }; V2 { global: two; } V1;"])
@pytest.mark.parametrize("way", ["LD_LIBRARY_PATH", "the search path of"])
def test_another_library_that_is_loaded_instead_is_to_blame(wheelfix, way: str, versions: str, tmp_path: Path) -> None:
    """An older one, which LD_LIBRARY_PATH has, or which a search path has before the wheel's own."""
    one, both = 'extern "C" int one() { return 1; }', 'extern "C" int one() { return 1; } extern "C" int two() { return 1; }'
    own = helper(tmp_path / "own", both, versions=versions)
    old = helper(tmp_path / "old", one, versions=versions.split(" V2")[0])
    before = "" if way == "LD_LIBRARY_PATH" else f"{old.parent}:"
    use = 'extern "C" int one(); extern "C" int two(); int use() { return one() + two(); }'
    core = module(tmp_path / "core.so", use, own, f"-Wl,-rpath,{before}$ORIGIN/../demo.libs")
    files = {"demo/__init__.py": "", MODULE: core, "demo.libs/libhelp.so.1": own.read_bytes()}
    site = unpacked(build_wheel(tmp_path, "demo", "1.0", files, tag=TAG))
    variables = {"LD_LIBRARY_PATH": str(old.parent)} if way == "LD_LIBRARY_PATH" else {}
    said = said_by_python(site, **variables)
    finding = only_finding(wheelfix, "--python", sys.executable, site, env=variables)
    assert finding["message"] == said and finding["severity"] == "error"
    assert f"{old} lacks" in finding["hint"]
    assert "is loaded instead of demo.libs/libhelp.so.1 of demo, which has it: " + way in finding["hint"]
    assert "was built with another version" not in finding["hint"]

"""Symbols and versions that a library doesn't have: doctor says of wheels, and of what is installed from them, what Python says of the import."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from wheels import build_wheel

TAG = "cp36-abi3-manylinux_2_17_x86_64"
# Of each case: what the module uses, and what its helper defines when it is linked and when it is loaded, with versions.
BOTH_VERSIONS = "V1 { global: one; local: *; }; V2 { global: two; } V1;"
CASES = {
    "the same": ("one two", ("one two", ""), ("one two", "")),
    "a function less": ("one two", ("one two", ""), ("one", "")),
    "a weak function less": ("one (two)", ("one two", ""), ("one", "")),
    "what isn't used less": ("one", ("one two", ""), ("one", "")),
    "the same versions": ("one two", ("one two", BOTH_VERSIONS), ("one two", BOTH_VERSIONS)),
    "a version less": ("one two", ("one two", BOTH_VERSIONS), ("one", "V1 { global: one; local: *; };")),
    "C++": ("_ZN3box5countEi", ("_ZN3box5countEi", ""), ("_ZN3box5countEl", "")),
}


def compile_c(output: Path, code: str, *options: str | Path) -> bytes:
    compiler = ["gcc", "-shared", "-fPIC", "-o", output, "-x", "c", "-", "-x", "none"]
    subprocess.run([*compiler, *options], input=code, text=True, check=True)
    return output.read_bytes()


def helper(folder: Path, names: str, versions: str) -> bytes:
    options = ["-Wl,-soname,libhelp.so.1"]
    folder.mkdir()
    if versions:
        (folder / "map").write_text(versions)
        options.append(f"-Wl,--version-script={folder / 'map'}")
    code = "".join(f"int {name}(void) {{ return 1; }}" for name in names.split())
    return compile_c(folder / "libhelp.so.1", code, *options)


@pytest.fixture(params=CASES)
def wheel(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    used, linked, loaded = CASES[request.param]
    helper(tmp_path / "linked", *linked)
    uses = ""
    for word in used.split():
        name = word.strip("()")
        attribute = " __attribute__((weak))" if word != name else ""
        uses += f"extern int {name}(void){attribute}; if ({name}) sum += {name}(); "
    code = f"int PyInit_core(void) {{ int sum = 0; {uses} return 0 * sum; }}"
    path = "-Wl,-rpath,$ORIGIN/../demo.libs"
    module = compile_c(tmp_path / "core.abi3.so", code, tmp_path / "linked/libhelp.so.1", path)
    help_loaded = helper(tmp_path / "loaded", *loaded)
    files = {"demo/__init__.py": "", "demo/core.abi3.so": module, "demo.libs/libhelp.so.1": help_loaded}
    return build_wheel(tmp_path, "demo", "1.0", files, tag=TAG)


def said_by_python(site: Path) -> str:
    """The ImportError about symbols; nothing if the loader has none to raise."""
    command = [sys.executable, "-c", "import demo.core"]
    run = subprocess.run(command, env={"PYTHONPATH": str(site)}, capture_output=True, text=True, check=False)
    words = run.stderr.strip().splitlines()[-1]
    return words.removeprefix("ImportError: ") if words.startswith("ImportError") else ""


def found(wheelfix, *words: str | Path) -> list[dict[str, str]]:
    run = wheelfix("doctor", "--json", "--no-cache", *words)
    codes = {"undefined-symbol", "missing-version"}
    return [one for one in json.loads(run.stdout)["findings"] if one["code"] in codes]


def test_what_code_loads_globally_makes_it_a_doubt(wheelfix, tmp_path: Path) -> None:
    """A package that another's import makes whole, in a way that doctor can't follow: no error, because Python imports it."""
    compile_c(tmp_path / "libhere.so.1", "int here(void) { return 1; }", "-Wl,-soname,libhere.so.1")
    compile_c(tmp_path / "libthere.so", "int there(void) { return 1; }")
    code = "int here(void); int there(void); int PyInit_core(void) { return 0 * (here() + there()); }"
    module = compile_c(tmp_path / "core.abi3.so", code, tmp_path / "libhere.so.1", "-Wl,-rpath,$ORIGIN")
    user = {
        "user/__init__.py": "import other\n",
        "user/core.abi3.so": module,
        "user/libhere.so.1": (tmp_path / "libhere.so.1").read_bytes(),
    }
    load = "import ctypes, os\nfor name in os.listdir(os.path.dirname(__file__)):\n    if name.endswith('.so'):\n"
    load += "        getattr(ctypes, 'CD' + 'LL')(os.path.join(os.path.dirname(__file__), name), mode=ctypes.RTLD_GLOBAL)\n"
    other = {"other/__init__.py": load, "other/libthere.so": (tmp_path / "libthere.so").read_bytes()}
    wheels = [build_wheel(tmp_path, "user", "1.0", user, tag=TAG), build_wheel(tmp_path, "other", "1.0", other, tag=TAG)]
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(tmp_path / "site")
    command = [sys.executable, "-c", "import user.core"]
    environment = {"PYTHONPATH": str(tmp_path / "site")}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert "undefined symbol" not in run.stderr
    (finding,) = found(wheelfix, *wheels)
    assert finding["severity"] == "warning" and "RTLD_GLOBAL" in finding["hint"]


LOADS = [
    "ctypes.CDLL(path)",
    "ctypes.CDLL(path, mode=ctypes.RTLD_LOCAL)",
    "ctypes.CDLL(path, ctypes.DEFAULT_MODE)",
    "ctypes.CDLL(path, mode=os.RTLD_NOW | os.RTLD_LOCAL)",
    "ctypes.cdll.LoadLibrary(path)",
    "ctypes.PyDLL(path)",
    "ctypes.CDLL(path), ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)",
    "ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)",
    "ctypes.CDLL(path, ctypes.RTLD_GLOBAL)",
    "ctypes.PyDLL(path, mode=os.RTLD_GLOBAL | os.RTLD_LAZY)",
    "ctypes.CDLL(path, 0x102)",
    "ctypes.CDLL(path, **{'mode': 258})",
    "[ctypes.CDLL(path, mode) for mode in (ctypes.RTLD_GLOBAL,)]",
]


@pytest.mark.parametrize("is_needed", [False, True])
@pytest.mark.parametrize("load", LOADS)
def test_what_code_loads_gives_its_symbols_only_to_what_needs_it_or_with_rtld_global(
    wheelfix, load: str, is_needed: bool, tmp_path: Path
) -> None:
    """A module that uses a function of a library which its package loads before, and is linked to that or not."""
    plain = compile_c(tmp_path / "libplain.so", "int plain(void) { return 1; }", "-Wl,-soname,libplain.so")
    compile_c(tmp_path / "libhelp.so.1", "int help(void) { return 1; }", "-Wl,-soname,libhelp.so.1")
    code = "int plain(void); int help(void); int PyInit_core(void) { return 0 * (plain() + help()); }"
    libraries = [tmp_path / "libhelp.so.1", *([tmp_path / "libplain.so"] if is_needed else [])]
    module = compile_c(tmp_path / "core.abi3.so", code, *libraries, "-Wl,-rpath,$ORIGIN")
    text = f"import ctypes, os\n\npath = os.path.join(os.path.dirname(__file__), 'lib', 'libplain.so')\n{load}\nfrom . import core\n"
    files = {
        "demo/__init__.py": text,
        "demo/core.abi3.so": module,
        "demo/libhelp.so.1": (tmp_path / "libhelp.so.1").read_bytes(),
        "demo/lib/libplain.so": plain,
    }
    wheel = build_wheel(tmp_path, "demo", "1.0", files, tag=TAG)
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    said = said_by_python(site).replace(f"{site}/", "")
    assert bool(said) == (not is_needed and load in LOADS[:6])
    findings = found(wheelfix, wheel)
    assert [one["message"] for one in findings] == [said][: bool(said)]


UTILS = """import ctypes
from pathlib import Path

_LIB_DIR = Path(__file__).parent.parent / "lib"


def _path(name):
    return _LIB_DIR / f"{name}.so"


def load(name):
    path = _path(name)
    if path.exists():
        ctypes.CDLL(str(path), MODE)


def init_other():
    load("libother")


def init(name="libhelp"):
    load(name)
"""
CALLS = {
    "from .utils import load; load('libhelp')": True,
    "from . import utils; utils.load(name='libhelp')": True,
    "from .again import load as begin; begin('libhelp')": True,
    "from .utils import init; init()": True,
    "import demo._ext.utils; demo._ext.utils.load('libhelp')": True,
    "from .utils import load; load('libother')": False,
    "from .utils import load": False,
    "from .utils import init_other; init_other()": False,
}


@pytest.mark.parametrize("mode", ["ctypes.DEFAULT_MODE", "ctypes.RTLD_GLOBAL"])
@pytest.mark.parametrize("call", CALLS)
def test_libraries_that_a_function_of_another_file_loads(wheelfix, call: str, mode: str, tmp_path: Path) -> None:
    """Like torchaudio's: the module is linked to the library, which no search path leads to, or only uses its symbols."""
    library = compile_c(tmp_path / "libhelp.so", "int help(void) { return 1; }", "-Wl,-soname,libhelp.so")
    own = compile_c(tmp_path / "libown.so", "int own(void) { return 1; }", "-Wl,-soname,libown.so")
    other = compile_c(tmp_path / "libother.so", "int other(void) { return 1; }", "-Wl,-soname,libother.so")
    code = "int help(void); int own(void); int PyInit_core(void) { return 0 * (help() + own()); }"
    libraries = [tmp_path / "libown.so", *([tmp_path / "libhelp.so"] if "DEFAULT" in mode else [])]
    module = compile_c(tmp_path / "core.so", code, *libraries, "-Wl,-rpath,$ORIGIN/own")
    files = {
        "demo/__init__.py": "from . import _ext\n",
        "demo/_ext/__init__.py": f"{call}\nfrom .. import core\n",
        "demo/_ext/again.py": "from .utils import load\n",
        "demo/_ext/utils.py": UTILS.replace("MODE", mode),
        "demo/core.abi3.so": module,
        "demo/own/libown.so": own,
        "demo/lib/libhelp.so": library,
        "demo/lib/libother.so": other,
    }
    wheel = build_wheel(tmp_path, "demo", "1.0", files, tag=TAG)
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    said = said_by_python(site).replace(f"{site}/", "")
    assert bool(said) == (not CALLS[call])
    run = wheelfix("doctor", "--json", "--no-cache", wheel)
    codes = {"undefined-symbol", "import-fails", "needs-import-first"}
    findings = [one for one in json.loads(run.stdout)["findings"] if one["code"] in codes]
    assert [one["message"] for one in findings] == [said][: bool(said)]


@pytest.mark.parametrize(
    "name",
    [
        "PyList_New",
        "PyObject_CallOneArg",  # since 3.9
        "PyAIter_Check",  # since 3.10
        "PyTime_Monotonic",  # since 3.13
        "PyLong_AsInt64",  # since 3.14
        "PyParser_SimpleParseFileFlags",  # until 3.9
        "_PyObject_GC_Malloc",  # until 3.10
        "PyCFunction_Call",  # until 3.12
    ],
)
@pytest.mark.parametrize("suffix", ["abi3", f"cpython-3{sys.version_info.minor}-x86_64-linux-gnu"])
def test_doctor_says_which_symbols_python_does_not_have(wheelfix, name: str, suffix: str, tmp_path: Path) -> None:
    code = f"int {name}(void); int PyInit_core(void) {{ return 0; }} int use(void) {{ return {name}(); }}"
    module = compile_c(tmp_path / "core.so", code, "-Wl,-z,now")
    files = {"demo/__init__.py": "", f"demo/core.{suffix}.so": module}
    own = f"cp3{sys.version_info.minor}"
    wheel = build_wheel(tmp_path, "demo", "1.0", files, tag=TAG if suffix == "abi3" else f"{own}-{own}-{TAG.split('-')[2]}")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    said = said_by_python(site).replace(f"{site}/", "")
    options = ("--python", own) if suffix == "abi3" else ()
    findings = found(wheelfix, *options, wheel)
    assert [(one["severity"], one["message"]) for one in findings] == [("error", said)][: bool(said)]
    if suffix == "abi3":
        assert found(wheelfix, wheel) == []  # some Python has it


def test_doctor_says_what_python_says(wheelfix, wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    said = said_by_python(site)
    findings = found(wheelfix, "--python", sys.executable, site)
    assert [one["message"] for one in findings] == [said][: bool(said)]
    for options in ((), ("--sysroot", "/")):
        findings = found(wheelfix, *options, wheel)
        assert [one["message"] for one in findings] == [said.replace(f"{site}/", "")][: bool(said)]
        assert all(one["severity"] == "error" and one["path"] == "demo/core.abi3.so" for one in findings)


def test_the_versions_that_a_wheel_loads_with_are_those_with_which_python_imports_it(wheelfix, tmp_path: Path) -> None:
    """By `doctor --against`, with the words of the first failure of each other version."""
    defined = {"1.0": "one", "1.1": "one two", "1.2": "one two more", "2.0": "two more", "3.0": ""}
    for version, names in defined.items():
        library = helper(tmp_path / version, names, "")
        name = "libhelp.so.2" if version == "3.0" else "libhelp.so.1"
        build_wheel(tmp_path, "base", version, {"base/__init__.py": "", f"base.libs/{name}": library}, tag=TAG)
    code = "int one(void); int two(void); int PyInit_core(void) { return 0 * (one() + two()); }"
    path = "-Wl,-rpath,$ORIGIN/../base.libs"
    module = compile_c(tmp_path / "core.abi3.so", code, tmp_path / "1.1/libhelp.so.1", path)
    user = build_wheel(tmp_path, "demo", "1.0", {"demo/__init__.py": "", "demo/core.abi3.so": module}, tag=TAG)
    said = {}
    for version in defined:
        site = tmp_path / f"site{version}"
        for wheel in (user, *tmp_path.glob(f"base-{version}-*.whl")):
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(site)
        said[version] = said_by_python(site).replace(f"{site}/", "")
    run = wheelfix("doctor", "--json", "--no-cache", "--against", f"{tmp_path}/base-*.whl", user)
    report = json.loads(run.stdout)
    found = {one["version"]: [failure["message"] for failure in one["failures"]] for one in report["versions"]}
    assert list(found) == list(defined)
    assert found == {version: [words] if words else [] for version, words in said.items()}
    assert [one["outcome"] for one in report["versions"]] == ["fails", "loads", "loads", "fails", "fails"]
    assert report["verdict"]["text"].endswith(": loads with base 1.1, 1.2")
    assert run.returncode == 1

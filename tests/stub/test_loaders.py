"""Real loaders take a stub: glibc's and musl's on x86_64, glibc's on aarch64 under qemu-user."""

from __future__ import annotations

import ctypes
import subprocess
from pathlib import Path

import building
import pytest
from building import AARCH64, GLIBC, MUSL, Platform, every_platform


@every_platform
def test_a_stub_pulls_its_needed_libraries_into_the_global_scope(platform: Platform, tmp_path: Path) -> None:
    platform.library(tmp_path / "a", "liba.so.1", "int a(void) { return 1; }")
    platform.library(tmp_path / "b", "libb.so.1", "int b(void) { return 2; }")
    wheel = {"core.so": platform.library(tmp_path, "core.so", "", "-Wl,--no-as-needed", tmp_path / "a/liba.so.1")}
    stub = building.make_stub(
        tmp_path / "libstub.so",
        f"soname = 'libstub.so'\nmachine = '{platform.machine}'\nneeded = ['liba.so.*', 'libb.so.1', 'libnone*']\n"
        "rpath = ['$ORIGIN/a', '$ORIGIN/b']\n",
        wheel,
    )
    result = platform.run(building.loader(platform, tmp_path), stub, "a", "b")
    assert (result.stdout, result.returncode) == ("a 1\nb 2\n", 0), result.stderr


@every_platform
def test_a_stub_that_needs_nothing_loads(platform: Platform, tmp_path: Path) -> None:
    stub = building.make_stub(tmp_path / "libstub.so", f"soname = 'libstub.so'\nmachine = '{platform.machine}'\n")
    result = platform.run(building.loader(platform, tmp_path), stub, "nowhere")
    assert (result.stdout, result.returncode) == ("nowhere -1\n", 0), result.stderr


@every_platform
def test_symbols_are_looked_up_past_a_stub(platform: Platform, tmp_path: Path) -> None:
    """A library that is loaded after it binds to what the stub has loaded: its empty hash table is searched first."""
    platform.library(tmp_path, "liba.so.1", "int a(void) { return 1; }")
    platform.library(tmp_path, "user.so", "int a(void);\nint user(void) { return a() + 10; }")
    stub = building.make_stub(
        tmp_path / "libstub.so",
        f"soname = 'libstub.so'\nmachine = '{platform.machine}'\nneeded = ['liba.so.1', 'user.so']\nrpath = '$ORIGIN'\n",
    )
    result = platform.run(building.loader(platform, tmp_path), stub, "user")
    assert (result.stdout, result.returncode) == ("user 11\n", 0), result.stderr


@pytest.mark.parametrize("kind", ["rpath", "runpath"])
@pytest.mark.parametrize("platform", [GLIBC, AARCH64], ids=lambda platform: platform.name)
def test_libraries_that_it_loads_inherit_an_rpath_and_no_runpath(kind: str, platform: Platform, tmp_path: Path) -> None:
    inner = platform.library(tmp_path / "inner", "libinner.so.1", "int inner(void) { return 3; }")
    platform.library(tmp_path / "outer", "libouter.so.1", "", "-Wl,--no-as-needed", inner)
    stub = building.make_stub(
        tmp_path / "libstub.so",
        f"soname = 'libstub.so'\nmachine = '{platform.machine}'\nneeded = ['libouter.so.1']\n"
        f"rpath = ['$ORIGIN/outer', '$ORIGIN/inner']\nrpath-kind = '{kind}'\n",
    )
    result = platform.run(building.loader(platform, tmp_path), stub, "inner")
    missing = "libinner.so.1: cannot open shared object file: No such file or directory\n"
    assert (result.stdout, result.returncode) == (("inner 3\n", 0) if kind == "rpath" else (missing, 1))


@pytest.mark.parametrize("platform", [GLIBC, AARCH64], ids=lambda platform: platform.name)
def test_the_loader_names_the_first_library_that_misses(platform: Platform, tmp_path: Path) -> None:
    stub = building.make_stub(
        tmp_path / "libstub.so",
        f"soname = 'libstub.so'\nmachine = '{platform.machine}'\nneeded = ['libfirst.so.1', 'libsecond.so.1']\n",
    )
    result = platform.run(building.loader(platform, tmp_path), stub)
    assert result.stdout == "libfirst.so.1: cannot open shared object file: No such file or directory\n"


def test_musl_names_the_first_library_that_misses(tmp_path: Path) -> None:
    lines = "soname = 'libstub.so'\nmachine = 'x86_64'\nneeded = ['libfirst.so.1', 'libsecond.so.1']\n"
    stub = building.make_stub(tmp_path / "libstub.so", lines)
    said = MUSL.run(building.loader(MUSL, tmp_path), stub).stdout
    assert said == f"Error loading shared library libfirst.so.1: No such file or directory (needed by {stub})\n"


def test_ctypes_loads_a_stub_and_fails_in_the_loaders_words(tmp_path: Path) -> None:
    lines = "soname = 'libstub.so'\nmachine = 'x86_64'\nrpath = '$ORIGIN'\nneeded = 'libmissing.so.7'\n"
    stub = building.make_stub(tmp_path / "libstub.so", lines)
    expected = r"^libmissing\.so\.7: cannot open shared object file: No such file or directory$"
    with pytest.raises(OSError, match=expected):
        ctypes.CDLL(str(stub), mode=ctypes.RTLD_GLOBAL)
    GLIBC.library(tmp_path, "libmissing.so.7", "int wheelfix_test_symbol(void) { return 5; }")
    ctypes.CDLL(str(stub), mode=ctypes.RTLD_GLOBAL)
    assert ctypes.CDLL(None).wheelfix_test_symbol() == 5


@pytest.mark.parametrize("page_size", [4096, 8192, 65536])
def test_a_larger_page_size_is_no_trouble_on_smaller_pages(page_size: int, tmp_path: Path) -> None:
    GLIBC.library(tmp_path, "liba.so.1", "int a(void) { return 1; }")
    stub = building.make_stub(
        tmp_path / "libstub.so",
        f"soname = 'libstub.so'\nmachine = 'x86_64'\nneeded = 'liba.so.1'\nrpath = '$ORIGIN'\npage-size = {page_size}\n",
    )
    result = GLIBC.run(building.loader(GLIBC, tmp_path), stub, "a")
    assert (result.stdout, result.returncode) == ("a 1\n", 0), result.stderr


@every_platform
def test_a_stub_of_many_pages_loads(platform: Platform, tmp_path: Path) -> None:
    """Its strings fill more than one page, of 64 KiB too, before .dynamic."""
    platform.library(tmp_path, "liba.so.1", "int a(void) { return 1; }")
    folders = ", ".join(f"'$ORIGIN/folder-of-a-long-name-{number:05}'" for number in range(1600))
    soname = f"lib{'x' * 20000}.so"
    stub = building.make_stub(
        tmp_path / "libstub.so",
        f"soname = '{soname}'\nmachine = '{platform.machine}'\nneeded = 'liba.so.1'\nrpath = ['$ORIGIN', {folders}]\n",
    )
    assert stub.stat().st_size > 65536
    result = platform.run(building.loader(platform, tmp_path), stub, "a")
    assert (result.stdout, result.returncode) == ("a 1\n", 0), result.stderr


STRIP = {"x86_64": "strip", "aarch64": "aarch64-linux-gnu-strip"}


@every_platform
@pytest.mark.parametrize("change", ["strip", "eu-strip", "patchelf"])
def test_a_stub_still_loads_when_other_tools_have_changed_it(change: str, platform: Platform, tmp_path: Path) -> None:
    platform.library(tmp_path / "a", "liba.so.1", "int a(void) { return 1; }")
    rpath = "$ORIGIN" if change == "patchelf" else "$ORIGIN/a"
    stub = building.make_stub(
        tmp_path / "libstub.so",
        f"soname = 'libstub.so'\nmachine = '{platform.machine}'\nneeded = 'liba.so.1'\nrpath = '{rpath}'\n",
    )
    words = {
        "strip": [STRIP[platform.machine], stub],
        "eu-strip": ["eu-strip", stub],
        "patchelf": ["patchelf", "--set-rpath", "$ORIGIN/a:$ORIGIN/longer/than/before", stub],
    }[change]
    subprocess.run(words, check=True, capture_output=True)
    result = platform.run(building.loader(platform, tmp_path), stub, "a")
    assert (result.stdout, result.returncode) == ("a 1\n", 0), result.stderr

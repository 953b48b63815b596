"""The tags that a Python takes are those that packaging.tags gives, for the Pythons of this machine and for made-up ones."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import packaging
import pytest
from packaging import _manylinux, _musllinux
from packaging.tags import compatible_tags, cpython_tags, generic_tags

PLATFORMS = ["linux_x86_64", "manylinux_2_17_x86_64"]
OLDEST = (3, 9)  # that the packaging of this test runs on
GLIBCS = [(2, 4), (2, 5), (2, 11), (2, 12), (2, 16), (2, 17), (2, 36), (2, 41)]
MACHINES = ["x86_64", "i686", "aarch64", "armv7l", "armv8l", "ppc64le", "s390x", "riscv64", "mips64"]


def ask(**request: object) -> list[str]:
    tool = Path(os.environ["WHEELFIX_BUILD_DIR"]) / "tests/doctor/doctor_tool"
    result = subprocess.run([tool], input=json.dumps(request) + "\n", capture_output=True, text=True, check=True)
    answer = json.loads(result.stdout)
    assert isinstance(answer, list), answer
    return answer


def pythons() -> list[Path]:
    """This one, those on the path, and pyenv's; each version once."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    folders += sorted(Path.home().glob(".pyenv/versions/*/bin"))
    candidates = [Path(sys.executable)]
    candidates += [file for folder in folders for file in folder.glob("python3*") if "shims" not in file.parts]
    found: dict[str, Path] = {}
    for file in candidates:
        if not re.fullmatch(r"python(3(\.\d+t?)?)?", file.name) or not os.access(file, os.X_OK):
            continue
        told = subprocess.run([file, "-I", "-c", "import sys; print(sys.version)"], capture_output=True, text=True)
        version = tuple(int(part) for part in told.stdout.split()[0].split(".")[:2]) if told.returncode == 0 else (0,)
        if version >= OLDEST:
            found.setdefault(told.stdout, file)
    return list(found.values())


@pytest.mark.parametrize("python", pythons(), ids=str)
def test_an_interpreter_takes_what_packaging_says(python: Path) -> None:
    folder = str(Path(packaging.__file__).parents[1])
    code = f"import sys; sys.path.append({folder!r}); from packaging.tags import sys_tags; print(*sys_tags(), sep='\\n')"
    told = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert len(told) > 100
    assert set(ask(ask="tags", python=str(python))) == set(told)


@pytest.mark.parametrize("minor", range(2, 21))
@pytest.mark.parametrize("flag", ["", "t"])
def test_a_cpython_by_its_tag_takes_what_packaging_says(minor: int, flag: str) -> None:
    if flag and minor < 13:
        with pytest.raises(AssertionError, match="neither a version or tag of a Python nor a program"):
            ask(ask="tags", python=f"cp3{minor}{flag}")
        return
    own = f"cp3{minor}"
    abi = own + flag + ("m" if minor < 8 else "")
    expected = {str(tag) for tag in cpython_tags((3, minor), [abi], PLATFORMS)}
    expected |= {str(tag) for tag in compatible_tags((3, minor), own, PLATFORMS)}
    assert set(ask(ask="tags", python=own + flag, platforms=PLATFORMS)) == expected


@pytest.mark.parametrize("minor", [6, 9, 10, 11])
def test_a_pypy_by_its_tag_takes_what_packaging_says(minor: int) -> None:
    expected = {str(tag) for tag in generic_tags(f"pp3{minor}", [f"pypy3{minor}_pp73"], PLATFORMS)}
    expected |= {str(tag) for tag in compatible_tags((3, minor), "pp3", PLATFORMS)}
    assert set(ask(ask="tags", python=f"pp3{minor}", platforms=PLATFORMS)) == expected


@pytest.mark.parametrize("machine", MACHINES)
def test_linux_platforms_are_those_of_packaging(machine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    machines = ["armv8l", "armv7l"] if machine == "armv8l" else [machine]
    native = [f"linux_{name}" for name in machines]
    # Of armv7l and i686 it would look at this very process.
    monkeypatch.setattr(_manylinux, "_is_linux_armhf", lambda executable: True)
    monkeypatch.setattr(_manylinux, "_is_linux_i686", lambda executable: True)
    for glibc in GLIBCS:
        monkeypatch.setattr(_manylinux, "_get_glibc_version", lambda glibc=glibc: _manylinux._GLibCVersion(*glibc))
        expected = native + list(_manylinux.platform_tags(machines))
        assert ask(ask="platforms", machine=machine, libc="glibc", version=glibc) == expected
    monkeypatch.setattr(_musllinux, "_get_musl_version", lambda executable: _musllinux._MuslVersion(1, 2))
    expected = native + list(_musllinux.platform_tags(machines))
    assert ask(ask="platforms", machine=machine, libc="musl", version=(1, 2)) == expected

"""The released Debian package installs in a bare Debian 12 and 11, works there, and leaves nothing when it is removed; lintian finds no fault
but the address of its maintainer, which is the builder's to give.

    ./cmake/release.sh
    build-dev/venv/bin/python -m pytest tests/real/debian_package.py

As root, with debootstrap and lintian. $WHEELFIX_DEBIAN_ROOTS is a folder of systems that debootstrap made, by their names: it is filled if some are
missing, and what is in it isn't changed. $WHEELFIX_RELEASE_AGAIN as in static_programs.py."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/interop"))

from libraries import build_library  # noqa: E402
from released import released  # noqa: E402
from wheels import build_wheel  # noqa: E402

PATCH = "--- a/demo/__init__.py\n+++ b/demo/__init__.py\n@@ -1 +1 @@\n-one\n+ONE\n"


@pytest.fixture(scope="module")
def package() -> Path:
    return released("wheelfix_*_amd64.deb")


class System:
    """A root with nothing but what debootstrap installs."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, *words: str, status: int = 0) -> str:
        """What it prints, on stdout and stderr."""
        command = ["chroot", self.root, "/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", *words]
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert result.returncode == status, f"{words}\n{result.stdout}"
        return result.stdout

    def files(self) -> set[str]:
        """All names that a package may leave."""
        return {str(path) for top in ["usr", "etc"] for path in (self.root / top).rglob("*")}


@pytest.fixture(params=["bookworm", "bullseye"])
def system(request: pytest.FixtureRequest, tmp_path: Path) -> System:
    roots = Path(os.environ.get("WHEELFIX_DEBIAN_ROOTS", tmp_path / "roots"))
    published = roots / request.param
    if not published.exists():
        roots.mkdir(exist_ok=True)
        subprocess.run(["debootstrap", "--variant=minbase", request.param, published], check=True, stdout=subprocess.DEVNULL)
    root = tmp_path / "system"
    subprocess.run(["cp", "-a", published, root], check=True)
    return System(root)


def test_it_installs_works_and_goes_away(system: System, package: Path) -> None:
    before = system.files()
    shutil.copy(package, system.root / "wheelfix.deb")
    installed = system.run("dpkg", "-i", "wheelfix.deb")
    assert "warning" not in installed and "error" not in installed, installed
    assert system.run("wheelfix", "--version").startswith("wheelfix 0.1.0\n")
    assert system.run("wheelfix", "recipes", "-q").startswith("torch-2.1.0, for torch ")

    library = build_library("soname lib.so\nneeded libc.so.6 libgone.so.1\nrunpath $ORIGIN/../demo.libs")
    build_wheel(system.root / "w", "demo", "1.0", {"demo/__init__.py": "one\n", "demo/lib.cpython-311-x86_64-linux-gnu.so": library}, tag="cp311-cp311-linux_x86_64")
    (system.root / "fix.patch").write_text(PATCH)
    wheel = "w/demo-1.0-cp311-cp311-linux_x86_64.whl"
    said = system.run("wheelfix", "patch", "-s", "fix.1", "--patch", "fix.patch", "--add-rpath", "demo/*=$ORIGIN", "-d", "w", wheel)
    new = "w/demo-1.0+fix.1-cp311-cp311-linux_x86_64.whl"
    # There is no /proc.
    assert said.splitlines()[1:] == ["patched  demo/__init__.py (fix.patch)", "rpath    demo/lib.cpython-311-x86_64-linux-gnu.so", new]
    assert system.run("wheelfix", "verify", new) == f"{new}: 0 errors, 0 warnings\n"
    assert "libgone.so.1: cannot open shared object file" in system.run("wheelfix", "doctor", new, status=1)
    assert "wheelfix-lief needs /proc" in said.splitlines()[0]
    subprocess.run(["mount", "-t", "proc", "proc", system.root / "proc"], check=True)
    try:
        assert "LIEF agrees on 1 of 1" in system.run("wheelfix", "inspect", "--cross-check", new)
    finally:
        subprocess.run(["umount", system.root / "proc"], check=True)
    assert system.run("wheelfix-index", "w").endswith("w/simple\n")
    completions = "source /usr/share/bash-completion/completions/wheelfix; complete -p wheelfix-index"
    assert "_wheelfix" in system.run("bash", "-c", completions)

    system.run("dpkg", "-r", "wheelfix")
    assert system.files() - before == set()


def test_lintian_finds_no_other_fault(package: Path) -> None:
    result = subprocess.run(["lintian", "--allow-root", "--fail-on", "none", package], capture_output=True, text=True, check=True)
    faults = [line for line in result.stdout.splitlines() if "bogus-mail-host" not in line]
    assert faults == []


def test_it_needs_no_package(package: Path) -> None:
    fields = {name: subprocess.run(["dpkg-deb", "--field", package, name], capture_output=True, text=True, check=True).stdout.strip() for name in ["Depends", "Recommends"]}
    assert fields == {"Depends": "", "Recommends": "libc6 (>= 2.36)"}


def test_the_same_sources_give_the_same_bytes(package: Path) -> None:
    again = os.environ.get("WHEELFIX_RELEASE_AGAIN")
    if again is None:
        pytest.skip("$WHEELFIX_RELEASE_AGAIN isn't set")
    assert (Path(again) / package.name).read_bytes() == package.read_bytes()

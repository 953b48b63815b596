"""The released wheel installs in every Python and is in order, by pip, uv, auditwheel, check-wheel-contents and wheelfix itself.

    ./cmake/release.sh
    build-dev/venv/bin/python -m pytest tests/real/released_wheel.py

$WHEELFIX_PYTHONS: the interpreters, with spaces between; else python3 and each python3.N on PATH from 3.9 on.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from released import released
from wheels import build_wheel

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent
FOUND = [shutil.which(f"python3{minor}") for minor in ["", *(f".{n}{t}" for n in range(9, 16) for t in ["", "t"])]]
PYTHONS = os.environ.get("WHEELFIX_PYTHONS", " ".join(path for path in FOUND if path)).split()


@pytest.fixture(scope="module")
def wheel() -> Path:
    return released("wheelfix-*_x86_64.whl")


def run(*words: str | Path) -> str:
    result = subprocess.run(words, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{words}\n{result.stdout}{result.stderr}"
    return result.stdout


def make_venv(python: str, folder: Path) -> Path:
    run(python, "-m", "venv", folder)
    return folder / "bin/python"


# In eight threads, because a Python may be free-threaded.
USE = """
import sys, wheelfix
from concurrent.futures import ThreadPoolExecutor

def work(number):
    seen = []
    made = wheelfix.patch(sys.argv[1], suffix=f"x.{number}", patch=sys.argv[2], dest_dir=sys.argv[3], progress=seen.append)
    return wheelfix.verify(*made.outputs, progress=seen.append).passed and seen[0].total > 0

with ThreadPoolExecutor(8) as threads:
    assert all(threads.map(work, range(16)))
try:
    wheelfix.inspect("missing.whl")
except wheelfix.WheelfixError as error:
    print(error.code, error.exit_status, wheelfix.index(sys.argv[3]).files)
"""


def check_functions(python: Path, folder: Path) -> None:
    """Those of the Python package, with the programs that are installed with it."""
    wheel = build_wheel(folder, "demo", "1.0", {"demo/__init__.py": "one\n"})
    patch = folder / "fix.patch"
    patch.write_text("--- a/demo/__init__.py\n+++ b/demo/__init__.py\n@@ -1 +1 @@\n-one\n+two\n")
    assert run(python, "-c", USE, wheel, patch, folder / "made") == "io 4 16\n"
    typed = [TOOLS / "mypy", "--strict", "--python-executable", python, ROOT / "tests/interop/typed_use.py"]
    assert "no issues found" in run(*typed, "--cache-dir", folder / "mypy")
    installed = run(python, "-c", "import sysconfig; print(sysconfig.get_path('data'))").strip()
    schemas = [path.name for path in (Path(installed) / "share/wheelfix/schema").iterdir()]
    assert sorted(schemas) == sorted(path.name for path in ROOT.glob("apps/*/schema/*.json"))


def check_installed(python: Path, programs: Path) -> None:
    version = run(programs / "wheelfix", "--version")
    assert re.match(r"wheelfix \d+\.\d+\.\d+\n", version)
    assert run(python, "-m", "wheelfix", "--version") == version
    assert "Usage:" in run(programs / "wheelfix-index", "--help")
    found = run(python, "-c", "import wheelfix; print(wheelfix.find_program('wheelfix-index'))")
    assert Path(found.strip()).samefile(programs / "wheelfix-index")
    (inspected,) = json.loads(run(programs / "wheelfix", "inspect", "--json", "--cross-check", programs / "wheelfix"))["wheels"]
    assert [library["cross_check"]["outcome"] for library in inspected["libraries"]] == ["agrees"]


@pytest.mark.parametrize("python", PYTHONS)
def test_pip_installs_it(python: str, wheel: Path, tmp_path: Path) -> None:
    installed = make_venv(python, tmp_path / "venv")
    run(installed, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index", wheel)
    check_installed(installed, tmp_path / "venv/bin")
    check_functions(installed, tmp_path)
    run(tmp_path / "venv/bin/wheelfix", "doctor", "--env", tmp_path / "venv")
    run(installed, "-m", "pip", "uninstall", "--quiet", "--yes", "wheelfix")
    assert [path for path in (tmp_path / "venv").rglob("*wheelfix*") if not path.is_dir()] == []


def test_uv_installs_it(wheel: Path, tmp_path: Path) -> None:
    installed = make_venv(PYTHONS[0], tmp_path / "venv")
    run(TOOLS / "uv", "--no-cache", "pip", "install", "--quiet", "--python", installed, wheel)
    check_installed(installed, tmp_path / "venv/bin")


def test_it_works_in_a_folder_of_its_own(wheel: Path, tmp_path: Path) -> None:
    """Where RECORD's paths of scripts lead elsewhere."""
    python = make_venv(PYTHONS[0], tmp_path / "venv")
    run(python, "-m", "pip", "install", "--quiet", "--no-index", "--target", tmp_path / "target", wheel)
    code = f"import sys; sys.path.insert(0, {str(tmp_path / 'target')!r}); import wheelfix; print(wheelfix.find_program())"
    assert run(python, "-c", code).strip() == str(tmp_path / "target/bin/wheelfix")


def test_wheelfix_finds_no_fault_in_it(wheel: Path, tmp_path: Path) -> None:
    installed = make_venv(PYTHONS[0], tmp_path / "venv")
    run(installed, "-m", "pip", "install", "--quiet", "--no-index", wheel)
    program = tmp_path / "venv/bin/wheelfix"
    assert run(program, "verify", wheel).endswith(": 0 errors, 0 warnings\n")
    run(program, "doctor", "--fail-on", "warning", wheel)


def test_auditwheel_finds_it_fit_for_its_tag(wheel: Path) -> None:
    said = run(TOOLS / "auditwheel", "show", wheel)
    assert 'consistent with\nthe following platform tag: "manylinux_2_5_x86_64"' in said or "manylinux_2_17_x86_64" in said


def test_check_wheel_contents_finds_no_fault(wheel: Path) -> None:
    assert run(TOOLS / "check-wheel-contents", wheel).endswith(": OK\n")


def test_the_bill_of_materials_names_what_is_linked_in(wheel: Path, tmp_path: Path) -> None:
    """By the program's own answer."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if ".dist-info/sboms/" in name]
        bill = json.loads(archive.read(name))
        (script,) = [name for name in archive.namelist() if name.endswith(".data/scripts/wheelfix")]
        program = Path(archive.extract(script, tmp_path))
    program.chmod(0o755)
    versions = {part["name"]: part["version"] for part in bill["components"]}
    names = {"ISA-L": "libisal", "OpenSSL": "openssl", "fmt": "fmtlib", "toml++": "tomlplusplus"}
    for line in run(program, "--version").splitlines()[1:]:
        library, version = line.split()
        assert versions[names.get(library, library)].removeprefix("1:").startswith(version)

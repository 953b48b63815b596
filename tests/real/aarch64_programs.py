"""The released programs for aarch64, in qemu: each command runs in an empty root, and they behave like those of other builds.

    ./cmake/release.sh x86_64 aarch64
    build-dev/venv/bin/python -m pytest tests/real/aarch64_programs.py

As root, because it runs them in a folder as the root of the file system.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/interop"))

from released import unpacked_release  # noqa: E402
from wheels import build_wheel  # noqa: E402

EMULATOR = shutil.which("qemu-aarch64-static") or shutil.which("qemu-aarch64")
BUILD = ROOT / "build-static-aarch64"
# Scenarios in which LIEF's helper or pip is started, which ends with status 127 in the emulator.
STARTING = """
delta doctor_macos doctor_soname index_pip inspect_cross_check inspect_foreign inspect_libraries json_reports patch_libraries_json
patch_library patch_lost_loads patch_needed patch_recipe patch_recipe_options_win patch_rpath patch_stub repair repair_installed repair_json
repair_refused
""".split()
PATCH = "--- a/demo/__init__.py\n+++ b/demo/__init__.py\n@@ -1 +1 @@\n-one\n+ONE\n"


def run(*words: str | Path, **env: str) -> str:
    result = subprocess.run(words, capture_output=True, text=True, check=False, env={**os.environ, **env})
    assert result.returncode == 0, f"{words}\n{result.stdout}{result.stderr}"
    return result.stdout


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked_release("aarch64", tmp_path_factory.mktemp("release"))


@pytest.mark.parametrize("name", ["bin/wheelfix", "bin/wheelfix-index", "libexec/wheelfix/wheelfix-lief"])
def test_it_asks_for_no_loader_and_no_library(release: Path, name: str) -> None:
    with (release / name).open("rb") as file:
        program = ELFFile(file)
        (dynamic,) = [segment for segment in program.iter_segments() if segment.header.p_type == "PT_DYNAMIC"]
        assert (program.header.e_machine, program.header.e_type) == ("EM_AARCH64", "ET_DYN")
        assert "PT_INTERP" not in [segment.header.p_type for segment in program.iter_segments()]
        assert [tag for tag in dynamic.iter_tags() if tag.entry.d_tag == "DT_NEEDED"] == []


def test_the_same_input_gives_the_same_bytes_as_on_other_machines(release: Path, tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path, "demo", "1.0", {"demo/__init__.py": "one\n", "demo/large.txt": "".join(f"line {n}\n" for n in range(50_000))})
    (tmp_path / "fix.patch").write_text(PATCH)
    made = []
    for name, program in {"arm": [EMULATOR, release / "bin/wheelfix"], "here": [ROOT / "build-static/apps/wheelfix/wheelfix"]}.items():
        words = ["patch", "--quiet", "--suffix", "fix.1", "--patch", tmp_path / "fix.patch", "--dest-dir", tmp_path / name, wheel]
        made.append(Path(run(*program, *words).strip()).read_bytes())
    assert made[0] == made[1]
    run(EMULATOR, release / "bin/wheelfix", "verify", tmp_path / "arm/demo-1.0+fix.1-py3-none-any.whl")
    run(EMULATOR, release / "bin/wheelfix-index", tmp_path / "arm")


def test_they_behave_like_those_of_other_builds(release: Path, tmp_path: Path) -> None:
    """By scripts that run them in the emulator, because the kernel may not."""
    for name in ["wheelfix", "wheelfix-index"]:
        script = tmp_path / "build/apps" / name / name
        script.parent.mkdir(parents=True)
        script.write_text(f'#!/bin/sh\nexec {EMULATOR} {BUILD}/apps/{name}/{name} "$@"\n')
        script.chmod(0o755)
    words = [sys.executable, "-m", "pytest", "--quiet", f"--basetemp={tmp_path / 'tests'}", ROOT / "tests/cli/test_scenarios.py"]
    words += ["-k", f"not ({' or '.join(f'[{name}]' for name in STARTING)})"]
    run(*words, WHEELFIX_BUILD_DIR=str(tmp_path / "build"))

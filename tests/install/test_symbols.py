"""A shared libwheelfix exports what the public headers declare, by what nm tells of it, and nothing else."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEADERS = sorted((ROOT / "lib/include/wheelfix").glob("*.hpp"))


def symbols(*arguments: str | Path) -> set[str]:
    """The names, demangled, that nm lists."""
    listed = subprocess.run(["nm", "-C", "--format=just-symbols", *arguments], capture_output=True, text=True, check=True)
    return {line for line in listed.stdout.splitlines() if line and not line.endswith(":")}


@pytest.fixture(scope="module")
def exported(build_dir: Path) -> set[str]:
    return symbols("-D", "--defined-only", build_dir / "tests/install/libwheelfix_shared.so")


def test_each_exported_name_is_in_a_public_header(exported: set[str]) -> None:
    assert len(exported) > 50
    words = set(re.findall(r"\w+", "".join(header.read_text() for header in HEADERS)))
    assert [name for name in sorted(exported) if not declared(name, words)] == []


def declared(name: str, words: set[str]) -> bool:
    """Whether `name`, as in `vtable for wheelfix::Error` or `wheelfix::Wheel::open(...)`, is made of words of the public headers alone."""
    name = re.sub(r"^(vtable|typeinfo|typeinfo name) for ", "", name)
    path = re.match(r"[\w:~]+", re.sub(r"\[abi:\w+\]", "", name))[0]
    return path.startswith("wheelfix::") and all(word.lstrip("~") in words for word in path.split("::"))


def test_what_the_programs_use_is_exported(build_dir: Path, exported: set[str]) -> None:
    objects = sorted((build_dir / "apps/CMakeFiles").rglob("*.o"))
    used = {name for name in symbols("--undefined-only", *objects) if name.startswith("wheelfix::")}
    assert len(used) > 30
    assert sorted(used - exported - symbols("--defined-only", *objects)) == []

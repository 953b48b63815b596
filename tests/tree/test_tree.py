"""The source tree keeps its own rules: which folder includes which, as lib/README.md has it, how long a file is, what
no file holds, and that the catalogue and a test have every finding."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# The folders of lib, in the order in which they stand on each other, by the rows of the table there.
ROW = re.compile(r"^\| ([a-z.]+) \| [^|]+ \| ([a-z_, ]*) \| ([a-z, ]*) \|$", re.MULTILINE)
ROWS = ROW.findall((ROOT / "lib/README.md").read_text().split("| room |")[1])
MAY_USE = {room: set(used.split(", ")) - {""} for room, _, used in ROWS}
PUBLIC = {header: room for room, headers, _ in ROWS for header in headers.split(", ") if header}
MAX_LINES = 400
MAX_BINARY = 100_000
SOURCES = {".cpp", ".hpp", ".py", ".sh", ".cmake"}


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """Files under version control, or all of a released tree's."""
    if (ROOT / ".git").exists():
        command = ["git", "-c", f"safe.directory={ROOT}", "-C", ROOT, "ls-files", "-z"]
        names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")[:-1]
        paths = [ROOT / name for name in names]
    else:
        paths = [path for path in ROOT.rglob("*") if not path.relative_to(ROOT).parts[0].startswith(("build", "dist"))]
    return [path for path in paths if path.is_file()]


def test_every_folder_of_lib_has_its_row() -> None:
    assert {path.name for path in (ROOT / "lib").iterdir() if path.is_dir()} == {"include", *MAY_USE} - {"."}


def test_every_public_header_has_its_row() -> None:
    assert {path.stem for path in (ROOT / "lib/include/wheelfix").iterdir()} == set(PUBLIC)


def test_arrows_point_to_rows_above() -> None:
    rooms = list(MAY_USE)
    arrows = [(room, name) for room, used in MAY_USE.items() for name in used]
    assert [(room, name) for room, name in arrows if name not in rooms[: rooms.index(room)]] == []


def test_readme_has_at_most_150_lines() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150


@pytest.mark.parametrize("folder", MAY_USE)
def test_includes_are_those_of_the_table(folder: str) -> None:
    headers = [ROOT / f"lib/include/wheelfix/{name}.hpp" for name, owner in PUBLIC.items() if owner == folder]
    used = {
        room: f"{path.relative_to(ROOT)} includes {name}"
        for path in [*headers, *sorted((ROOT / "lib" / folder).glob("*.?pp"))]
        for name, room in used_folders(path)
        if room != folder
    }
    assert {room: place for room, place in used.items() if room not in MAY_USE[folder]} == {}
    assert MAY_USE[folder] - set(used) == set(), "no include needs these"


def used_folders(path: Path) -> list[tuple[str, str]]:
    """What a source of lib includes of ours, each with the folder that it belongs to."""
    text = path.read_text()
    own = [(name, name.split("/")[0]) for name in re.findall(r'^#include "([^"]+)"', text, re.MULTILINE)]
    public = re.findall(r"^#include <wheelfix/(\w+)\.hpp>", text, re.MULTILINE)
    return own + [(name, PUBLIC[name]) for name in public]


def test_apps_use_the_public_headers_alone() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} includes {name}"
        for path in sorted((ROOT / "apps").rglob("*.?pp"))
        for name in re.findall(r'^#include "([^"]+)"', path.read_text(), re.MULTILINE)
        if name.split("/")[0] in MAY_USE
    ]
    assert wrong == []


def test_ctest_knows_all_tests_in_python(tracked: list[Path]) -> None:
    for path in tracked:
        if path.match("tests/*/test_*.py"):
            words = re.findall(r"\w+", (path.parent / "CMakeLists.txt").read_text())
            assert path.stem.removeprefix("test_") in words


def test_no_source_is_longer_than_400_lines(tracked: list[Path]) -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in tracked if path.suffix in SOURCES}
    assert {str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > MAX_LINES} == {}


def test_no_file_names_a_place_outside_of_the_tree(tracked: list[Path]) -> None:
    """Folders of the machine that it was written on mean nothing to others."""
    outside = re.compile(rb"(?<![\w.])/" rb"(?:work|root|home/\w+)/|\.\./" rb"shared/|\." rb"library/")
    found = {str(path.relative_to(ROOT)): match[0] for path in tracked if (match := outside.search(path.read_bytes()))}
    assert found == {}


def test_no_large_binary_is_stored(tracked: list[Path]) -> None:
    sizes = {path: path.stat().st_size for path in tracked if b"\0" in path.read_bytes()[:8192]}
    assert {str(path.relative_to(ROOT)): size for path, size in sizes.items() if size > MAX_BINARY} == {}


def names_of_findings() -> dict[str, str]:
    """The names of the catalogue, by their enumerators. The compiler sees to it that each has an entry."""
    entries = "".join(path.read_text() for path in (ROOT / "lib/base/findings").glob("*.hpp"))
    return dict(re.findall(r'\.code = FindingCode::(\w+),\s*\.name = "([^"]+)"', entries))


def test_a_finding_is_named_as_its_code_is() -> None:
    names = names_of_findings()
    assert len(names) > 90
    assert {name: code for code, name in names.items() if name.replace("-", "_") != code} == {}


def test_every_finding_is_reported_and_in_a_test(tracked: list[Path]) -> None:
    names = names_of_findings()
    lib = "".join(path.read_text() for path in (ROOT / "lib").rglob("*.cpp"))
    assert set(names) - set(re.findall(r"FindingCode::(\w+)", lib)) == set()
    tests = [path for path in tracked if path.is_relative_to(ROOT / "tests")]
    words = {word for path in tests for word in re.findall(rb"[a-z0-9_-]+", path.read_bytes())}
    assert {code for code, name in names.items() if not words & {code.encode(), name.encode()}} == set()

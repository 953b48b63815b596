"""The source tree keeps its own rules: which folder includes which, how long a file is, what no file holds, and that
README and a test have every finding."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
# The folders of lib, in the order in which they stand on each other, and what each may use.
MAY_USE = {
    "base": set(),
    "toml": {"base"},
    "deflate": {"base"},
    "zip": {"base", "deflate"},
    "wheel": {"base", "deflate", "zip"},
    "diff": {"base"},
    "binary": {"base"},
    "library": {"base", "deflate", "zip", "wheel", "binary"},
    "stub": {"base", "toml", "binary"},
    "python": {"base"},
    "loader": {"base", "wheel", "binary", "library", "stub", "python"},
    "change": {"base", "toml", "deflate", "zip", "wheel", "diff", "binary", "library", "stub", "loader"},
    "doctor": {"base", "wheel", "binary", "library", "loader", "python"},
    "repair": {"base", "wheel", "binary", "library", "loader", "change", "stub", "python"},
    "index": {"base", "wheel"},
}
# The folder that each public header belongs to.
PUBLIC = {
    "byte_edit": "base",
    "error": "base",
    "finding": "base",
    "limits": "base",
    "progress": "base",
    "version": "wheel",
    "version_specifiers": "wheel",
    "wheel_name": "wheel",
    "metadata": "wheel",
    "record": "wheel",
    "wheel": "wheel",
    "edit": "wheel",
    "verify": "wheel",
    "diff": "diff",
    "stub": "stub",
    "binary": "binary",
    "library": "library",
    "library_rules": "change",
    "file_tree": "loader",
    "loader": "loader",
    "loader_system": "loader",
    "layout": "loader",
    "platform_tag": "loader",
    "preload_order": "loader",
    "imports": "loader",
    "lost_loads": "loader",
    "patch": "change",
    "recipe": "change",
    "cuda": "doctor",
    "doctor": "doctor",
    "host_cuda": "doctor",
    "index": "index",
    "repair": "repair",
    "build_info": None,
}
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
        paths = [path for path in ROOT.rglob("*") if not path.relative_to(ROOT).parts[0].startswith("build")]
    return [path for path in paths if path.is_file()]


def test_every_folder_of_lib_has_its_rule() -> None:
    assert {path.name for path in (ROOT / "lib").iterdir() if path.is_dir()} <= {"include", *MAY_USE}


def test_every_public_header_has_its_folder() -> None:
    assert {path.stem for path in (ROOT / "lib/include/wheelfix").iterdir()} <= set(PUBLIC)


@pytest.mark.parametrize("folder", MAY_USE)
def test_includes_run_one_way(folder: str) -> None:
    headers = [ROOT / f"lib/include/wheelfix/{name}.hpp" for name, owner in PUBLIC.items() if owner == folder]
    headers = [path for path in headers if path.exists()]
    wrong = [
        f"{path.relative_to(ROOT)} includes {name}"
        for path in [*headers, *sorted((ROOT / "lib" / folder).glob("*.?pp"))]
        for name, used in used_folders(path)
        if used not in {folder, *MAY_USE[folder]}
    ]
    assert wrong == []


def used_folders(path: Path) -> list[tuple[str, str | None]]:
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


def codes_of_lib() -> set[str]:
    """What findings are called: text of several words, joined by hyphens, in sources that give findings a severity."""
    texts = [path.read_text() for path in (ROOT / "lib").rglob("*.cpp")]
    sources = "\n".join(text for text in texts if "Severity::" in text)
    return {*re.findall(r'"([a-z0-9]+(?:-[a-z0-9]+)+)"', sources), "unreadable"}


def test_readme_lists_the_code_of_every_finding() -> None:
    sections = [text for text in re.split(r"^## ", README.read_text(), flags=re.MULTILINE) if text.startswith("What `")]
    rows = re.findall(r"^\| (`[^|]*) \| (?:error|warning|note)", "\n".join(sections), re.MULTILINE)
    listed = {code for row in rows for code in re.findall(r"`([^`]+)`", row)}
    assert listed == codes_of_lib()


def test_every_code_is_in_a_test(tracked: list[Path]) -> None:
    tests = [path for path in tracked if path.is_relative_to(ROOT / "tests") and path != Path(__file__).resolve()]
    words = {word for path in tests for word in re.findall(rb"[a-z0-9-]+", path.read_bytes())}
    assert {code for code in codes_of_lib() if code.encode() not in words} == set()

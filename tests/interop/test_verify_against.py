"""verify --against, beside a comparison of the archives' bytes in Python; and what is changed after the receipt was
written."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from archives import Archive
from wheels import File, build_wheel

LABEL = "fix.1"
MARKUPSAFE = "MarkupSafe-3.0.2-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"


def plain(path: str) -> str:
    """A path under the source's version."""
    return path.replace(f"+{LABEL}", "")


def entries(path: Path) -> dict[str, tuple[object, ...]]:
    """All that is in the file for each entry: its bytes, and its fields of the directory without the offset. An entry
    with another name has a header of its own, so of that only what says something counts."""
    found: dict[str, tuple[object, ...]] = {}
    for entry in Archive(path).entries.values():
        header = entry.header._replace(offset=0)
        if ".dist-info/" in entry.path or ".data/" in entry.path:
            header = header._replace(needed=0, flags=0, name_size=0)
            found[plain(entry.path)] = (header, entry.extra, entry.comment, entry.data)
        else:
            found[entry.path] = (header, entry.extra, entry.comment, entry.local)
    return found


def compare(wheelfix, wheel: Path, source: Path, *words: str | Path) -> tuple[dict, int]:
    result = wheelfix("verify", "--json", "--against", source, *words, wheel)
    return json.loads(result.stdout), result.returncode


@pytest.fixture(params=["made", "MarkupSafe"])
def source(request: pytest.FixtureRequest, published: Callable[[str], Path], tmp_path: Path) -> Path:
    if request.param == "MarkupSafe":
        return published(MARKUPSAFE)
    files = {"demo/__init__.py": "one\n", "demo/data.bin": File(bytes(3_000_000)), "demo/run.sh": File("x", 0o755)}
    return build_wheel(tmp_path, "demo", "1.0", files, data_files={"scripts/run": "#!python\n"})


@pytest.fixture
def patched(wheelfix, source: Path, tmp_path: Path) -> Path:
    """A module is changed, and a file added; the receipt is beside it."""
    package = source.name.split("-")[0].lower()
    with zipfile.ZipFile(source) as wheel:
        text = wheel.read(f"{package}/__init__.py").decode()
    (tmp_path / "new.py").write_text(text + "# changed\n")
    module = f"{package}/__init__.py"
    added = [f"{module}={tmp_path / 'new.py'}", f"{package}/new.txt={tmp_path / 'new.py'}"]
    words = ["--remove", module, "--add", added[0], "--add", added[1]]
    wheelfix.done("patch", "-s", LABEL, *words, "-d", tmp_path / "out", "--receipt", tmp_path / "receipt.json", source)
    (wheel,) = (tmp_path / "out").glob("*.whl")
    return wheel


def test_the_same_entries_differ_as_python_finds(wheelfix, source: Path, patched: Path, tmp_path: Path) -> None:
    old, new = entries(source), entries(patched)
    document, status = compare(wheelfix, patched, source, "--receipt", tmp_path / "receipt.json")
    assert (status, document["findings"]) == (0, [])
    found = document["comparison"]
    assert found["entries"] == len(new)
    listed = {plain(item["path"]) for item in found["differ"]}
    assert listed == {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}
    assert len(listed) == 4  # the two files, METADATA and RECORD
    with zipfile.ZipFile(patched) as wheel:
        relabelled = {path for path in wheel.namelist() if f"+{LABEL}" in path}
    assert set(found["renamed"]) == relabelled - {item["path"] for item in found["differ"]}


def test_one_line_says_it(wheelfix, source: Path, patched: Path, tmp_path: Path) -> None:
    receipt = tmp_path / "receipt.json"
    text = wheelfix.done("verify", patched, "--against", source, "--receipt", receipt)
    assert text.count("\n") == 1
    assert text.startswith(f"{patched}: 4 of {len(entries(patched))} entries differ")
    assert text.endswith(f"; the rest bit for bit, as {receipt} says\n")


def rewrite(wheel: Path, change: Callable[[zipfile.ZipInfo, bytes], bytes]) -> None:
    """Writes the wheel again by zipfile, which compresses to the same bytes what was compressed so."""
    with zipfile.ZipFile(wheel) as old:
        items = [(info, old.read(info)) for info in old.infolist()]
    with zipfile.ZipFile(wheel, "w") as new:
        for info, content in items:
            new.writestr(info, change(info, content))


@pytest.mark.parametrize("kind", ["content", "time", "mode"])
def test_another_change_is_found(wheelfix, kind: str, source: Path, patched: Path, tmp_path: Path) -> None:
    """As somebody makes it who leaves RECORD as it is, or has only touched the file."""
    with zipfile.ZipFile(source) as wheel:
        victim = next(info for info in wheel.infolist() if info.filename.endswith((".sh", "_native.py"))).filename

    def change(info: zipfile.ZipInfo, content: bytes) -> bytes:
        if info.filename != victim:
            return content
        if kind == "time":
            info.date_time = (2021, 2, 3, 4, 6, 8)
        if kind == "mode":
            info.external_attr ^= 0o022 << 16
        return content + b"evil" if kind == "content" else content

    rewrite(patched, change)
    document, status = compare(wheelfix, patched, source, "--receipt", tmp_path / "receipt.json")
    assert status == 1
    found = {(item["code"], item["path"]) for item in document["findings"]}
    assert {("receipt-mismatch", None), ("undeclared-change", victim)} <= found
    assert (("record-hash-mismatch", victim) in found) == (kind == "content")


def test_the_receipt_of_another_wheel_is_refused(wheelfix, source: Path, patched: Path, tmp_path: Path) -> None:
    wheelfix.done("patch", "-q", "-s", LABEL, "-d", tmp_path / "other", "--receipt", tmp_path / "other.json", source)
    document, status = compare(wheelfix, patched, source, "--receipt", tmp_path / "other.json")
    assert status == 1
    assert "receipt-mismatch" in {item["code"] for item in document["findings"]}

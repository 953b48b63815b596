"""set-version and retag, beside `wheel tags` and packaging: the same names and tags, all else the same to the bit, and installers take it.

They need CPython 3.11 on x86-64 Linux, as on Debian 12.
"""

from __future__ import annotations

import csv
import email.parser
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest
from archives import Archive
from installers import INSTALLERS, Installer
from packaging.tags import compatible_tags, cpython_tags
from packaging.utils import parse_wheel_filename
from packaging.version import Version
from wheels import File, build_wheel

LINUX = "manylinux_2_17_x86_64.manylinux2014_x86_64"
PUBLISHED = [
    "six-1.17.0-py2.py3-none-any.whl",
    f"MarkupSafe-3.0.2-cp311-cp311-{LINUX}.whl",
    f"zope.interface-7.2-cp311-cp311-manylinux_2_5_x86_64.manylinux1_x86_64.{LINUX}.whl",
]


def make_demo(folder: Path) -> Path:
    """With a build tag, a .data folder, a stored entry, and a row that needs quotes."""
    files = {"demo/__init__.py": "VALUE = 1\n", "demo/a, b.txt": "x", "demo/stored.bin": File(bytes(9999), method=0)}
    scripts = {"scripts/run-demo": "#!python\nprint('ran')\n", "data/share/demo.txt": "data\n"}
    return build_wheel(folder, "demo", "1.0", files, tag="py3-none-any", build="2x", data_files=scripts)


@pytest.fixture(params=[*PUBLISHED, "made"])
def source(request: pytest.FixtureRequest, published: Callable[[str], Path], tmp_path: Path) -> Path:
    return make_demo(tmp_path / "made") if request.param == "made" else published(request.param)


def stem_of(wheel: Path) -> str:
    return "-".join(wheel.name.split("-")[:2])


def read(wheel: Path, file: str) -> bytes:
    """A file of dist-info."""
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(f"{stem_of(wheel)}.dist-info/{file}")


def headers(wheel: Path) -> dict[str, list[str]]:
    message = email.parser.BytesParser().parsebytes(read(wheel, "WHEEL"))
    return {key: sorted(message.get_all(key, [])) for key in message}


def rows(wheel: Path) -> list[list[str]]:
    """Of RECORD, but for that of WHEEL, which two tools may order in two ways."""
    lines = csv.reader(io.StringIO(read(wheel, "RECORD").decode()))
    return sorted(line for line in lines if not line[0].endswith(".dist-info/WHEEL"))


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith(("/", "/WHEEL", "/RECORD"))}


def is_for_any(wheel: Path) -> bool:
    return "any" in wheel.stem.split("-")[-1].split(".")


def written(wheelfix, *words: str | Path) -> Path:
    return Path(wheelfix.done(*words).removesuffix("\n"))


def check_copied(source: Path, wheel: Path, changed: set[str]) -> None:
    """All other entries than these of dist-info have their compressed bytes, header fields, times and modes."""
    old, new = Archive(source), Archive(wheel)
    before, after = stem_of(source), stem_of(wheel)
    names = {path: re.sub(rf"^{re.escape(before)}\.", f"{after}.", path) for path in old.entries}
    info = f"{after}.dist-info/"
    assert list(new.entries) == sorted(names.values(), key=lambda name: (name.startswith(info), name == f"{info}RECORD"))
    for entry in old.entries.values():
        twin = new.entries[names[entry.path]]
        if entry.path.startswith(f"{before}.dist-info/") and Path(entry.path).name in changed:
            continue
        assert (twin.data, twin.extra, twin.comment) == (entry.data, entry.extra, entry.comment)
        assert twin.header._replace(offset=0, name_size=0) == entry.header._replace(offset=0, name_size=0)


# -------------------------------------------------------------------------------------------------------------- retag


@dataclass(frozen=True)
class Tags:
    """Options of both tools; `{name}-tag` is that of wheel."""

    options: dict[str, str]

    def of_wheel(self) -> list[str]:
        return [f"--{name if name == 'build' else name + '-tag'}={value}" for name, value in self.options.items()]

    def own(self) -> list[str]:
        return [f"--{name}={value}" for name, value in self.options.items()]


TAGS = {
    "replaced": Tags({"python": "cp311", "abi": "cp311", "platform": "manylinux_2_28_x86_64"}),
    "sets": Tags({"python": "py3.py2", "abi": "none", "platform": "win_amd64.win32"}),
    "build": Tags({"build": "7cu121"}),
    "no build": Tags({"build": "", "python": "cp312", "abi": "cp312", "platform": "linux_x86_64"}),
    "added": Tags({"python": "+cp310", "platform": "+macosx_11_0_arm64"}),
}


@pytest.mark.parametrize("tags", TAGS.values(), ids=TAGS)
def test_the_result_is_that_of_wheel_tags(wheelfix, source: Path, tags: Tags, tmp_path: Path) -> None:
    own = written(wheelfix, "retag", "-q", "--force", "-d", tmp_path / "own", *tags.own(), source)
    (tmp_path / "theirs").mkdir()
    copy = shutil.copy(source, tmp_path / "theirs")
    run = [sys.executable, "-m", "wheel", "tags", *tags.of_wheel(), copy]
    name = subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip()
    theirs = tmp_path / "theirs" / name
    assert parse_wheel_filename(own.name) == parse_wheel_filename(name)  # wheel sorts what it doesn't change, too
    assert contents(own) == contents(theirs) == contents(source)
    assert rows(own) == rows(theirs) == rows(source)
    ours, expected = headers(own), headers(theirs)
    if is_for_any(source) and not is_for_any(own):
        expected["Root-Is-Purelib"] = ["false"]  # wheel leaves it as it is
    assert ours == expected
    check_copied(source, own, {"WHEEL", "RECORD"})
    findings = json.loads(wheelfix.done("verify", "--json", own))["findings"]
    assert not [finding for finding in findings if finding["code"] in ("tags-mismatch", "build-mismatch")]


PYTHONS = ["py2", "py3", "py38", "py311", "cp38", "cp311", "cp313", "cp3", "cp313t"]
ABIS = ["none", "abi3", "cp38", "cp311", "cp313", "cp313t", "cp3"]
PLATFORM = "linux_x86_64"


def accepted() -> set[str]:
    """What the Pythons 3.2 to 3.14 accept on this platform, and Python 2.7."""
    found = set()
    for version in [(3, minor) for minor in range(2, 15)]:
        name = f"cp{version[0]}{version[1]}"
        for abi in (name, f"{name}t") if version >= (3, 13) else (name,):
            found |= {str(tag) for tag in cpython_tags(version, [abi], [PLATFORM])}
        found |= {str(tag) for tag in compatible_tags(version, name, [PLATFORM])}
    return found | {str(tag) for tag in compatible_tags((2, 7), "cp27", [PLATFORM])}


def test_tags_that_no_python_accepts_are_refused_and_no_others(wheelfix, tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path, "demo", "1.0", {"demo.py": ""}, tag="py3-none-win32")
    known = accepted()
    for python, abi, platform in product(PYTHONS, ABIS, [PLATFORM, "any"]):
        options = [f"--python={python}", f"--abi={abi}", f"--platform={platform}"]
        status = wheelfix("retag", "--dry-run", "-d", tmp_path / "out", *options, wheel).returncode
        assert status == (0 if f"{python}-{abi}-{platform}" in known else 2), options


# ------------------------------------------------------------------------------------------------------- set-version


@pytest.mark.parametrize("text", ["9.1", "v9.01-RC.2", "1!9.0.post3.dev4+Local_Build-7", "9.0+cpu"])
def test_a_version_changes_names_and_one_line(wheelfix, source: Path, text: str, tmp_path: Path) -> None:
    version, old = str(Version(text)), source.name.split("-")[1]
    wheel = written(wheelfix, "set-version", "-q", "-d", tmp_path / "out", source, text)
    assert wheel.name == source.name.replace(f"-{old}-", f"-{version}-")
    assert parse_wheel_filename(wheel.name)[1] == Version(text)
    line = f"\nVersion: {old}\n".encode()
    metadata = read(source, "METADATA").replace(b"\r\n", b"\n")
    assert metadata.count(line) == 1
    assert read(wheel, "METADATA").replace(b"\r\n", b"\n") == metadata.replace(line, f"\nVersion: {version}\n".encode())
    assert read(wheel, "WHEEL") == read(source, "WHEEL")
    check_copied(source, wheel, {"METADATA", "RECORD"})
    wheelfix.done("verify", "--against", source, wheel)


def test_a_label_that_is_set_and_stripped_leaves_nothing(wheelfix, source: Path, tmp_path: Path) -> None:
    version = source.name.split("-")[1]
    labelled = written(wheelfix, "set-version", "-q", "-d", tmp_path / "out", source, f"{version}+a.1")
    stripped = written(wheelfix, "set-version", "-q", "--strip-local", "-d", tmp_path / "out", labelled)
    assert stripped.name == source.name
    assert contents(stripped) == contents(source)
    assert [read(stripped, file) for file in ("WHEEL", "RECORD")] == [read(source, file) for file in ("WHEEL", "RECORD")]
    check_copied(source, stripped, {"METADATA", "RECORD"})


class OldName(zipfile.ZipInfo):
    """Its name is in code page 437, as old tools write it, without the flag that says UTF-8."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("cp437"), self.flag_bits


def test_names_in_an_old_code_page_stay(wheelfix, tmp_path: Path) -> None:
    made = build_wheel(tmp_path / "made", "demo", "1.0", {"demo/caf\u00e9.txt": "one\n"})
    source = tmp_path / made.name
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(source, "w") as new:
        for entry in old.infolist():
            new.writestr(OldName(entry.filename, entry.date_time), old.read(entry))
    versioned = written(wheelfix, "set-version", "-q", "-d", tmp_path / "out", source, "1.1")
    tagged = written(wheelfix, "retag", "-q", "--build=1", "-d", tmp_path / "out", source)
    for wheel in (source, versioned, tagged):
        with zipfile.ZipFile(wheel) as archive:
            (entry,) = (entry for entry in archive.infolist() if entry.filename == "demo/caf\u00e9.txt")
            assert entry.flag_bits & 0x800 == 0 and archive.read(entry) == b"one\n"
        assert [row for row in rows(made) if row[0] == entry.filename][0] in rows(wheel)


# --------------------------------------------------------------------------------------------------------- installers


@pytest.mark.parametrize("tool", INSTALLERS, ids=lambda tool: tool.__name__)
def test_installers_take_it(
    tool: Installer, wheelfix, source: Path, tmp_path: Path
) -> None:
    versioned = written(wheelfix, "set-version", "-q", "-d", tmp_path, source, "9.1rc1+cpu")
    options = ["--python=cp311", "--abi=none", "--platform=linux_x86_64", "--build=5"]
    wheel = written(wheelfix, "retag", "-q", "-d", tmp_path, *options, versioned)
    subprocess.run(tool(wheel, tmp_path / "prefix"), check=True)
    (site,) = tmp_path.glob("prefix/lib*/python3*/site-packages")
    assert [path.name for path in site.glob("*.dist-info")] == [f"{stem_of(wheel)}.dist-info"]
    assert not list(site.glob("*.data"))
    if source.name.startswith("demo"):
        assert subprocess.check_output([tmp_path / "prefix/bin/run-demo"], text=True) == "ran\n"
        assert (tmp_path / "prefix/share/demo.txt").is_file()

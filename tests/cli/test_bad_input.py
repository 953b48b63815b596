"""Bad wheels are refused: one clear error with the file and the entry, exit status 3, no output and no temporary left.

Bad patches and labels are text, so they are scenarios: bad_patch_*.txt, patch_bad_suffix.txt.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import bad_wheels as bad
import pytest

W = bad.NAME
INFO = "demo-1.0.dist-info"
PATCH = "--- a/demo/__init__.py\n+++ b/demo/__init__.py\n@@ -3 +3 @@\n-three\n+THREE\n"
NEEDED = "installers need it: ask the publisher for another wheel"
OTHER_NAME = "pip and uv refuse such a wheel: rename the file back, or ask the publisher for another wheel"
OTHER_VERSION = (
    "resolvers use the version in the file's name: rename the file back, or ask the publisher for another wheel"
)
FETCH_AGAIN = "download the wheel again and compare its hash"
UNSAFE = "don't install this wheel: unpacking it could write outside its folder"
AMBIGUOUS = "unpackers disagree about such an archive: ask the publisher for another one"
NAMED_LIKE = "a wheel is named like torch-2.1.0-cp311-cp311-manylinux1_x86_64.whl"

# What makes the wheel, the error after `error: `, the hint.
Case = tuple[Callable[[Path], Path], str, str]

SOUND_CRC, DAMAGED_CRC = crc32(b"one\ntwo\nthree\n"), crc32(b"one\ntwp\nthree\n")
NO_WHEEL: dict[str, Case] = {
    "an empty file": (lambda f: bad.rewrite(f / W, b""), f"{W}: is empty, not a wheel", FETCH_AGAIN),
    "no ZIP": (lambda f: bad.rewrite(f / W, b"no\n"), f"{W}: is not a ZIP archive, so not a wheel", FETCH_AGAIN),
    "bytes after the archive": (
        lambda f: bad.rewrite(bad.sound(f), (f / W).read_bytes() + b"more"),
        f"{W}: has bytes after the end of the archive, or is cut short there",
        FETCH_AGAIN,
    ),
    "no dist-info": (
        lambda f: bad.with_entries(f, {f"{INFO}/{name}": None for name in ("METADATA", "WHEEL", "RECORD")}),
        f"{W}: has no .dist-info folder at its top, so it is not a wheel",
        "was it made by zip instead of a build backend?",
    ),
    "two dist-infos": (
        lambda f: bad.with_entries(f, {"other-1.0.dist-info/METADATA": "Name: other\n"}),
        f"{W}: has 2 .dist-info folders: {INFO}, other-1.0.dist-info",
        "installers accept exactly one: ask the publisher for another wheel",
    ),
    "no METADATA": (
        lambda f: bad.with_entries(f, {f"{INFO}/METADATA": None}),
        f"{W}: {INFO}/METADATA: is not in the wheel",
        NEEDED,
    ),
    "no WHEEL": (
        lambda f: bad.with_entries(f, {f"{INFO}/WHEEL": None}),
        f"{W}: {INFO}/WHEEL: is not in the wheel",
        NEEDED,
    ),
    "no RECORD": (
        lambda f: bad.with_entries(f, {f"{INFO}/RECORD": None}),
        f"{W}: {INFO}/RECORD: is not in the wheel",
        NEEDED,
    ),
    "RECORD that is no CSV": (
        lambda f: bad.with_entries(f, {f"{INFO}/RECORD": '"demo,,\n'}),
        f"{W}: {INFO}/RECORD: a quoted field has no closing quote",
        "a quote inside a quoted field is doubled",
    ),
    "a wheel of version 2": (
        lambda f: bad.with_entries(f, {f"{INFO}/WHEEL": "Wheel-Version: 2.0\n"}),
        f"{W}: {INFO}/WHEEL: has Wheel-Version 2.0, and wheelfix knows 1.x",
        "look for a newer wheelfix",
    ),
}

AT_ODDS_WITH_THE_NAME: dict[str, Case] = {
    "METADATA's name": (
        lambda f: bad.with_entries(f, {f"{INFO}/METADATA": "Name: other\nVersion: 1.0\n"}),
        f"{W}: {INFO}/METADATA: names the project other, the file's name says demo",
        OTHER_NAME,
    ),
    "METADATA's version": (
        lambda f: bad.with_entries(f, {f"{INFO}/METADATA": "Name: demo\nVersion: 1.1\n"}),
        f"{W}: {INFO}/METADATA: gives the version 1.1, the file's name says 1.0",
        OTHER_VERSION,
    ),
    "METADATA's bad version": (
        lambda f: bad.with_entries(f, {f"{INFO}/METADATA": "Name: demo\nVersion: one\n"}),
        f"{W}: {INFO}/METADATA: gives the version one, the file's name says 1.0",
        OTHER_VERSION,
    ),
    "dist-info's name": (
        lambda f: bad.with_entries(f, {}, "other-1.0-py3-none-any.whl"),
        f"other-1.0-py3-none-any.whl: {INFO}: names the project demo, the file's name says other",
        OTHER_NAME,
    ),
    "dist-info's version": (
        lambda f: bad.with_entries(f, {}, "demo-1.1-py3-none-any.whl"),
        f"demo-1.1-py3-none-any.whl: {INFO}: gives the version 1.0, the file's name says 1.1",
        OTHER_VERSION,
    ),
    "a bad version": (
        lambda f: bad.with_entries(f, {}, "demo-one-py3-none-any.whl"),
        "demo-one-py3-none-any.whl: the version 'one' is not a PEP 440 version as file names spell it",
        NAMED_LIKE,
    ),
    "no wheel's name": (
        lambda f: bad.with_entries(f, {}, "demo.zip"),
        "demo.zip: not the name of a wheel: it does not end in .whl",
        NAMED_LIKE,
    ),
}

BAD_ENTRY: dict[str, Case] = {
    "encrypted": (
        lambda f: bad.with_header(f, bad.FLAGS_AT, 1),
        f"{W}: demo/__init__.py: is encrypted",
        "no installer reads encrypted entries: ask the publisher for a plain wheel",
    ),
    "unknown method": (
        lambda f: bad.with_header(f, bad.METHOD_AT, 14),
        f"{W}: demo/__init__.py: is compressed by method 14, not stored (0) or deflated (8)",
        "installers need not read it: ask the publisher for a wheel with deflated entries",
    ),
    "headers that disagree": (
        lambda f: bad.with_header(f, {bad.LOCAL: bad.METHOD_AT[bad.LOCAL]}, 0),
        f"{W}: demo/__init__.py: the local header says method 0, the central directory 8",
        "readers disagree about this entry: download the wheel again, or ask its publisher for a new one",
    ),
    "wrong CRC-32": (
        bad.with_damage,
        f"{W}: demo/__init__.py: its content has the CRC-32 {DAMAGED_CRC:08x}, "
        f"not {SOUND_CRC:08x} as the archive states",
        FETCH_AGAIN,
    ),
    "..": (
        lambda f: bad.with_name(f, b"demo/../../evil.py"),
        f"{W}: demo/../../evil.py: its name climbs out with '..'",
        UNSAFE,
    ),
    "absolute": (lambda f: bad.with_name(f, b"/etc/evil"), f"{W}: /etc/evil: its name is absolute", UNSAFE),
    "NUL": (lambda f: bad.with_name(f, b"evil.py\0.txt"), f"{W}: evil.py\\x00.txt: its name has a NUL", UNSAFE),
    "backslash": (
        lambda f: bad.with_name(f, b"..\\evil.py"),
        f"{W}: ..\\\\evil.py: its name has a backslash",
        UNSAFE,
    ),
    "drive": (
        lambda f: bad.with_name(f, b"C:/evil.py"),
        f"{W}: C:/evil.py: its name begins with a drive letter",
        UNSAFE,
    ),
    "control characters": (
        lambda f: bad.with_name(f, b"../\x1b[31m"),
        f"{W}: ../\\x1b[31m: its name climbs out with '..'",
        UNSAFE,
    ),
    "duplicate names": (bad.with_duplicate, f"{W}: demo/__init__.py: is in the archive twice", AMBIGUOUS),
    "a file that is a folder": (
        lambda f: bad.with_entries(f, {"demo/__init__.py/evil": "evil"}),
        f"{W}: demo/__init__.py/evil: is in demo/__init__.py, which is a file",
        AMBIGUOUS,
    ),
}

CASES = {**NO_WHEEL, **AT_ODDS_WITH_THE_NAME, **BAD_ENTRY}


@pytest.mark.parametrize(("make", "error", "hint"), CASES.values(), ids=CASES)
def test_a_bad_wheel_is_refused(make, error: str, hint: str, wheelfix, tmp_path: Path) -> None:
    wheel = make(tmp_path)
    assert refusal(wheelfix, wheel) == f"error: {error}\nhint: {hint}\n"


@pytest.mark.parametrize("place", range(50))
def test_a_truncated_wheel_is_refused(place: int, wheelfix, tmp_path: Path) -> None:
    wheel = bad.sound(tmp_path, {"demo/data": bytes(range(256)) * 8})
    data = wheel.read_bytes()
    bad.rewrite(wheel, data[: len(data) * place // 50])
    error = refusal(wheelfix, wheel)
    assert error.startswith(f"error: {W}: ")
    assert error.endswith(f"\nhint: {FETCH_AGAIN}\n")


@pytest.mark.parametrize("cut", [1, 2, 21, 22, 23, 60])
def test_a_wheel_without_its_last_bytes_is_refused(cut: int, wheelfix, tmp_path: Path) -> None:
    wheel = bad.sound(tmp_path)
    bad.rewrite(wheel, wheel.read_bytes()[:-cut])
    assert refusal(wheelfix, wheel).startswith(f"error: {W}: ")


INFLATES = f"{W}: demo/zeros: inflates {{packed}} bytes to 20971520, more than %s times its size: a ZIP bomb?"
LIMITS = {
    "the ratio's default": ([], INFLATES % 400, "max-ratio"),
    "ratio": (["--max-ratio", "1000"], INFLATES % 1000, "max-ratio"),
    "size": (
        ["--max-entry-size=20971519"],
        f"{W}: demo/zeros: has 20971520 bytes, more than 20971519",
        "max-entry-size",
    ),
    "count": (["--max-entries", "4"], f"{W}: has 5 entries, more than 4", "max-entries"),
}


@pytest.mark.parametrize(("options", "error", "option"), LIMITS.values(), ids=LIMITS)
def test_a_limit_is_told_with_the_option_that_raises_it(options, error, option, wheelfix, tmp_path: Path) -> None:
    wheel = bad.bomb(tmp_path)
    error = error.format(packed=bad.packed_size(wheel, "demo/zeros"))
    assert (
        refusal(wheelfix, wheel, *options) == f"error: {error}\nhint: raise it with --{option} if you trust the file\n"
    )


def test_raised_limits_let_a_wheel_through(wheelfix, tmp_path: Path) -> None:
    wheel = bad.bomb(tmp_path)
    limits = ["--max-entry-size", "20971520", "--max-ratio", "1100", "--max-entries", "5"]
    patched = wheelfix.patch("--quiet", "-s", "x.1", "-d", tmp_path / "out", *limits, wheel)
    assert wheelfix("verify", patched).returncode == 1
    wheelfix.done("verify", *limits, patched)


def refusal(wheelfix, wheel: Path, *options: str) -> str:
    """What `wheelfix patch` says of the wheel, which it must refuse without leaving anything behind."""
    folder = wheel.parent
    (folder / "fix.patch").write_text(PATCH)
    out = folder / "out"
    out.mkdir()
    data, before = wheel.read_bytes(), sorted(folder.rglob("*"))
    result = wheelfix("patch", "--suffix", "x.1", "--patch", "fix.patch", "-d", "out", *options, wheel.name, cwd=folder)
    assert result.stderr.count("error: ") == 1
    assert result.returncode == 3
    assert result.stdout == ""
    assert sorted(folder.rglob("*")) == before
    assert wheel.read_bytes() == data
    return result.stderr

"""Padding in local headers, by which what is copied keeps its offset modulo 4096: where it is, and that all who read wheels
take it."""

from __future__ import annotations

import functools
import http.server
import json
import random
import shutil
import struct
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import Archive, RawEntry
from clients import pip, uv
from wheels import File, build_wheel

PADDING = 0xA220  # APPNOTE.TXT 4.6.10
BLOCK = 4096


def noise(seed: str, size: int) -> bytes:
    return random.Random(seed).randbytes(size)


FILES = {
    "demo/__init__.py": "one\n",
    "demo/big.bin": noise("big", 3 << 20),
    "demo/mid.py": "two\n",
    "demo/stored.bin": File(noise("stored", 2 << 20), method=zipfile.ZIP_STORED),
    "demo/small.bin": noise("small", 100_000),
}


def change(folder: Path, path: str, content: str) -> list[str | Path]:
    """Options by which a file gets other content."""
    (folder / Path(path).name).write_text(content)
    return ["--remove", path, "--add", f"{path}={folder / Path(path).name}"]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("source"), "demo", "1.0", FILES)


@pytest.fixture(scope="module")
def padded(wheelfix, source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two files are changed, and one is removed."""
    folder = tmp_path_factory.mktemp("padded")
    words = [*change(folder, "demo/__init__.py", "three\n" * 50), "--remove", "demo/mid.py"]
    return wheelfix.patch("-s", "fix.1", *words, "-d", folder, source)


def extra_fields(entry: RawEntry) -> dict[int, bytes]:
    name_size, extra_size = struct.unpack_from("<HH", entry.local, 26)
    extra = entry.local[30 + name_size :][:extra_size]
    fields = {}
    while extra:
        tag, size = struct.unpack_from("<HH", extra)
        assert tag not in fields
        fields[tag] = extra[4 : 4 + size]
        assert len(fields[tag]) == size
        extra = extra[4 + size :]
    return fields


def padding(wheel: Path) -> dict[str, int]:
    """How many bytes of it the entries have, with its tag; all as the specification has it."""
    found = {}
    for entry in Archive(wheel).entries.values():
        field = extra_fields(entry).get(PADDING)
        if field is not None:
            assert struct.unpack_from("<HH", field) == (0xA028, len(field) - 4)
            assert field.count(0, 4) == len(field) - 4
            found[entry.path] = len(field) + 4
    return found


def offsets(wheel: Path, block: int = BLOCK) -> dict[str, int]:
    """Of the data of the large entries, in a block."""
    entries = Archive(wheel).entries
    return {
        path: (entries[path].header.offset + len(entries[path].local) - entries[path].header.packed) % block
        for path in ("demo/big.bin", "demo/stored.bin")
    }


def test_what_is_large_keeps_its_offset_in_a_block(source: Path, padded: Path) -> None:
    assert padding(source) == {}
    assert list(padding(padded)) == ["demo/big.bin", "demo/stored.bin"]
    assert max(padding(padded).values()) < BLOCK + 8
    assert offsets(padded) == offsets(source)
    assert not any(entry.extra for entry in Archive(padded).entries.values())
    assert not Archive(padded).gaps


def test_nothing_else_of_an_entry_is_changed(source: Path, padded: Path) -> None:
    old, new = Archive(source).entries, Archive(padded).entries
    for path in ("demo/big.bin", "demo/stored.bin", "demo/small.bin"):
        size = padding(padded).get(path, 0)
        begin = 30 + len(path)
        without = new[path].local[:28] + b"\0\0" + new[path].local[30:begin] + new[path].local[begin + size :]
        assert without == old[path].local
        assert new[path].header._replace(offset=0) == old[path].header._replace(offset=0)


def test_verify_calls_padded_entries_unchanged(wheelfix, source: Path, padded: Path) -> None:
    result = wheelfix("verify", "--json", padded, "--against", source)
    document = json.loads(result.stdout)
    assert document["findings"] == []
    listed = {item["path"] for item in document["comparison"]["differ"]}
    assert listed & set(FILES) == {"demo/__init__.py", "demo/mid.py"}


def test_another_run_pads_again_and_not_on_top(wheelfix, source: Path, padded: Path, tmp_path: Path) -> None:
    words = change(tmp_path, "demo/__init__.py", "four\n")
    again = wheelfix.patch("-s", "fix.2", *words, "-d", tmp_path, padded)
    assert list(padding(again)) == ["demo/big.bin", "demo/stored.bin"]
    assert max(padding(again).values()) < BLOCK + 8
    assert offsets(again) == offsets(source)


def test_another_alignment_or_none_is_an_option(wheelfix, source: Path, tmp_path: Path) -> None:
    words = ["-s", "fix.1", *change(tmp_path, "demo/__init__.py", "three\n" * 50), source]
    wide = wheelfix.patch("--align", "16384", "-d", tmp_path / "wide", *words)
    assert list(padding(wide)) == ["demo/big.bin"]
    assert offsets(wide, 16384) == offsets(source, 16384)
    assert padding(wheelfix.patch("--align", "0", "-d", tmp_path / "none", *words)) == {}
    refused = wheelfix("patch", "--align", "5000", "-d", tmp_path / "refused", *words)
    assert refused.returncode == 2
    assert "--align" in refused.stderr


def test_a_delta_has_little_of_it(wheelfix, source: Path, padded: Path, tmp_path: Path) -> None:
    delta = tmp_path / "delta"
    wheelfix.done("delta", source, padded, "-o", delta)
    assert delta.stat().st_size < 1500
    wheelfix.done("join", source, delta, "-o", tmp_path / padded.name)
    assert (tmp_path / padded.name).read_bytes() == padded.read_bytes()


def content(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        assert archive.testzip() is None
        return {info.filename: archive.read(info) for info in archive.infolist()}


def test_unpackers_unpack_it(padded: Path, tmp_path: Path) -> None:
    subprocess.run(["unzip", "-q", padded, "-d", tmp_path / "unzip"], check=True)
    subprocess.run([shutil.which("jar") or "jar", "xf", padded], cwd=tmp_path, check=True)
    expected = content(padded)
    assert expected["demo/big.bin"] == FILES["demo/big.bin"]
    for path, data in expected.items():
        assert (tmp_path / "unzip" / path).read_bytes() == data
        assert (tmp_path / path).read_bytes() == data


@pytest.fixture
def server(padded: Path) -> Iterator[str]:
    """From there uv reads a wheel front to back, by its local headers."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(padded.parent))
    handler.log_message = lambda *_: None
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/{padded.name.replace('+', '%2B')}"
        server.shutdown()


def test_installers_install_it(padded: Path, server: str, tmp_path: Path) -> None:
    by_uv = uv(tmp_path / "home")
    by_uv.done("install", "--no-deps", "--no-index", "--target", tmp_path / "uv", padded)
    by_uv.done("install", "--no-deps", "--no-index", "--no-cache", "--target", tmp_path / "uv-from-server", server)
    pip(Path(sys.executable), tmp_path / "home").done("install", "--no-deps", "--target", tmp_path / "pip", padded)
    target = tmp_path / "installer"
    subprocess.run([sys.executable, "-m", "installer", "--destdir", target, "--prefix", "/", padded], check=True)
    roots = [tmp_path / name for name in ("uv", "uv-from-server", "pip")]
    roots += [path.parents[1] for path in target.rglob("big.bin")]
    assert len(roots) == 4
    for root in roots:
        for path, data in content(padded).items():
            if path.startswith("demo/"):
                assert (root / path).read_bytes() == data

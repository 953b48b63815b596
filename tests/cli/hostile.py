"""Wheels of less than 10 MB that ask much of their reader, made by code. What they are to cost is in bounds_bench.py and test_bounds.py."""

from __future__ import annotations

import random
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

LINUX = "cp311-cp311-manylinux_2_17_x86_64"
MUSL = "cp311-cp311-musllinux_1_2_x86_64"
MACOS = "cp311-cp311-macosx_11_0_arm64"
WINDOWS = "cp311-cp311-win_amd64"
INFO = "demo-1.0.dist-info"
METADATA = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"

Content = bytes | str | list[tuple[bytes, int]]  # or pieces, each so many times


EMPTY_BLOCK = b"\x00\x00\x00\xff\xff"  # of a deflate stream, stored, not the last


def stream_of(content: Content, most_ratio: int) -> tuple[bytes, int, int]:
    """Deflated, its CRC-32 and size. Repeated pieces are compressed once, between full flushes, so that gigabytes cost nothing here. They are padded so that
    they inflate by no more than `most_ratio`, because what inflates by more is not read at all."""
    if not isinstance(content, list):
        data = content.encode() if isinstance(content, str) else content
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        return deflate.compress(data) + deflate.flush(), zlib.crc32(data), len(data)
    parts, crc, size = [], 0, 0
    for piece, times in content:
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = deflate.compress(piece) + deflate.flush(zlib.Z_FULL_FLUSH)
        missing = len(piece) // most_ratio + 1 - len(packed)
        parts.append((packed + EMPTY_BLOCK * -(-max(missing, 0) // len(EMPTY_BLOCK))) * times)
        for _ in range(times):
            crc = zlib.crc32(piece, crc)
        size += len(piece) * times
    return b"".join(parts) + b"\x03\x00", crc, size


def wheel(folder: Path, files: Iterable[tuple[bytes | str, Content]], *, tag: str = "py3-none-any", most_ratio: int = 390, **documents: Content) -> Path:
    """`documents`: METADATA, WHEEL, RECORD and others of dist-info. RECORD lists nothing but itself unless it is given."""
    path = folder / f"demo-1.0-{tag}.whl"
    texts = {"METADATA": METADATA, "WHEEL": f"Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: false\nTag: {tag}\n"}
    texts["RECORD"] = f"{INFO}/RECORD,,\n"
    texts |= {name.replace("__", "."): content for name, content in documents.items()}
    record = texts.pop("RECORD")
    entries = [*files, *((f"{INFO}/{name}", text) for name, text in texts.items()), (f"{INFO}/RECORD", record)]
    return archive(path, entries, most_ratio)


def archive(path: Path, entries: Iterable[tuple[bytes | str, Content]], most_ratio: int = 390) -> Path:
    out, central, count = bytearray(), bytearray(), 0
    known: dict[int, tuple[bytes, int, int]] = {}  # of contents that many entries share
    kept = []
    for name, content in entries:
        raw = name.encode() if isinstance(name, str) else name
        if id(content) not in known:
            known[id(content)] = stream_of(content, most_ratio)
            kept.append(content)
        data, crc, size = known[id(content)]
        flags = 0x800 if any(byte > 127 for byte in raw) else 0
        offset = len(out)
        fields = struct.pack("<HHHHHIIIHH", 20, flags, 8, 0, 0x5821, crc, len(data), size, len(raw), 0)
        out += b"PK\3\4" + fields + raw + data
        central += b"PK\1\2" + struct.pack("<H", (3 << 8) | 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0o100644 << 16, offset) + raw
        count += 1
    end = b""
    if count > 0xFFFE:
        at = len(out) + len(central)
        end += b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, len(central), len(out))
        end += b"PK\6\7" + struct.pack("<IQI", 0, at, 1)
    shown = min(count, 0xFFFF)
    end += b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, shown, shown, len(central), len(out), 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(out + central) + end)
    return path


def elf(needed: Iterable[bytes] = (), rpath: bytes = b"", *, tag: int = 15, soname: bytes = b"", padding: int = 0, same: int = 1) -> bytes:
    """A library without code. Each needed name stands `same` times in the dynamic section; `padding`: zeros in the string table."""
    strings, entries = bytearray(b"\0"), []
    for name in needed:
        entries += [(1, len(strings))] * same
        strings += name + b"\0"
    for kind, text in ((tag, rpath), (14, soname)):
        if text:
            entries.append((kind, len(strings)))
            strings += text + b"\0"
    strings += bytes(padding)
    at = 64 + 2 * 56
    table = at + (len(entries) + 3) * 16
    dynamic = b"".join(struct.pack("<QQ", *pair) for pair in [(5, table), (10, len(strings)), *entries, (0, 0)])
    total = at + len(dynamic) + len(strings)
    head = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 64, 0, 0, 64, 56, 2, 64, 0, 0)
    load = struct.pack("<IIQQQQQQ", 1, 6, 0, 0, 0, total, total, 0x1000)
    return head + load + struct.pack("<IIQQQQQQ", 2, 6, at, at, at, len(dynamic), len(dynamic), 8) + dynamic + bytes(strings)


def macho(needed: Iterable[bytes] = (), rpaths: Iterable[bytes] = (), cpu: int = 0x0100000C) -> bytes:
    commands = []
    for command, names, head in ((0xC, needed, struct.pack("<IIII", 24, 0, 0, 0)), (0x8000001C, rpaths, struct.pack("<I", 12))):
        for name in names:
            body = head + name + b"\0" * (8 - (len(name) + len(head)) % 8)
            commands.append(struct.pack("<II", command, 8 + len(body)) + body)
    text = b"".join(commands)
    return struct.pack("<IIIIIIII", 0xFEEDFACF, cpu, 0, 6, len(commands), len(text), 0, 0) + text


def fat(slices: list[bytes]) -> bytes:
    out = bytearray(struct.pack(">II", 0xCAFEBABE, len(slices)))
    offset = 4096
    for i, part in enumerate(slices):
        out += struct.pack(">IIIII", struct.unpack_from("<I", part, 4)[0], i, offset, len(part), 12)
        offset += -(-len(part) // 4096) * 4096
    out = out.ljust(4096, b"\0")
    return bytes(out) + b"".join(part.ljust(-(-len(part) // 4096) * 4096, b"\0") for part in slices)


def pe(names: list[bytes]) -> bytes:
    """A DLL of one section, which has the import table and the names in it."""
    base, file_base = 0x1000, 0x400
    strings_at = 20 * (len(names) + 1)
    table, strings = bytearray(), bytearray()
    for name in names:
        table += struct.pack("<IIIII", 0, 0, 0, base + strings_at + len(strings), 1)
        strings += name + b"\0"
    data = bytes(table) + bytes(20) + bytes(strings)
    head = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0"
    head += struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, 240, 0x2022)
    optional = struct.pack("<HBBIIIIIQIIHHHHHHIIIIHHQQQQII", 0x20B, 14, 0, 0, 0, 0, 0, 0, 0x180000000, 0x1000, 0x200, 6, 0, 0, 0, 6, 0, 0,
                           base + len(data) + 0x1000, file_base, 0, 2, 0, 0, 0, 0, 0, 0, 16)  # fmt: skip
    directories = [(0, 0)] * 16
    directories[1] = (base, len(data))
    optional += b"".join(struct.pack("<II", *pair) for pair in directories)
    section = struct.pack("<8sIIIIIIHHI", b".rdata", len(data), base, len(data), file_base, 0, 0, 0, 0, 0x40000040)
    return (head + optional + section).ljust(file_base, b"\0") + data


def dense(size: int, ratio: int) -> list[tuple[bytes, int]]:
    """Content that inflates by some `ratio`, up to 1,000."""
    noise = random.Random(1).randbytes(max(0, (1 << 20) // ratio - 1050))
    return [(noise + bytes((1 << 20) - len(noise)), size >> 20)]


def zip_of(path: Path, entries: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in entries.items():
            out.writestr(name, content)
    return path

"""ZIP archives down to their raw bytes, for tests that compare them bit by bit. ZIP64 is not read."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import NamedTuple

END, CENTRAL, LOCAL = b"PK\5\6", b"PK\1\2", b"PK\3\4"


class Header(NamedTuple):
    """The fixed fields of a central header, as APPNOTE.TXT 4.3.12 lists them."""

    made_by: int
    needed: int
    flags: int
    method: int
    time: int
    date: int
    crc32: int
    packed: int
    size: int
    name_size: int
    extra_size: int
    comment_size: int
    disk: int
    internal: int
    external: int
    offset: int


class RawEntry(NamedTuple):
    path: str
    header: Header
    extra: bytes
    comment: bytes
    local: bytes  # the local header, the data and the data descriptor
    data: bytes  # compressed
    descriptor: bytes


class Archive:
    """All entries by their path, in the order of the central directory."""

    def __init__(self, path: Path) -> None:
        data = path.read_bytes()
        end = data.rindex(END)
        count, _, directory = struct.unpack_from("<HII", data, end + 10)
        self.entries: dict[str, RawEntry] = {}
        at = directory
        for _ in range(count):
            assert data[at : at + 4] == CENTRAL
            header = Header(*struct.unpack_from("<HHHHHHIIIHHHHHII", data, at + 4))
            at += 46
            name, extra, comment = (
                data[at + a : at + b]
                for a, b in pairwise_ends(header.name_size, header.extra_size, header.comment_size)
            )
            at += len(name) + len(extra) + len(comment)
            self.entries[name.decode()] = read_entry(data, name.decode(), header, extra, comment)
        self.gaps = directory != sum(len(entry.local) for entry in self.entries.values())


def pairwise_ends(*sizes: int) -> list[tuple[int, int]]:
    ends = [sum(sizes[: i + 1]) for i in range(len(sizes))]
    return list(zip([0, *ends], ends, strict=False))


def read_entry(data: bytes, path: str, header: Header, extra: bytes, comment: bytes) -> RawEntry:
    assert data[header.offset : header.offset + 4] == LOCAL
    name_size, extra_size = struct.unpack_from("<HH", data, header.offset + 26)
    begin = header.offset + 30 + name_size + extra_size
    end = begin + header.packed
    descriptor = data[end : end + (16 if data[end : end + 4] == b"PK\7\10" else 12)] if header.flags & 8 else b""
    local = data[header.offset : end + len(descriptor)]
    return RawEntry(path, header, extra, comment, local, data[begin:end], descriptor)


def unpadded(entry: RawEntry) -> bytes:
    """`local` as it would be if its header weren't padded by a growth hint (APPNOTE.TXT 4.6.10)."""
    name_size, extra_size = struct.unpack_from("<HH", entry.local, 26)
    begin, end = 30 + name_size, 30 + name_size + extra_size
    kept, at = b"", begin
    while at < end:
        tag, size = struct.unpack_from("<HH", entry.local, at)
        kept += entry.local[at : at + 4 + size] if tag != 0xA220 else b""
        at += 4 + size
    return entry.local[:28] + struct.pack("<H", len(kept)) + entry.local[30:begin] + kept + entry.local[end:]

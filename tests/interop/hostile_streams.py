"""Rows whose compressed data is damaged, or is more or less than its headers say."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Iterator
from dataclasses import replace

from hostile_kit import DIST_INFO, INIT, METADATA, WHEEL, Entry, HostileWheel, deflated, demo

DATA, PACKED = INIT.data, INIT.packed
STORED_BLOCK = b"\1" + len(DATA).to_bytes(2, "little") + (len(DATA) ^ 0xFFFF).to_bytes(2, "little") + DATA


def wheels() -> Iterator[HostileWheel]:
    streams = {
        "cut-1": PACKED[:-1],
        "cut-half": PACKED[: len(PACKED) // 2],
        "empty": b"",
        "garbage-1": PACKED + b"\0",
        "garbage-100": PACKED + bytes(100),
        "garbage-an-entry": PACKED + Entry("demo/evil.py", "EVIL = 1\n").local_bytes(),
        "doubled": PACKED * 2,
        "bit-flipped": PACKED[:4] + bytes([PACKED[4] ^ 8]) + PACKED[5:],
        "block-of-type-3": b"\7" + PACKED,
        "stored-block": STORED_BLOCK,
        "stored-block-wrong-complement": STORED_BLOCK[:3] + b"\0\0" + DATA,
        "stored-block-too-long": b"\1\xff\xff\0\0" + DATA,
        "distance-too-far": b"\x4b\x04\x12\x00\x00",
        "no-last-block": b"\0" + STORED_BLOCK[1:],
        "empty-blocks": b"\0\0\0\xff\xff" * 50 + STORED_BLOCK,
        "lengths-oversubscribed": b"\5\xe0\x81" + b"\xff" * 16,
        "zlib": zlib.compress(DATA),
        "gzip": gzip.compress(DATA, mtime=0),
        "plain": DATA,
        "shorter-content": deflated(DATA[:-1]),
        "longer-content": deflated(DATA + b"#"),
        "longer-content-by-far": deflated(DATA + b"#" * 100_000),
        "other-content": deflated(DATA.replace(b"hello", b"h3llo")),
        "many-blocks": b"".join(flushed(DATA)),
    }
    for name, stream in streams.items():
        yield demo(f"deflate-{name}", victim=replace(INIT, stream=stream))
    yield demo("stored-as-deflated", victim=replace(INIT, method=0, stream=PACKED))
    yield demo("stored-other-content", victim=replace(INIT, method=0, stream=DATA.replace(b"hello", b"h3llo")))
    yield demo("stored-too-short", victim=replace(INIT, method=0, stream=DATA[:-1]))
    yield demo("stored-too-long", victim=replace(INIT, method=0, stream=DATA + b"#"))
    yield demo("bzip2-content", victim=replace(INIT, method=12, stream=bz2.compress(DATA)))
    yield demo("lzma-content", victim=replace(INIT, method=14, stream=lzma_of(DATA)))
    yield demo("bomb", victim=replace(INIT, content=bytes(40_000_000)))
    yield demo("bomb-size-hidden", victim=replace(INIT, stream=deflated(DATA + bytes(40_000_000))))
    yield demo("empty-file", victim=replace(INIT, content=b""))
    yield demo("empty-file-deflated-to-nothing", victim=replace(INIT, content=b"", stream=b""))
    yield demo("empty-file-stored", victim=replace(INIT, content=b"", method=0))
    wrong = {"crc": lambda crc: crc ^ 1}
    for file in ("METADATA", "WHEEL", "RECORD"):
        for place, lies in {"both": (wrong, wrong), "central": ({}, wrong), "local": (wrong, {})}.items():
            yield demo(f"{file.lower()}-crc-wrong-{place}", **document(file, *lies))


def flushed(data: bytes) -> Iterator[bytes]:
    stream = zlib.compressobj(6, zlib.DEFLATED, -15)
    for byte in data:
        yield stream.compress(bytes([byte])) + stream.flush(zlib.Z_FULL_FLUSH)
    yield stream.flush()


def lzma_of(data: bytes) -> bytes:
    """As ZIP has it (APPNOTE.TXT 5.8.8): version, size of the properties, properties, the raw stream."""
    filters = [{"id": lzma.FILTER_LZMA1}]
    properties = b"\x5d" + (1 << 23).to_bytes(4, "little")
    return b"\x09\x14\x05\x00" + properties + lzma.compress(data, lzma.FORMAT_RAW, filters=filters)


def document(file: str, local: dict, central: dict) -> dict:
    content = {"METADATA": METADATA, "WHEEL": WHEEL, "RECORD": ""}[file]
    option = {"METADATA": "metadata", "WHEEL": "wheel_file", "RECORD": "record"}[file]
    return {option: Entry(f"{DIST_INFO}/{file}", content, local=local, central=central)}

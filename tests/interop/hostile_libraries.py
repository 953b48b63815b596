"""Rows whose libraries and Python files lie: installers copy them, doctor and inspect read them."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from hostile_kit import Entry, HostileWheel, demo

MODULE = "demo/_core.so"
LOAD, DYNAMIC = 1, 2
NEEDED, STRTAB, STRSZ, SONAME, RPATH, RUNPATH = 1, 5, 10, 14, 15, 29


def library(tags: dict[int, list[bytes]] | None = None, *, segments: int | None = None, **lies: int) -> bytes:
    """An ELF library of two segments, with the dynamic tags and their strings, and with lies by the field's name."""
    strings, pairs = bytearray(b"\0"), []
    for tag, values in (tags or {NEEDED: [b"libc.so.6"]}).items():
        for value in values:
            pairs.append((tag, len(strings)))
            strings += value + b"\0"
    count = len(pairs) + 3
    table = lies.get("strtab", 0x1000 + 16 * count)
    pairs += [(STRTAB, table), (STRSZ, lies.get("strsz", len(strings))), (0, 0)]
    dynamic = b"".join(
        struct.pack("<QQ", tag & (1 << 64) - 1, value) for tag, value in pairs[: lies.get("pairs", count)]
    )
    total = 0x1000 + 16 * count + len(strings)
    load = struct.pack("<IIQQQQQQ", LOAD, 6, 0, 0, 0, lies.get("filesz", total), total, 0x1000)
    at, size = lies.get("dynamic_offset", 0x1000), lies.get("dynamic_size", len(dynamic))
    more = struct.pack("<IIQQQQQQ", DYNAMIC, 6, at, at, at, size, size, 8)
    ident = b"\x7fELF" + bytes([lies.get("bits", 2), lies.get("order", 1), 1]) + bytes(9)
    machine, kind = lies.get("machine", 62), lies.get("kind", 3)
    sizes = (lies.get("header_size", 64), lies.get("entry_size", 56), 2 if segments is None else segments, 64, 0, 0)
    header = ident + struct.pack("<HHIQQQIHHHHHH", kind, machine, 1, 0, lies.get("table", 64), 0, 0, *sizes)
    return (header + load + more).ljust(0x1000, b"\0") + dynamic + bytes(strings)


def wheels() -> Iterator[HostileWheel]:
    for name, content in libraries().items():
        yield demo(f"library-{name}", Entry(MODULE, content))
    for name, content in foreign().items():
        yield demo(f"library-{name}", Entry(MODULE, content))
    loop = [Entry(f"demo/lib{one}.so", library({NEEDED: [f"lib{other}.so".encode()], RUNPATH: [b"$ORIGIN"]}))
            for one, other in (("a", "b"), ("b", "a"))]  # fmt: skip
    yield demo(
        "library-needs-in-a-circle", Entry(MODULE, library({NEEDED: [b"liba.so"], RUNPATH: [b"$ORIGIN"]})), *loop
    )
    yield demo("library-damaged-stream", Entry(MODULE, library(), stream=b"\7\7\7\7"))
    yield demo("library-crc-wrong", Entry(MODULE, library(), local={"crc": 1}, central={"crc": 1}))
    for name, text in python_texts().items():
        yield demo(f"python-{name}", Entry("demo/more.py", text), Entry(MODULE, library({NEEDED: [b"libabsent.so.1"]})))


def libraries() -> dict[str, bytes]:
    sound = library()
    return {
        "sound": sound,
        "empty": b"",
        "magic-alone": sound[:4],
        "cut-in-header": sound[:40],
        "cut-in-segments": sound[:100],
        "cut-before-dynamic": sound[:0x1000],
        "cut-in-dynamic": sound[:0x1008],
        "cut-in-strings": sound[:-3],
        "no-segments": library(segments=0),
        "segments-most": library(segments=0xFFFF),
        "segment-table-beyond": library(table=1 << 40),
        "segment-entry-size": library(entry_size=1),
        "header-size": library(header_size=0),
        "dynamic-beyond": library(dynamic_offset=1 << 50),
        "dynamic-huge": library(dynamic_size=(1 << 64) - 1),
        "dynamic-unended": library(pairs=3),
        "strings-beyond": library(strtab=1 << 40),
        "strings-huge": library(strsz=(1 << 64) - 1),
        "strings-none": library(strsz=0),
        "bits-unknown": library(bits=7),
        "order-unknown": library(order=7),
        "big-endian-marked": library(order=2),
        "32-bit-marked": library(bits=1),
        "machine-unknown": library(machine=0xFFFF),
        "program": library(kind=2),
        "relocatable": library(kind=1),
        "needs-itself": library({NEEDED: [b"_core.so"], SONAME: [b"_core.so"]}),
        "needs-empty": library({NEEDED: [b""]}),
        "needs-absolute": library({NEEDED: [b"/etc/passwd"]}),
        "needs-climbing": library({NEEDED: [b"../../evil.so"]}),
        "needs-not-utf8": library({NEEDED: [b"lib\xff\xfe.so"]}),
        "needs-escape": library({NEEDED: [b"lib\x1b[2J.so"]}),
        "needs-newline": library({NEEDED: [b"lib\nerror: forged"]}),
        "needs-long": library({NEEDED: [b"x" * 100_000]}),
        "needs-many": library({NEEDED: [b"lib%d.so" % i for i in range(3000)]}),
        "soname-climbing": library({SONAME: [b"../../evil"]}),
        "soname-twice": library({SONAME: [b"one.so", b"two.so"]}),
        "rpath-long": library({RPATH: [b":".join(b"$ORIGIN/%d" % i for i in range(5000))], NEEDED: [b"libx.so"]}),
        "rpath-origin-recursive": library({RUNPATH: [b"$ORIGIN/$ORIGIN/${ORIGIN}"], NEEDED: [b"libx.so"]}),
        "rpath-empty": library({RUNPATH: [b""], NEEDED: [b"libx.so"]}),
        "rpath-leaves": library({RUNPATH: [b"$ORIGIN/" + b"../" * 60 + b"etc"], NEEDED: [b"libx.so"]}),
        "rpath-and-runpath": library({RPATH: [b"$ORIGIN/a"], RUNPATH: [b"$ORIGIN/b"]}),
    }


def foreign() -> dict[str, bytes]:
    return {
        "pe-stub-alone": b"MZ" + bytes(58) + struct.pack("<I", 64),
        "pe-header-beyond": b"MZ" + bytes(58) + struct.pack("<I", 0xFFFFFFF0),
        "pe-sections-most": b"MZ"
        + bytes(58)
        + struct.pack("<I", 64)
        + b"PE\0\0"
        + struct.pack("<HH", 0x8664, 0xFFFF)
        + bytes(240),
        "macho-commands-most": struct.pack("<IIIIIIII", 0xFEEDFACF, 0x1000007, 0, 6, 0xFFFFFFFF, 0xFFFFFFFF, 0, 0),
        "macho-cut": struct.pack("<I", 0xFEEDFACF),
        "macho-fat-most": struct.pack(">II", 0xCAFEBABE, 0xFFFFFFFF),
        "macho-fat-itself": struct.pack(">IIIIIII", 0xCAFEBABE, 1, 0x1000007, 3, 0, 28, 0),
        "archive": b"!<arch>\n" + bytes(60),
        "script": b"#!/bin/sh\nexit 1\n",
        "linker-script": b"INPUT(libc.so.6)\n",
    }


def python_texts() -> dict[str, str | bytes]:
    load = "import ctypes\n"
    return {
        "nul": "import os\0\n",
        "not-utf8": b"X = '\xff\xfe'\n",
        "coding-unknown": "# coding: no-such\nX = 1\n",
        "coding-latin-1": "# coding: latin-1\nX = 'ü'\n".encode("latin-1"),
        "utf16": "X = 1\n".encode("utf-16"),
        "string-open": "X = '''never closed\n",
        "parentheses-deep": load + "ctypes.CDLL(" + "(" * 20_000 + "'x'" + ")" * 20_000 + ")\n",
        "brackets-open": "[" * 50_000,
        "f-string-deep": load + 'ctypes.CDLL(f"' + "{f'" * 500 + "x" + "'}" * 500 + '")\n',
        "indents-deep": "".join(" " * i + "if 1:\n" for i in range(1500)) + " " * 1500 + "pass\n",
        "addition-long": load + "ctypes.CDLL(" + "+".join(["'x'"] * 20_000) + ")\n",
        "doubling-names": "a = 'x' * 1000\n" + "a = a + a\n" * 60 + load + "ctypes.CDLL(a)\n",
        "loop-nested": load
        + "".join(" " * i + f"for v{i} in range(10**9):\n" for i in range(20))
        + " " * 20
        + "ctypes.CDLL('x')\n",
        "imports-itself": "import demo.more\nfrom demo.more import *\n",
        "load-climbing": load + "ctypes.CDLL('../../../../etc/passwd')\n",
        "load-escape": load + "ctypes.CDLL('lib\\x1b[2J.so')\n",
        "bidi": "# \u202e reversed\nX = 1\n",
        "one-line": "X = " + "1," * 200_000 + "\n",
    }

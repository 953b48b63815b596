"""Writes ELF libraries for x86_64 with symbols, versions and relocations, in a few kilobytes without code."""

from __future__ import annotations

import random
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

R_64, R_GLOB_DAT, R_JUMP_SLOT, R_DTPMOD64 = 1, 6, 7, 16
LOCAL, GLOBAL, WEAK, UNIQUE = 0, 1, 2, 10
NOTYPE, OBJECT, FUNC, TLS, IFUNC = 0, 1, 2, 6, 10
DEFAULT, HIDDEN, PROTECTED = 0, 2, 3
UND, ABS, SECTION = 0, 0xFFF1, 1
HIDDEN_VERSION = 0x8000
BASE, WEAK_VERSION = 1, 2


@dataclass
class Symbol:
    name: str
    place: int = UND
    version: int = 1  # its index, with HIDDEN_VERSION
    binding: int = GLOBAL
    type: int = NOTYPE
    visibility: int = DEFAULT
    value: int = 0
    relocations: Sequence[int] = ()

    def to_bytes(self, name: int) -> bytes:
        info = self.binding << 4 | self.type
        return struct.pack("<IBBHQQ", name, info, self.visibility, self.place, self.value, 0)


@dataclass
class NeededVersion:
    name: str
    index: int
    flags: int = 0


@dataclass
class SymbolLibrary:
    soname: str
    needed: Sequence[str] = ()
    runpath: str = ""
    symbols: list[Symbol] = field(default_factory=list)
    defined: Sequence[str] = ()  # versions, with the indices 2, 3 and so on
    needed_versions: dict[str, list[NeededVersion]] = field(default_factory=dict)
    has_versions: bool = True
    gnu_hash: bool = True
    symbolic: bool = False
    buckets: int = 1

    def to_bytes(self) -> bytes:
        return Writer(self).write()


def gnu_hash(name: str) -> int:
    value = 5381
    for c in name.encode():
        value = (value * 33 + c) & 0xFFFFFFFF
    return value


def sysv_hash(name: str) -> int:
    value = 0
    for c in name.encode():
        value = (value << 4) + c
        value = (value ^ (value >> 24 & 0xF0)) & 0x0FFFFFFF
    return value


class Writer:
    """Tables follow each other from the end of the program headers on, all in one segment that is mapped at 0."""

    def __init__(self, library: SymbolLibrary) -> None:
        self.library = library
        self.strings = bytearray(b"\0")
        self.places: dict[str, int] = {}
        self.content = bytearray(64 + 2 * 56)
        self.tags: list[tuple[int, int]] = []
        self.symbols = [symbol for symbol in library.symbols if symbol.place == UND]
        exported = [symbol for symbol in library.symbols if symbol.place != UND]
        if library.gnu_hash:
            exported.sort(key=lambda symbol: gnu_hash(symbol.name) % library.buckets)
        self.first_exported = 1 + len(self.symbols)
        self.symbols += exported

    def string(self, text: str) -> int:
        if text not in self.places:
            self.places[text] = len(self.strings)
            self.strings += text.encode() + b"\0"
        return self.places[text]

    def place(self, content: bytes) -> int:
        self.content += bytes(-len(self.content) % 8)
        at = len(self.content)
        self.content += content
        return at

    def write(self) -> bytes:
        library = self.library
        tags = [(1, self.string(name)) for name in library.needed] + [(14, self.string(library.soname))]
        if library.runpath:
            tags.append((29, self.string(library.runpath)))
        if library.symbolic:
            tags.append((16, 0))
        table = bytes(24) + b"".join(symbol.to_bytes(self.string(symbol.name)) for symbol in self.symbols)
        tags += [(6, self.place(table)), (11, 24)]
        tags.append((0x6FFFFEF5, self.place(self.gnu_table())) if library.gnu_hash else (4, self.place(self.sysv_table())))
        tags += self.versions() + self.relocations()
        strings = self.place(bytes(self.strings))
        tags += [(5, strings), (10, len(self.strings)), (0, 0)]
        dynamic = b"".join(struct.pack("<QQ", *tag) for tag in tags)
        dynamic_at = self.place(dynamic)
        size = len(self.content)
        ident = b"\x7fELF\x02\x01\x01" + bytes(9)
        head = ident + struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 64, 0, 0, 64, 56, 2, 0, 0, 0)
        head += struct.pack("<IIQQQQQQ", 1, 6, 0, 0, 0, size, size, 0x1000)
        head += struct.pack("<IIQQQQQQ", 2, 6, dynamic_at, dynamic_at, dynamic_at, len(dynamic), len(dynamic), 8)
        self.content[: len(head)] = head
        return bytes(self.content)

    def gnu_table(self) -> bytes:
        count = self.library.buckets
        buckets, chains = [0] * count, []
        exported = self.symbols[self.first_exported - 1 :]
        for i, symbol in enumerate(exported):
            bucket = gnu_hash(symbol.name) % count
            buckets[bucket] = buckets[bucket] or self.first_exported + i
            is_last = i + 1 == len(exported) or gnu_hash(exported[i + 1].name) % count != bucket
            chains.append(gnu_hash(symbol.name) & ~1 | is_last)
        head = struct.pack("<IIIIQ", count, self.first_exported, 1, 0, 2**64 - 1)
        return head + struct.pack(f"<{count + len(chains)}I", *buckets, *chains)

    def sysv_table(self) -> bytes:
        count = self.library.buckets
        buckets, chains = [0] * count, [0] * (1 + len(self.symbols))
        for number, symbol in enumerate(self.symbols, 1):
            bucket = sysv_hash(symbol.name) % count
            chains[number], buckets[bucket] = buckets[bucket], number
        return struct.pack(f"<{2 + count + len(chains)}I", count, len(chains), *buckets, *chains)

    def versions(self) -> list[tuple[int, int]]:
        library = self.library
        tags = []
        if library.has_versions and (library.defined or library.needed_versions):  # else glibc crashes
            indices = [0] + [symbol.version for symbol in self.symbols]
            tags.append((0x6FFFFFF0, self.place(struct.pack(f"<{len(indices)}H", *indices))))
        if library.defined:
            names = [library.soname, *library.defined]
            records = b""
            for i, name in enumerate(names):
                following = 28 if i + 1 < len(names) else 0
                flags = BASE if i == 0 else 0
                records += struct.pack("<HHHHIII", 1, flags, i + 1, 1, sysv_hash(name), 20, following)
                records += struct.pack("<II", self.string(name), 0)
            tags += [(0x6FFFFFFC, self.place(records)), (0x6FFFFFFD, len(names))]
        if library.needed_versions:
            records = b""
            for i, (file, versions) in enumerate(library.needed_versions.items()):
                following = 16 + 16 * len(versions) if i + 1 < len(library.needed_versions) else 0
                records += struct.pack("<HHIII", 1, len(versions), self.string(file), 16, following)
                for j, version in enumerate(versions):
                    last = j + 1 == len(versions)
                    words = (sysv_hash(version.name), version.flags, version.index, self.string(version.name))
                    records += struct.pack("<IHHII", *words, 0 if last else 16)
            tags += [(0x6FFFFFFE, self.place(records)), (0x6FFFFFFF, len(library.needed_versions))]
        return tags

    def relocations(self) -> list[tuple[int, int]]:
        pairs = [(number, kind) for number, symbol in enumerate(self.symbols, 1) for kind in symbol.relocations]
        random.Random(self.library.soname).shuffle(pairs)
        words = self.place(bytes(8 * len(pairs) + 8))
        tables: dict[bool, bytes] = {False: b"", True: b""}
        for i, (number, kind) in enumerate(pairs):
            tables[kind == R_JUMP_SLOT] += struct.pack("<QQq", words + 8 * i, number << 32 | kind, 0)
        tags = []
        if tables[False]:
            tags += [(7, self.place(tables[False])), (8, len(tables[False])), (9, 24)]
        if tables[True]:
            tags += [(23, self.place(tables[True])), (2, len(tables[True])), (20, 7)]
        return tags

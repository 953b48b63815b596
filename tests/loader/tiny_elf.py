"""Writes ELF libraries of a few hundred bytes: a header, two program headers and what .dynamic points to, no code."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

DT_NEEDED, DT_HASH, DT_STRTAB, DT_SYMTAB, DT_STRSZ, DT_SYMENT, DT_SONAME, DT_RPATH, DT_RUNPATH = (
    1,
    4,
    5,
    6,
    10,
    11,
    14,
    15,
    29,
)
EM_386, EM_X86_64, EM_AARCH64 = 3, 62, 183


@dataclass
class TinyLibrary:
    soname: str | None = None
    needed: Sequence[str] = ()
    rpath: str | None = None
    runpath: str | None = None
    machine: int = EM_X86_64

    def to_bytes(self) -> bytes:
        wide = self.machine != EM_386
        strings = bytearray(b"\0")

        def string(text: str) -> int:
            offset = len(strings)
            strings.extend(text.encode() + b"\0")
            return offset

        tags = [(DT_NEEDED, string(name)) for name in self.needed]
        named = [(DT_SONAME, self.soname), (DT_RPATH, self.rpath), (DT_RUNPATH, self.runpath)]
        tags += [(tag, string(text)) for tag, text in named if text is not None]
        header_size, segment_size, symbol_size = (64, 56, 24) if wide else (52, 32, 16)
        hash_at = (header_size + 2 * segment_size + 7) & ~7
        symbols_at = hash_at + 16
        dynamic_at = symbols_at + symbol_size
        entry = struct.Struct("<QQ" if wide else "<II")
        strings_at = dynamic_at + (len(tags) + 6) * entry.size
        tags += [(DT_HASH, hash_at), (DT_STRTAB, strings_at), (DT_SYMTAB, symbols_at)]
        tags += [(DT_STRSZ, len(strings)), (DT_SYMENT, symbol_size), (0, 0)]
        hashes = struct.pack("<IIII", 1, 1, 0, 0)
        dynamic = b"".join(entry.pack(*tag) for tag in tags)
        size = strings_at + len(strings)
        head = self._header(wide, header_size, segment_size)
        head += self._segment(wide, 1, 0, size, 0x1000) + self._segment(wide, 2, dynamic_at, len(dynamic), 8)
        return head.ljust(hash_at, b"\0") + hashes + bytes(symbol_size) + dynamic + strings

    def _header(self, wide: bool, size: int, segment_size: int) -> bytes:
        ident = b"\x7fELF" + bytes([2 if wide else 1, 1, 1]) + bytes(9)
        words = struct.pack("<QQQ" if wide else "<III", 0, size, 0)
        return (
            ident
            + struct.pack("<HHI", 3, self.machine, 1)
            + words
            + struct.pack("<IHHHHHH", 0, size, segment_size, 2, 0, 0, 0)
        )

    @staticmethod
    def _segment(wide: bool, kind: int, at: int, size: int, align: int) -> bytes:
        if wide:
            return struct.pack("<IIQQQQQQ", kind, 6, at, at, at, size, size, align)
        return struct.pack("<IIIIIIII", kind, at, at, at, size, size, 6, align)

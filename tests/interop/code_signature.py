"""The code signatures of a Mach-O file, read by the structures of xnu's osfmt/kern/cs_blobs.h: which pages have another
hash than their CodeDirectory says. All its numbers are big-endian."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator

HASHES = {1: hashlib.sha1, 2: hashlib.sha256, 3: hashlib.sha256, 4: hashlib.sha384}
LC_CODE_SIGNATURE = 0x1D
AD_HOC = 2


def slices_of(file: bytes) -> Iterator[bytes]:
    magic, count = struct.unpack_from(">II", file)
    if magic not in (0xCAFEBABE, 0xCAFEBABF):
        yield file
        return
    form = ">II" if magic == 0xCAFEBABE else ">QQ"
    size = 20 if magic == 0xCAFEBABE else 32
    for index in range(count):
        offset, length = struct.unpack_from(form, file, 8 + size * index + 8)
        yield file[offset : offset + length]


def signature_of(macho: bytes) -> bytes | None:
    assert macho.startswith(b"\xcf\xfa\xed\xfe"), "a 64-bit slice"
    (count,) = struct.unpack_from("<I", macho, 16)
    at = 32
    for _ in range(count):
        command, size = struct.unpack_from("<II", macho, at)
        if command == LC_CODE_SIGNATURE:
            offset, length = struct.unpack_from("<II", macho, at + 8)
            return macho[offset : offset + length]
        at += size
    return None


def directories_of(signature: bytes) -> Iterator[bytes]:
    magic, _, count = struct.unpack_from(">III", signature)
    assert magic == 0xFADE0CC0
    for index in range(count):
        slot, offset = struct.unpack_from(">II", signature, 12 + 8 * index)
        if slot == 0 or 0x1000 <= slot <= 0x1004:
            yield signature[offset : offset + struct.unpack_from(">I", signature, offset + 4)[0]]


def wrong_pages(macho: bytes, directory: bytes) -> list[int]:
    hashes, _, _, count, limit = struct.unpack_from(">5I", directory, 16)
    size, kind, _, page_bits = directory[36:40]
    page = 1 << page_bits
    assert count == -(-limit // page)
    return [
        index
        for index in range(count)
        if HASHES[kind](macho[index * page : min(limit, index * page + page)]).digest()[:size]
        != directory[hashes + index * size : hashes + (index + 1) * size]
    ]


def require_sound(file: bytes) -> int:
    """Asserts that each slice that is signed has a sound ad hoc signature; returns how many are signed."""
    signed = 0
    for macho in slices_of(file):
        signature = signature_of(macho)
        if signature is None:
            continue
        signed += 1
        for directory in directories_of(signature):
            assert wrong_pages(macho, directory) == []
            assert struct.unpack_from(">I", directory, 12)[0] & AD_HOC
    return signed

"""Libraries for Windows and macOS for scenarios: headers and names without code, from lines of text.

machine amd64                       of a DLL: amd64, arm64, x86
needed KERNEL32.dll liba.dll:one,#2 python311.dll
                                    with what is taken of them, by name or by ordinal
delayed ole32.dll
exports one three@7 two=OTHER.two   with their ordinals, from 1 on unless they say so, and to what they are forwarded
cuda sm_80 sm_90a compute_90        a fat binary for these

machine x86_64 arm64                of a dylib: one or both, a slice each
install-name @rpath/liba.dylib
needed @rpath/libb.dylib:_one,_two /usr/lib/libSystem.B.dylib
                                    with what is looked for in them
weak @rpath/libc.dylib
everywhere _three                   looked for in all that is loaded
exports _four
rpath @loader_path/.dylibs
macos 11.0                          by LC_BUILD_VERSION
room 256                            bytes between the load commands and a section, which edits need

Sources: Microsoft, "PE Format"; <mach-o/loader.h>, <mach-o/fat.h>.
"""

from __future__ import annotations

import re
import struct

PE_MACHINES = {"amd64": 0x8664, "arm64": 0xAA64, "x86": 0x14C}
CPU_TYPES = {"x86_64": 0x01000007, "arm64": 0x0100000C}
SECTION_ADDRESS, SECTION_OFFSET = 0x1000, 0x200
LC_ID_DYLIB, LC_LOAD_DYLIB, LC_LOAD_WEAK_DYLIB, LC_RPATH, LC_BUILD_VERSION = 0xD, 0xC, 0x80000018, 0x8000001C, 0x32
LC_SEGMENT_64 = 0x19
LC_DYLD_INFO_ONLY, IN_ALL = 0x80000022, 0x3E  # and the opcode for a flat look-up


def words_of(text: str) -> dict[str, list[str]]:
    return {key: words for key, *words in (line.split() for line in text.splitlines())}


class Section:
    """Bytes that are mapped at an address."""

    def __init__(self) -> None:
        self.content = b""

    def add(self, content: bytes) -> int:
        self.content += bytes(-len(self.content) % 8) + content
        return SECTION_ADDRESS + len(self.content) - len(content)

    def add_text(self, text: str) -> int:
        return self.add(text.encode() + b"\0")


def add_functions(section: Section, names: list[str], is_plus: bool) -> int:
    by_ordinal = 1 << (63 if is_plus else 31)
    entries = [
        by_ordinal | int(name[1:]) if name.startswith("#") else section.add(b"\0\0" + name.encode() + b"\0") for name in names
    ]
    return section.add(struct.pack("<" + "QI"[not is_plus] * (len(entries) + 1), *entries, 0))


def add_imports(section: Section, words: list[str], is_plus: bool, is_delayed: bool) -> tuple[int, int]:
    table = b""
    for word in words:
        dll, _, functions = word.partition(":")
        names = [name for name in functions.split(",") if name]
        lists = [add_functions(section, names, is_plus) for _ in range(2)]  # the loader overwrites the second
        name = section.add_text(dll)
        if is_delayed:
            table += struct.pack("<8I", 1, name, 0, lists[1], lists[0], 0, 0, 0)
        else:
            table += struct.pack("<5I", lists[0], 0, 0, name, lists[1])
    size = len(table)
    return (section.add(table + bytes(32)), size) if words else (0, 0)


def add_exports(section: Section, words: list[str]) -> tuple[int, int]:
    code = section.add(b"\xc3")  # of all functions: ret
    forwarders, functions, names = b"", {}, {}
    for word in words:
        word, _, forwarder = word.partition("=")
        name, number = re.fullmatch(r"(.*?)(?:@(\d+))?", word).groups()  # a C++ name has its own @
        ordinal = int(number or len(functions) + 1)
        functions[ordinal] = len(forwarders) if forwarder else None
        forwarders += forwarder.encode() + b"\0" if forwarder else b""
        if name:
            names[name] = ordinal
    if not words:
        return 0, 0
    first, count = min(functions), max(functions) - min(functions) + 1
    header = section.add(bytes(40) + forwarders)  # what is forwarded is within the table
    addresses = [functions.get(first + i, 0) for i in range(count)]
    for i in range(count):
        if first + i in functions:
            addresses[i] = code if addresses[i] is None else header + 40 + addresses[i]
    tables = [section.add(struct.pack(f"<{count}I", *addresses))]
    ordered = sorted(names)
    tables.append(section.add(struct.pack(f"<{len(names)}I", *map(section.add_text, ordered))))
    tables.append(section.add(struct.pack(f"<{len(names)}H", *(names[name] - first for name in ordered))))
    at = header - SECTION_ADDRESS
    fields = struct.pack("<IIHHIIII3I", 0, 0, 0, 0, section.add_text("x.dll"), first, count, len(names), *tables)
    section.content = section.content[:at] + fields + section.content[at + 40 :]
    return header, 40 + len(forwarders)


def build_dll(text: str) -> bytes:
    words = words_of(text)
    is_plus = words["machine"] != ["x86"]
    section = Section()
    directories = [(0, 0)] * 16
    directories[0] = add_exports(section, words.get("exports", []))
    directories[1] = add_imports(section, words.get("needed", []), is_plus, is_delayed=False)
    directories[13] = add_imports(section, words.get("delayed", []), is_plus, is_delayed=True)
    content = section.content
    optional = bytearray(112 if is_plus else 96)
    struct.pack_into("<H", optional, 0, 0x20B if is_plus else 0x10B)
    struct.pack_into("<Q" if is_plus else "<I", optional, 24 if is_plus else 28, 0x10000000)  # where it would be
    struct.pack_into("<II", optional, 32, 0x1000, 0x200)  # alignment in memory and in the file
    struct.pack_into("<H", optional, 48, 6)  # of the subsystem: what Windows Vista has
    end = -(-(SECTION_ADDRESS + len(content)) // 0x1000) * 0x1000
    struct.pack_into("<II", optional, 56, end, SECTION_OFFSET)  # sizes of the image and its headers
    struct.pack_into("<I", optional, len(optional) - 4, 16)
    optional += b"".join(struct.pack("<II", *directory) for directory in directories)
    file = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0"
    file += struct.pack("<HHIIIHH", PE_MACHINES[words["machine"][0]], 1, 0, 0, 0, len(optional), 0x2022) + optional
    name = b".rdata"
    if "cuda" in words:  # in the one section, under the name that tells of it
        content = content.ljust(-(-len(content) // 8) * 8, b"\0") + fat_binary(words["cuda"])
        name = b".nv_fatb"
    file += struct.pack("<8s8I", name, len(content), SECTION_ADDRESS, len(content), SECTION_OFFSET, 0, 0, 0, 0xE0000020)
    return file.ljust(SECTION_OFFSET, b"\0") + content


def fat_binary(archs: list[str]) -> bytes:
    """Images of eight bytes. What the numbers mean: lib/cuda/fatbin.hpp."""
    entries = b""
    for arch in archs:
        kind, number, variant = re.fullmatch(r"(sm|compute)_(\d+)([af]?)", arch).groups()
        flags = {"": 0, "a": 1 << 20, "f": 1 << 21}[variant]
        header = struct.pack("<HHIQ3I", {"compute": 1, "sm": 2}[kind], 0x101, 64, 8, 0, 0, 8)
        entries += (header + struct.pack("<I2IQ", int(number), 0, 0, flags)).ljust(64, b"\0") + b"gpu code"
    return struct.pack("<IHHQ", 0xBA55ED50, 1, 16, len(entries)) + entries


def build_dylib(text: str) -> bytes:
    words = words_of(text)
    slices = [(CPU_TYPES[machine], thin_dylib(CPU_TYPES[machine], words)) for machine in words["machine"]]
    if len(slices) == 1:
        return slices[0][1]
    alignment = 0x1000
    header, content = struct.pack(">II", 0xCAFEBABE, len(slices)), b""
    for cpu_type, dylib in slices:
        header += struct.pack(">5I", cpu_type, 0, alignment + len(content), len(dylib), 12)
        content += dylib.ljust(-(-len(dylib) // alignment) * alignment, b"\0")
    return header.ljust(alignment, b"\0") + content


def thin_dylib(cpu_type: int, words: dict[str, list[str]]) -> bytes:
    needed = [name.partition(":") for name in words.get("needed", [])]
    commands = [dylib_command(LC_ID_DYLIB, name) for name in words.get("install-name", [])]
    commands += [dylib_command(LC_LOAD_DYLIB, name) for name, _, _ in needed]
    commands += [dylib_command(LC_LOAD_WEAK_DYLIB, name) for name in words.get("weak", [])]
    commands += [text_command(LC_RPATH, b"", path) for path in words.get("rpath", [])]
    for version in words.get("macos", []):
        major, minor = map(int, version.split("."))
        commands.append(struct.pack("<6I", LC_BUILD_VERSION, 24, 1, major << 16 | minor << 8, 0, 0))
    bound = [(0x10 | place, name) for place, (_, _, names) in enumerate(needed, 1) for name in names.split(",") if name]
    bound += [(IN_ALL, name) for name in words.get("everywhere", [])]
    opcodes, trie = bind_opcodes(bound), export_trie(words.get("exports", []))
    file_type, two_level = 6, 0x80
    sizes = sum(map(len, commands)) + (48 if opcodes or trie else 0)
    code = b""
    if "room" in words:  # bytes between the load commands and the code
        sizes += 152
        code = bytes(int(words["room"][0])) + b"no code."
        commands.append(text_segment(32 + sizes + len(code) - 8))
    if opcodes or trie:
        at = 32 + sizes + len(code)
        places = (0, 0, at, len(opcodes), 0, 0, 0, 0, at + len(opcodes), len(trie))
        commands.append(struct.pack("<12I", LC_DYLD_INFO_ONLY, 48, *places))
    header = struct.pack("<8I", 0xFEEDFACF, cpu_type, 0, file_type, len(commands), sizes, two_level, 0)
    return header + b"".join(commands) + code + opcodes + trie


def text_segment(code_at: int) -> bytes:
    """Of the whole file, with one section of eight bytes."""
    names = struct.pack("<16s16s", b"__text", b"__TEXT")
    section = names + struct.pack("<2Q8I", code_at, 8, code_at, 0, 0, 0, 0, 0, 0, 0)
    return struct.pack("<2I16s4Q4I", LC_SEGMENT_64, 152, b"__TEXT", 0, 0x4000, 0, code_at + 8, 5, 5, 1, 0) + section


def bind_opcodes(bound: list[tuple[int, str]]) -> bytes:
    """For each symbol: which library, its name, a pointer, where, bind."""
    return b"".join(bytes([library, 0x40]) + name.encode() + b"\0\x51\x72\0\x90" for library, name in bound)


def export_trie(names: list[str]) -> bytes:
    """A node for each name below the first."""
    if not names:
        return b""
    first = 2 + sum(len(name) + 3 for name in names)
    edges = b""
    for number, name in enumerate(names):
        place = first + 4 * number
        edges += name.encode() + bytes([0, place & 0x7F | 0x80, place >> 7])
    return bytes([0, len(names)]) + edges + b"\2\0\1\0" * len(names)


def dylib_command(kind: int, name: str) -> bytes:
    return text_command(kind, struct.pack("<3I", 2, 0x10000, 0x10000), name)


def text_command(kind: int, numbers: bytes, text: str) -> bytes:
    string = text.encode() + b"\0"
    size = -(-(12 + len(numbers) + len(string)) // 8) * 8
    return (struct.pack("<3I", kind, size, 12 + len(numbers)) + numbers + string).ljust(size, b"\0")

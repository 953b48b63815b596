"""Wheels that lie as requested, made from text: every field of every header and record is open to change.

    demo("crc-wrong", victim=Entry("demo/__init__.py", "X = 1\\n", central={"crc": lambda crc: crc ^ 1}))

What is to be written in a field's place is a value, or a function of the value that would be right.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import struct
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

# The fields of APPNOTE.TXT 4.3.7, 4.3.12, 4.3.14 to 4.3.16, in their order, by their size in bytes.
LOCAL = {"signature": 4, "needed": 2, "flags": 2, "method": 2, "time": 2, "date": 2, "crc": 4, "packed": 4, "size": 4}
LOCAL |= {"name_size": 2, "extra_size": 2}
CENTRAL = {"signature": 4, "made_by": 2, "needed": 2, "flags": 2, "method": 2, "time": 2, "date": 2, "crc": 4}
CENTRAL |= {"packed": 4, "size": 4, "name_size": 2, "extra_size": 2, "comment_size": 2, "disk": 2, "internal": 2}
CENTRAL |= {"external": 4, "offset": 4}
END = {"signature": 4, "disk": 2, "directory_disk": 2, "entries_here": 2, "entries": 2, "directory_size": 4}
END |= {"directory_offset": 4, "comment_size": 2}
END64 = {"signature": 4, "record_size": 8, "made_by": 2, "needed": 2, "disk": 4, "directory_disk": 4}
END64 |= {"entries_here": 8, "entries": 8, "directory_size": 8, "directory_offset": 8}
LOCATOR = {"signature": 4, "disk": 4, "record_offset": 8, "disks": 4}

DESCRIBED, UTF8 = 1 << 3, 1 << 11
MARK16, MARK32 = 0xFFFF, 0xFFFFFFFF
FILE, UNIX = 0o100000, 3 << 8
DATE = 0x5021  # 2020-01-01

Value = int | bytes | Callable[..., int | bytes]
Fields = Mapping[str, Value]


def signature(text: bytes) -> int:
    return int.from_bytes(text, "little")


LOCAL_SIGN, CENTRAL_SIGN, END_SIGN = signature(b"PK\3\4"), signature(b"PK\1\2"), signature(b"PK\5\6")
END64_SIGN, LOCATOR_SIGN, DESCRIPTOR_SIGN = signature(b"PK\6\6"), signature(b"PK\6\7"), signature(b"PK\7\10")


def packed_fields(layout: Mapping[str, int], true: Mapping[str, int], lies: Fields) -> bytes:
    """The fields as they are true, or as `lies` has them."""
    values = ((size, told(lies.get(name, true[name]), true[name])) for name, size in layout.items())
    return b"".join((value & (1 << 8 * size) - 1).to_bytes(size, "little") for size, value in values)


def told(value: Value, true: int) -> int:
    return value(true) if callable(value) else value


def extra(kind: int, content: bytes, size: int | None = None) -> bytes:
    return struct.pack("<HH", kind, len(content) if size is None else size) + content


def zip64_extra(*values: int, size: int | None = None) -> bytes:
    return extra(1, struct.pack(f"<{len(values)}Q", *values), size)


def deflated(data: bytes, level: int = 6) -> bytes:
    stream = zlib.compressobj(level, zlib.DEFLATED, -15)
    return stream.compress(data) + stream.flush()


def as_bytes(content: str | bytes) -> bytes:
    return content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content


@dataclass(frozen=True)
class Entry:
    """An entry of an archive. `local` and `central` may hold `name`, `extra` and (central) `comment` too."""

    name: str | bytes
    content: str | bytes = b""
    method: int = 8
    flags: int | None = None
    mode: int = FILE | 0o644
    stream: bytes | None = None  # what stands in the place of the compressed content
    local: Fields = field(default_factory=dict)
    central: Fields = field(default_factory=dict)
    descriptor: bytes = b""
    before: bytes = b""  # bytes that belong to no entry
    is_local: bool = True  # whether there is a local header, with content
    is_central: bool = True  # whether the central directory has it
    row: str | None = None  # its path in RECORD, if that is another one

    @property
    def data(self) -> bytes:
        return as_bytes(self.content)

    @property
    def raw_name(self) -> bytes:
        return as_bytes(self.name)

    @property
    def path(self) -> str:
        """As the central directory has it."""
        return as_bytes(self.central.get("name", self.name)).decode("utf-8", "surrogateescape")

    @property
    def packed(self) -> bytes:
        if self.stream is not None:
            return self.stream
        return deflated(self.data) if self.method == 8 else self.data

    def true_fields(self, offset: int) -> dict[str, int]:
        flags = self.flags
        if flags is None:
            flags = UTF8 if any(byte > 127 for byte in self.raw_name) else 0
        fields = {"made_by": UNIX | 20, "needed": 20, "flags": flags, "method": self.method, "time": 0, "date": DATE}
        fields |= {"crc": zlib.crc32(self.data), "packed": len(self.packed), "size": len(self.data), "disk": 0}
        return fields | {"internal": 0, "external": self.mode << 16, "offset": offset}

    def local_bytes(self) -> bytes:
        name, more = as_bytes(self.local.get("name", self.raw_name)), self.local.get("extra", b"")
        true = self.true_fields(0) | {"signature": LOCAL_SIGN, "name_size": len(name), "extra_size": len(more)}
        return packed_fields(LOCAL, true, self.local) + name + more + self.packed + self.descriptor

    def central_bytes(self, offset: int) -> bytes:
        name, more = as_bytes(self.central.get("name", self.raw_name)), self.central.get("extra", b"")
        comment = self.central.get("comment", b"")
        true = self.true_fields(offset) | {"signature": CENTRAL_SIGN, "name_size": len(name)}
        true |= {"extra_size": len(more), "comment_size": len(comment)}
        return packed_fields(CENTRAL, true, self.central) + name + more + comment


def archive(
    entries: Iterable[Entry],
    *,
    prefix: bytes = b"",
    base: int = 0,  # offsets count from here
    before_directory: bytes = b"",
    before_end: bytes = b"",
    comment: bytes = b"",
    suffix: bytes = b"",
    end: Fields | None = None,  # lies of the end record
    zip64: Fields | None = None,  # lies of the ZIP64 end record, {} for a sound one
    locator: Fields | None = None,
    more_of_zip64: bytes = b"",  # the record's extensible data
    before_locator: bytes = b"",
    has_end: bool = True,
    has_locator: bool = True,
    central_order: Callable[[list[Entry]], list[Entry]] = lambda entries: entries,
) -> bytes:
    entries = list(entries)
    data = prefix
    offsets: dict[int, int] = {}
    for entry in entries:
        data += entry.before
        offsets[id(entry)] = len(data) - base
        data += entry.local_bytes() if entry.is_local else b""
    data += before_directory
    listed = central_order([entry for entry in entries if entry.is_central])
    directory = b"".join(entry.central_bytes(offsets[id(entry)]) for entry in listed)
    true = {"disk": 0, "directory_disk": 0, "entries_here": len(listed), "entries": len(listed)}
    true |= {"directory_size": len(directory), "directory_offset": len(data) - base}
    data += directory + before_end
    if zip64 is not None:
        at = len(data) - base
        true64 = {"signature": END64_SIGN, "record_size": 44 + len(more_of_zip64), "made_by": UNIX | 45, "needed": 45}
        data += packed_fields(END64, true64 | true, zip64) + more_of_zip64 + before_locator
        if has_locator:
            point = {"signature": LOCATOR_SIGN, "disk": 0, "record_offset": at, "disks": 1}
            data += packed_fields(LOCATOR, point, locator or {})
    if has_end:
        data += packed_fields(END, true | {"signature": END_SIGN, "comment_size": len(comment)}, end or {}) + comment
    return data + suffix


DIST_INFO = "demo-1.0.dist-info"
METADATA = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
INIT = Entry("demo/__init__.py", "GREETING = 'hello'\n")


def hash_of(data: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm}=" + base64.urlsafe_b64encode(hashlib.new(algorithm, data).digest()).rstrip(b"=").decode()


def row(path: str, data: bytes) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([path, hash_of(data), len(data)])
    return text.getvalue()


def record_of(entries: Iterable[Entry], dist_info: str) -> str:
    listed = [(entry.path if entry.row is None else entry.row, entry) for entry in entries if entry.is_central]
    rows = [row(path, entry.data) for path, entry in listed if path and not path.endswith("/")]
    return "".join(rows) + f"{dist_info}/RECORD,,\n"


@dataclass(frozen=True)
class HostileWheel:
    """A row of the table: a wheel's bytes, and what its central directory says that it holds."""

    name: str
    content: bytes
    files: tuple[tuple[str, bytes], ...]
    file_name: str = "demo-1.0-py3-none-any.whl"

    def cut(self, size: int) -> HostileWheel:
        """Without its last bytes."""
        return replace(self, content=self.content[:-size])


def wheel(name: str, entries: Iterable[Entry], file_name: str = HostileWheel.file_name, **options) -> HostileWheel:
    entries = list(entries)
    files = tuple((entry.path, entry.data) for entry in entries if entry.is_central)
    return HostileWheel(name, archive(entries, **options), files, file_name)


def documents(
    entries: Iterable[Entry],
    *,
    dist_info: str = DIST_INFO,
    metadata: str | bytes | Entry | None = METADATA,
    wheel_file: str | bytes | Entry | None = WHEEL,
    more: Iterable[Entry] = (),
    record: str | bytes | Entry | Callable[[str], str | bytes] | None = lambda record: record,
    last: Iterable[Entry] = (),
) -> list[Entry]:
    """The entries with dist-info after them. None leaves a document out, an Entry says how its entry lies."""
    entries = list(entries)
    for file, document in (("METADATA", metadata), ("WHEEL", wheel_file)):
        if document is not None:
            entries.append(placed(f"{dist_info}/{file}", document))
    entries += more
    if callable(record):
        record = record(record_of(entries, dist_info))
    elif isinstance(record, Entry):
        record = replace(record, content=record.content or record_of(entries, dist_info))
    if record is not None:
        entries.append(placed(f"{dist_info}/RECORD", record))
    return entries + list(last)


def placed(path: str, document: str | bytes | Entry) -> Entry:
    return document if isinstance(document, Entry) else Entry(path, document)


OF_DOCUMENTS = {"dist_info", "metadata", "wheel_file", "more", "record", "last"}


def demo(name: str, *entries: Entry, victim: Entry | None = INIT, **options) -> HostileWheel:
    """The wheel of a package `demo`, with `victim` in its __init__.py's place and `entries` after it."""
    ours = {key: options.pop(key) for key in OF_DOCUMENTS & options.keys()}
    first = [victim] if victim is not None else []
    return wheel(name, documents([*first, *entries], **ours), **options)

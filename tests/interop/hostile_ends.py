"""Rows whose end records lie: a second directory, other counts and places, bytes before and after."""

from __future__ import annotations

from collections.abc import Iterator

from hostile_kit import (
    END,
    END64,
    END64_SIGN,
    END_SIGN,
    INIT,
    LOCATOR,
    LOCATOR_SIGN,
    MARK16,
    MARK32,
    Entry,
    HostileWheel,
    archive,
    demo,
    documents,
    extra,
    packed_fields,
    signature,
)

EVIL = Entry(INIT.name, "GREETING = 'evil'\n")
COUNT = 4  # entries of the wheel that `demo` makes
MARKED = {"entries_here": MARK16, "entries": MARK16, "directory_size": MARK32, "directory_offset": MARK32}


def add(number: int):
    return lambda true: true + number


def wheels() -> Iterator[HostileWheel]:
    yield demo("sound")
    yield demo("sound-stored", victim=Entry(INIT.name, INIT.content, method=0))
    yield demo("sound-zip64", zip64={})
    yield demo("sound-zip64-marked", zip64={}, end=MARKED)
    yield from end_fields()
    yield from places()
    yield from comments()
    yield from zip64_fields()
    yield from second_directories()


def end_fields() -> Iterator[HostileWheel]:
    lies = {
        "signature": {"wrong": signature(b"PK\5\7")},
        "disk": {"one": 1, "marked": MARK16},
        "directory_disk": {"one": 1, "marked": MARK16},
        "entries_here": {"none": 0, "less": add(-1), "more": add(1), "marked": MARK16},
        "entries": {"none": 0, "less": add(-1), "more": add(1), "marked": MARK16},
        "directory_size": {"none": 0, "less": add(-1), "more": add(1), "marked": MARK32},
        "directory_offset": {"none": 0, "less": add(-1), "more": add(1), "marked": MARK32, "beyond": 1 << 31},
        "comment_size": {"more": 1, "marked": MARK16},
    }
    for field, values in lies.items():
        for lie, value in values.items():
            yield demo(f"end-{field}-{lie}".replace("_", "-"), end={field: value})
    yield demo("end-entries-less-both", end={"entries": add(-1), "entries_here": add(-1)})
    yield demo("end-entries-more-both", end={"entries": add(1), "entries_here": add(1)})
    yield demo("end-entries-none-both", end={"entries": 0, "entries_here": 0})
    yield demo("end-offset-and-size-none", end={"directory_size": 0, "directory_offset": 0})
    yield demo("end-directory-from-second-header", **second_header_on())


def second_header_on() -> dict:
    """The end record leaves the first central header out, and is true of the rest."""
    first = len(INIT.central_bytes(0))
    counts = {"entries": add(-1), "entries_here": add(-1)}
    return {"end": {"directory_offset": add(first), "directory_size": add(-first), **counts}}


def places() -> Iterator[HostileWheel]:
    sound = archive(documents([INIT]))
    yield demo("end-missing", has_end=False)
    yield demo("end-twice", suffix=packed_fields(END, {**dict.fromkeys(END, 0), "signature": END_SIGN}, {}))
    yield demo("end-twice-same", suffix=sound[-22:])
    yield demo("end-cut-1").cut(1)
    yield demo("end-cut-11").cut(11)
    yield demo("end-cut-21").cut(21)
    yield demo("directory-cut").cut(60)
    yield demo("prefix-counted", prefix=b"#!/bin/sh\nexit\n")
    yield demo("prefix-not-counted", prefix=b"#!/bin/sh\nexit\n", base=15)
    yield demo("prefix-an-archive", prefix=sound)
    yield demo("prefix-an-archive-not-counted", prefix=sound, base=len(sound))
    yield demo("prefix-spanning-marker", prefix=b"PK\7\10")
    yield demo("suffix-newline", suffix=b"\n")
    yield demo("suffix-zeros", suffix=bytes(64))
    yield demo("suffix-long", suffix=b"x" * 70_000)
    yield demo("suffix-an-archive", suffix=archive(documents([EVIL])))
    yield demo("gap-before-directory", before_directory=b"hidden")
    yield demo("gap-before-end", before_end=b"hidden")
    yield demo("gap-before-end-a-digital-signature", before_end=b"PK\5\5\4\0sign")
    yield demo("gap-before-directory-counted", before_directory=b"PK\6\10" + bytes(4))


def comments() -> Iterator[HostileWheel]:
    record = packed_fields(END, {**dict.fromkeys(END, 0), "signature": END_SIGN}, {})
    yield demo("comment", comment=b"made by hand")
    yield demo("comment-longest", comment=b"x" * MARK16)
    yield demo("comment-has-signature", comment=b"see PK\5\6 here")
    yield demo("comment-has-end-record", comment=b"x" * 8 + record)
    yield demo("comment-has-end-record-with-comment", comment=record[:-2] + b"\4\0abcd")
    yield demo("comment-not-utf8", comment=b"\xff\xfe")
    yield demo("comment-has-archive", comment=archive(documents([EVIL])))
    yield demo("comment-cut", comment=b"comment", end={"comment_size": 3})


def zip64_fields() -> Iterator[HostileWheel]:
    lies = {
        "signature": {"wrong": signature(b"PK\6\5")},
        "record_size": {"less": 43, "more": 45, "none": 0, "huge": 1 << 63},
        "made_by": {"other": 0xFFFF},
        "needed": {"new": 63},
        "disk": {"one": 1, "marked": MARK32},
        "directory_disk": {"one": 1},
        "entries_here": {"less": add(-1), "more": add(1)},
        "entries": {"less": add(-1), "more": add(1), "huge": (1 << 64) - 1},
        "directory_size": {"less": add(-1), "more": add(1), "huge": (1 << 64) - 1},
        "directory_offset": {"less": add(-1), "more": add(1), "huge": (1 << 64) - 1},
    }
    for field, values in lies.items():
        for lie, value in values.items():
            yield demo(f"zip64-{field}-{lie}".replace("_", "-"), zip64={field: value}, end=MARKED)
    for field in ("entries", "directory_size", "directory_offset"):
        yield demo(f"zip64-{field}-other-than-end".replace("_", "-"), zip64={field: add(1)})
    for field, mark in MARKED.items():
        yield demo(f"zip64-only-{field}-marked".replace("_", "-"), zip64={}, end={field: mark})
    yield demo("zip64-disks-marked", zip64={}, end={"disk": MARK16, "directory_disk": MARK16})
    yield demo("zip64-all-marked", zip64={}, end=MARKED | {"disk": MARK16, "directory_disk": MARK16})
    for lie, entries in {"less": COUNT - 1, "more": COUNT + 1}.items():
        yield demo(f"zip64-entries-both-{lie}", zip64={"entries": entries, "entries_here": entries}, end=MARKED)
    locator = {
        "signature": {"wrong": signature(b"PK\6\10")},
        "disk": {"one": 1},
        "record_offset": {"less": add(-1), "more": add(1), "none": 0, "huge": (1 << 64) - 1},
        "disks": {"none": 0, "two": 2},
    }
    for field, values in locator.items():
        for lie, value in values.items():
            name = f"locator-{field}-{lie}".replace("_", "-")
            yield demo(name, zip64={}, locator={field: value})
            yield demo(f"{name}-marked", zip64={}, locator={field: value}, end=MARKED)
    yield demo("zip64-without-locator", zip64={}, has_locator=False)
    yield demo("zip64-without-locator-marked", zip64={}, has_locator=False, end=MARKED)
    yield demo("zip64-extensible-data", zip64={}, more_of_zip64=b"hidden", end=MARKED)
    yield demo("zip64-gap-before-locator", zip64={}, before_locator=b"hidden", end=MARKED)
    yield demo("zip64-prefix-not-counted", prefix=b"#!/bin/sh\n", base=10, zip64={}, end=MARKED)


def second_directories() -> Iterator[HostileWheel]:
    """One archive as the end record says, another as a ZIP64 record that not all readers ask."""
    hidden = archive(documents([EVIL]), zip64={}, end=MARKED)
    yield demo("zip64-extensible-data-has-archive", zip64={}, end=MARKED, more_of_zip64=hidden[:-22])
    yield demo("zip64-extensible-data-has-record", zip64={}, end=MARKED, more_of_zip64=record_of_evil())
    yield demo("locator-in-comment-of-entry", **in_last_comment())
    yield demo("locator-in-archive-comment", comment=hidden[-42:-22] + b"!")
    yield demo(
        "locator-in-extra-of-entry", victim=Entry(INIT.name, INIT.content, local={"extra": extra(0x6377, hidden)})
    )


def record_of_evil() -> bytes:
    """A second ZIP64 record that leads to an archive's directory without a first entry."""
    whole = archive(documents([INIT]), zip64={}, end=MARKED)
    return whole[-22 - 20 - 56 : -22 - 20]


def in_last_comment() -> dict:
    """The last central header's comment ends with a ZIP64 record of the directory without its first header, and a
    locator that leads there and stands right before the end record."""
    entries = documents([INIT])
    directory = len(archive(entries)) - 22 - sum(len(entry.central_bytes(0)) for entry in entries)
    size = sum(len(entry.central_bytes(0)) for entry in entries)
    first = len(INIT.central_bytes(0))
    record = {"signature": END64_SIGN, "record_size": 44, "made_by": 45, "needed": 45, "disk": 0, "directory_disk": 0}
    record |= {"entries_here": COUNT - 1, "entries": COUNT - 1}
    record |= {"directory_size": size - first, "directory_offset": directory + first}
    point = {"signature": LOCATOR_SIGN, "disk": 0, "record_offset": directory + size, "disks": 1}
    comment = packed_fields(END64, record, {}) + packed_fields(LOCATOR, point, {})
    return {"record": Entry(entries[-1].name, central={"comment": comment})}

"""Rows whose local and central headers lie, each alone or both, and entries that overlap, hide or are left out."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace

from hostile_kit import (
    DESCRIBED,
    FILE,
    INIT,
    MARK16,
    MARK32,
    Entry,
    HostileWheel,
    deflated,
    demo,
    extra,
    row,
    signature,
    zip64_extra,
)

TELLING_BITS = {0, 2, 3, 5, 6, 11, 13}  # the others say nothing of how to read an entry
DATA, PACKED, CRC = INIT.data, INIT.packed, INIT.true_fields(0)["crc"]


def add(number: int):
    return lambda true: true + number


def init(**changes) -> Entry:
    return replace(INIT, **changes)


def wheels() -> Iterator[HostileWheel]:
    yield from header_fields()
    yield from flags_and_methods()
    yield from names_and_extras()
    yield from descriptors()
    yield from zip64_extras()
    yield from layouts()


def header_fields() -> Iterator[HostileWheel]:
    sizes = {"none": 0, "less": add(-1), "more": add(1), "marked": MARK32}
    shared = {
        "needed": {"none": 0, "zip64": 45, "strong-encryption": 51, "above-all": 255, "of-unix": 3 << 8 | 20},
        "time": {"impossible": MARK16},
        "date": {"none": 0, "impossible": MARK16},
        "crc": {"none": 0, "wrong": add(1)},
        "packed": sizes,
        "size": sizes,
    }
    local = {"signature": {"wrong": signature(b"PK\3\5"), "central": signature(b"PK\1\2")}}
    local |= {"name_size": {"none": 0, "less": add(-1), "more": add(1), "marked": MARK16}}
    local |= {"extra_size": {"more": 1, "marked": MARK16}}
    central = {"signature": {"wrong": signature(b"PK\1\3")}}
    central |= {"name_size": {"none": 0, "less": add(-1), "more": add(1), "marked": MARK16}}
    central |= {"extra_size": {"more": 4, "marked": MARK16}, "comment_size": {"more": 1, "marked": MARK16}}
    central |= {"made_by": {"dos": 20, "ntfs": 10 << 8 | 20, "macos": 19 << 8 | 20, "unknown": 0xFF14}}
    central |= {"disk": {"one": 1, "marked": MARK16}, "internal": {"set": MARK16}}
    central |= {"external": {"none": 0, "dos-folder": FILE << 16 | 0x10, "all": MARK32}}
    central |= {
        "offset": {"less": add(-1), "more": add(1), "marked": MARK32, "beyond": 1 << 30, "of-next": next_offset}
    }
    for place, lies in (("local", shared | local), ("central", shared | central)):
        for field, values in lies.items():
            for lie, value in values.items():
                name = f"{place}-{field}-{lie}".replace("_", "-")
                yield demo(name, victim=init(**{place: {field: value}}))
    for field, lie in (("crc", "wrong"), ("packed", "less"), ("packed", "more"), ("size", "less"), ("size", "more")):
        value = shared[field][lie]
        yield demo(f"both-{field}-{lie}", victim=init(local={field: value}, central={field: value}))
    for field, lie in (("needed", "above-all"), ("time", "impossible"), ("date", "impossible"), ("date", "none")):
        value = shared[field][lie]
        yield demo(f"both-{field}-{lie}", victim=init(local={field: value}, central={field: value}))


def next_offset(true: int) -> int:
    return true + len(INIT.local_bytes())


def flags_and_methods() -> Iterator[HostileWheel]:
    for bit in range(16):
        for place in ("local", "central") if bit in TELLING_BITS else ():
            yield demo(f"{place}-flag-{bit}", victim=init(**{place: {"flags": 1 << bit}}))
        yield demo(f"both-flag-{bit}", victim=init(flags=1 << bit))
    for method in (0, 1, 9, 12, 14, 93, 99):
        for place in ("local", "central"):
            yield demo(f"{place}-method-{method}", victim=init(**{place: {"method": method}}))
        yield demo(f"both-method-{method}", victim=init(local={"method": method}, central={"method": method}))


def names_and_extras() -> Iterator[HostileWheel]:
    yield demo("local-name-other", victim=init(local={"name": "demo/__evil__.py"}))
    yield demo("local-name-shorter", victim=init(local={"name": "demo/a.py"}))
    yield demo("local-name-case", victim=init(local={"name": "Demo/__init__.py"}))
    yield demo("local-name-nul", victim=init(local={"name": INIT.name + "\0"}))
    yield demo("local-name-absolute", victim=init(local={"name": "/" + INIT.name}))
    yield demo("local-name-slash", victim=init(local={"name": INIT.name + "/"}))
    path = struct.pack("<BI", 1, 0)
    for place in ("local", "central"):
        yield demo(f"{place}-extra-unknown", victim=init(**{place: {"extra": extra(0x6377, b"any")}}))
        yield demo(f"{place}-extra-cut", victim=init(**{place: {"extra": b"\x77\x63\x09"}}))
        yield demo(f"{place}-extra-too-long", victim=init(**{place: {"extra": extra(0x6377, b"any", 40)}}))
        yield demo(f"{place}-extra-too-short", victim=init(**{place: {"extra": extra(0x6377, b"any", 1)}}))
        twice = extra(0x6377, b"one") + extra(0x6377, b"two")
        yield demo(f"{place}-extra-twice", victim=init(**{place: {"extra": twice}}))
        yield demo(f"{place}-extra-zeros", victim=init(**{place: {"extra": bytes(8)}}))
        yield demo(f"{place}-extra-unix-times", victim=init(**{place: {"extra": extra(0x5455, b"\1" + bytes(4))}}))
        yield demo(f"{place}-extra-aes", victim=init(**{place: {"extra": extra(0x9901, b"\2\0AE\3\x08\0")}}))
        other = extra(0x7075, path + b"demo/evil.py")
        yield demo(f"{place}-unicode-path-other", victim=init(**{place: {"extra": other}}))
        yield demo(
            f"{place}-unicode-path-other-checked", victim=init(**{place: {"extra": unicode_path("demo/evil.py")}})
        )
        yield demo(f"{place}-unicode-path-same", victim=init(**{place: {"extra": unicode_path(INIT.name)}}))
        yield demo(f"{place}-unicode-path-cut", victim=init(**{place: {"extra": extra(0x7075, b"\1\0")}}))
        yield demo(f"{place}-unicode-comment", victim=init(**{place: {"extra": extra(0x6375, path + b"note")}}))
    yield demo("central-comment", victim=init(central={"comment": b"a note"}))
    yield demo("central-comment-has-header", victim=init(central={"comment": INIT.central_bytes(0)}))
    yield demo("central-comment-not-utf8", victim=init(central={"comment": b"\xff\xfe"}))


def unicode_path(path: str) -> bytes:
    return extra(0x7075, struct.pack("<BI", 1, zlib.crc32(INIT.raw_name)) + path.encode())


def descriptor(crc: int = CRC, packed: int = len(PACKED), size: int = len(DATA), *, wide=False, signed=True) -> bytes:
    return (b"PK\7\10" if signed else b"") + struct.pack("<IQQ" if wide else "<III", crc, packed, size)


def descriptors() -> Iterator[HostileWheel]:
    none = {"crc": 0, "packed": 0, "size": 0}
    sound = {
        "signed": descriptor(),
        "unsigned": descriptor(signed=False),
        "wide": descriptor(wide=True),
        "wide-unsigned": descriptor(wide=True, signed=False),
    }
    for form, text in sound.items():
        yield demo(f"descriptor-{form}", victim=init(flags=DESCRIBED, local=none, descriptor=text))
        yield demo(f"descriptor-{form}-full-header", victim=init(flags=DESCRIBED, descriptor=text))
    wide_extra = {"packed": MARK32, "size": MARK32, "crc": 0, "extra": zip64_extra(0, 0)}
    yield demo("descriptor-wide-marked", victim=init(flags=DESCRIBED, local=wide_extra, descriptor=sound["wide"]))
    yield demo("descriptor-narrow-marked", victim=init(flags=DESCRIBED, local=wide_extra, descriptor=sound["signed"]))
    lies = {
        "missing": b"",
        "cut": descriptor()[:-4],
        "crc-wrong": descriptor(CRC + 1),
        "packed-wrong": descriptor(packed=len(PACKED) + 1),
        "size-wrong": descriptor(size=len(DATA) + 1),
        "zeros": descriptor(0, 0, 0),
        "doubled": descriptor() * 2,
        "signature-wrong": b"PK\7\11" + descriptor(signed=False),
    }
    for lie, text in lies.items():
        yield demo(f"descriptor-{lie}", victim=init(flags=DESCRIBED, local=none, descriptor=text))
    yield demo("descriptor-without-flag", victim=init(descriptor=descriptor()))
    yield demo("descriptor-without-flag-zeros", victim=init(local=none, descriptor=descriptor()))
    yield demo("descriptor-flag-local-only", victim=init(local=none | {"flags": DESCRIBED}, descriptor=descriptor()))
    yield demo("descriptor-flag-central-only", victim=init(central={"flags": DESCRIBED}, descriptor=descriptor()))
    stored = {"method": 0, "flags": DESCRIBED}
    plain = struct.pack("<4sIII", b"PK\7\10", CRC, len(DATA), len(DATA))
    yield demo("descriptor-stored", victim=init(local=none, descriptor=plain, **stored))
    yield demo("descriptor-stored-full-header", victim=init(descriptor=plain, **stored))
    nothing = {"content": b"", "method": 0, "flags": DESCRIBED, "local": none}
    yield demo("descriptor-stored-empty", victim=init(descriptor=descriptor(0, 0, 0), **nothing))
    piped = nothing | {"method": 8, "stream": b"\3\0", "descriptor": descriptor(0, 2, 0)}
    yield demo("descriptor-empty", victim=init(**piped))
    yield demo("descriptor-partly-deferred", victim=init(flags=DESCRIBED, local={"crc": 0}, descriptor=descriptor()))
    partly = init(flags=DESCRIBED, local={"packed": 0, "crc": 0}, descriptor=descriptor())
    yield demo("descriptor-size-known", victim=partly)
    lying = init(flags=DESCRIBED, local={"packed": 7, "size": 9, "crc": 0}, descriptor=descriptor())
    yield demo("descriptor-header-lies", victim=lying)


def zip64_extras() -> Iterator[HostileWheel]:
    packed, size = len(PACKED), len(DATA)
    both = {"packed": MARK32, "size": MARK32}
    fields = {
        "sound": both | {"extra": zip64_extra(size, packed)},
        "size-alone": {"size": MARK32, "extra": zip64_extra(size)},
        "packed-alone": {"packed": MARK32, "extra": zip64_extra(packed)},
        "swapped": both | {"extra": zip64_extra(packed, size)},
        "wrong-size": both | {"extra": zip64_extra(size + 1, packed)},
        "wrong-packed": both | {"extra": zip64_extra(size, packed + 1)},
        "huge": both | {"extra": zip64_extra((1 << 64) - 1, (1 << 64) - 1)},
        "short": both | {"extra": zip64_extra(size)},
        "empty": both | {"extra": zip64_extra()},
        "cut": both | {"extra": zip64_extra(size, packed, size=24)},
        "long": both | {"extra": zip64_extra(size, packed, 0)},
        "doubled": both | {"extra": zip64_extra(size, packed) * 2},
        "doubled-other": both | {"extra": zip64_extra(size, packed) + zip64_extra(1, 1)},
        "needless": {"extra": zip64_extra(size, packed)},
        "needless-other": {"extra": zip64_extra(1, 1)},
        "needless-empty": {"extra": zip64_extra()},
        "behind-another": both | {"extra": extra(0x6377, b"any") + zip64_extra(size, packed)},
        "behind-a-cut-one": both | {"extra": extra(0x6377, b"any", 60) + zip64_extra(size, packed)},
    }
    for lie, values in fields.items():
        for place in ("local", "central"):
            yield demo(f"zip64-extra-{place}-{lie}", victim=init(**{place: values}))
        yield demo(f"zip64-extra-both-{lie}", victim=init(local=values, central=values))
    offset = {"offset": MARK32, "extra": zip64_extra(0)}
    yield demo("zip64-extra-offset", victim=init(central=offset))
    yield demo("zip64-extra-offset-wrong", victim=init(central={"offset": MARK32, "extra": zip64_extra(1)}))
    disk = {"disk": MARK16, "extra": extra(1, struct.pack("<I", 0))}
    yield demo("zip64-extra-disk", victim=init(central=disk))


def layouts() -> Iterator[HostileWheel]:
    evil = Entry("demo/evil.py", "GREETING = 'evil'\n")
    yield demo("hidden-entry-between", replace(evil, is_central=False))
    yield demo("hidden-entry-twin", replace(evil, name=INIT.name, is_central=False))
    yield demo("central-entry-twice", Entry("demo/other.py", "OTHER = 1\n"), victim=INIT)
    yield demo("central-without-local", replace(evil, is_local=False))
    twin = replace(INIT, name="demo/twin.py", is_local=False, central={"offset": 0})
    yield demo("two-central-of-one-local", twin)
    yield demo("two-central-of-one-local-same-name", replace(INIT, is_local=False, central={"offset": 0}))
    yield demo("gap-zeros", init(name="demo/b.py", before=bytes(32)))
    yield demo("gap-text", init(name="demo/b.py", before=b"belongs to no entry"))
    yield demo("central-order-reversed", central_order=lambda entries: entries[::-1])
    yield demo("central-order-record-first", central_order=lambda entries: [entries[-1], *entries[:-1]])
    yield demo("record-first", victim=None, last=[INIT], record=lambda text: row(INIT.path, DATA) + text)
    yield demo("overlap-quoted", victim=quoting(evil))
    yield demo("overlap-in-extra", victim=init(local={"extra": extra(0x6377, evil.local_bytes())}), **at_extra(evil))


def quoting(evil: Entry) -> Entry:
    """Its deflated content begins with a stored block, which is the local header of the next entry and that one's."""
    return init(content=DATA + evil.local_bytes(), stream=deflated(DATA + evil.local_bytes(), 0))


def at_extra(evil: Entry) -> dict:
    """An entry whose local header lies in the first one's extra field."""
    at = 30 + len(INIT.raw_name) + 4
    return {"more": [replace(evil, is_local=False, central={"offset": at})]}

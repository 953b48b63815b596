"""Rows whose RECORD lies, is damaged or is written otherwise than the specification has it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from hostile_kit import DIST_INFO, INIT, Entry, HostileWheel, demo, hash_of, row

FIRST = row(INIT.path, INIT.data)  # INIT's row
HASH, SIZE = hash_of(INIT.data), len(INIT.data)
OWN = f"{DIST_INFO}/RECORD,,\n"


def wheels() -> Iterator[HostileWheel]:
    for name, change in changes().items():
        yield demo(f"record-{name}", record=change)
    for name, change in first_rows().items():
        yield demo(f"record-{name}", record=lambda text, change=change: text.replace(FIRST, change))
    yield demo("record-missing", record=None)
    yield demo("record-empty", record="")
    yield demo("record-jws", last=[Entry(f"{DIST_INFO}/RECORD.jws", "{}")])
    yield demo("record-p7s", last=[Entry(f"{DIST_INFO}/RECORD.p7s", "x")])
    jws = Entry(f"{DIST_INFO}/RECORD.jws", "{}")
    yield demo("record-jws-listed", last=[jws], record=lambda text: row(jws.path, jws.data) + text)
    yield demo("record-is-folder", record=Entry(f"{DIST_INFO}/RECORD/", "x"))
    slash = next(text for text in map(str, range(100)) if "_" in hash_of(text.encode()))
    plain = Entry("demo/slash.txt", slash)
    yield demo(
        "record-hash-plain-base64", plain, record=lambda text: text.replace("_", "/").replace("//init//", "__init__")
    )
    comma = Entry('demo/a, "b".txt', "x")
    yield demo("record-quoted-path", comma)
    yield demo(
        "record-unquoted-comma", comma, record=lambda text: text.replace('"demo/a, ""b"".txt"', 'demo/a, "b".txt')
    )
    spaced = Entry("demo/a b.txt", "x")
    yield demo("record-path-not-utf8", spaced, record=lambda text: text.encode().replace(b"a b", b"a\xffb"))


def changes() -> dict[str, Callable[[str], str | bytes]]:
    return {
        "without-own-row": lambda text: text.replace(OWN, ""),
        "own-row-hashed": lambda text: text.replace(OWN, OWN.replace(",,", f",{HASH},{SIZE}")),
        "own-row-twice": lambda text: text + OWN,
        "own-row-first": lambda text: OWN + text.replace(OWN, ""),
        "missing-entry": lambda text: row("demo/gone.py", b"") + text,
        "missing-entry-without-hash": lambda text: "demo/gone.pyc,,\n" + text,
        "absolute-missing": lambda text: "/etc/passwd,,\n" + text,
        "climbing-missing": lambda text: "../../../etc/passwd,,\n" + text,
        "no-line-end": lambda text: text.rstrip("\n"),
        "crlf": lambda text: text.replace("\n", "\r\n"),
        "crlf-mixed": lambda text: text.replace("\n", "\r\n", 1),
        "cr": lambda text: text.replace("\n", "\r"),
        "cr-cr-lf": lambda text: text.replace("\n", "\r\r\n"),
        "blank-line-first": lambda text: "\n" + text,
        "blank-line-inside": lambda text: text.replace("\n", "\n\n", 1),
        "blank-line-last": lambda text: text + "\n",
        "spaces-line": lambda text: text + "  \n",
        "commas-line": lambda text: text + ",,\n",
        "byte-order-mark": lambda text: "\ufeff" + text,
        "utf16": lambda text: text.encode("utf-16"),
        "nul": lambda text: text + "\0",
        "nul-inside": lambda text: text.replace("demo/", "demo/\0", 1),
        "control-z": lambda text: text + "\x1a",
        "comment-line": lambda text: "# made by hand\n" + text,
        "semicolons": lambda text: text.replace(",", ";"),
        "tabs": lambda text: text.replace(",", "\t"),
        "header-line": lambda text: "path,hash,size\n" + text,
        "all-quoted": quoted,
        "two-fields": lambda text: text.replace(f",{SIZE}\n", "\n", 1),
        "four-fields": lambda text: text.replace(f",{SIZE}\n", f",{SIZE},more\n", 1),
        "one-field": lambda text: text.replace(FIRST, INIT.path + "\n"),
        "open-quote": lambda text: text + '"open,,\n',
        "quote-inside-plain": lambda text: text.replace("demo/__", 'demo/"__', 1),
        "field-too-large": lambda text: text + f"demo/{'x' * 140_000},,\n",
        "line-separator": lambda text: text.replace(FIRST, FIRST[:-1] + "\u2028"),
        "form-feed": lambda text: text.replace("\n", "\f\n", 1),
        "own-path-other-case": lambda text: text.replace(OWN, OWN.lower()),
        "other-dist-info": lambda text: text.replace("demo-1.0", "Demo-1.0"),
    }


def quoted(text: str) -> str:
    rows = (line.split(",") for line in text.splitlines())
    return "".join(",".join(f'"{field}"' for field in fields) + "\n" for fields in rows)


def first_rows() -> dict[str, str]:
    digest = hashlib.sha256(INIT.data).digest()
    other = hash_of(b"other")
    hashes = {
        "hash-wrong": other,
        "hash-empty": "",
        "hash-without-algorithm": HASH.removeprefix("sha256="),
        "hash-without-digest": "sha256=",
        "hash-short": HASH[:-4],
        "hash-long": HASH + "AAAA",
        "hash-hex": f"sha256={digest.hex()}",
        "hash-hex-upper-case": f"sha256={digest.hex().upper()}",
        "hash-padded": HASH + "=",
        "hash-padded-twice": HASH + "==",
        "hash-last-bits": HASH[:-1] + chr(ord(HASH[-1]) + 1),
        "hash-space": HASH.replace("=", "= "),
        "hash-upper-case-name": HASH.replace("sha256", "SHA256"),
        "hash-hyphen-name": HASH.replace("sha256", "sha-256"),
        "hash-two": f"{HASH};{other}",
    }
    rows = {name: f"{INIT.path},{text},{SIZE}\n" for name, text in hashes.items()}
    for algorithm in ("md5", "sha1", "sha224", "sha384", "sha512", "sha3_256", "blake2b"):
        rows[f"hash-{algorithm}"] = f"{INIT.path},{hash_of(INIT.data, algorithm)},{SIZE}\n"
    rows["hash-shake"] = f"{INIT.path},shake_256=AAAA,{SIZE}\n"
    rows["hash-unknown"] = f"{INIT.path},crc32=AAAA,{SIZE}\n"
    for name, size in {
        "wrong": SIZE + 1,
        "empty": "",
        "negative": -SIZE,
        "zeros-first": f"0{SIZE}",
        "space": f" {SIZE}",
        "plus": f"+{SIZE}",
        "float": f"{SIZE}.0",
        "hex": hex(SIZE),
        "words": "many",
        "huge": 10**40,
        "arabic": "١٩",
    }.items():
        rows[f"size-{name}"] = f"{INIT.path},{HASH},{size}\n"
    for name, path in {
        "absolute": "/" + INIT.path,
        "dot": "./" + INIT.path,
        "dot-inside": "demo/./__init__.py",
        "dots-inside": "demo/../demo/__init__.py",
        "empty-component": "demo//__init__.py",
        "backslash": "demo\\__init__.py",
        "case": "Demo/__init__.py",
        "space-before": " " + INIT.path,
        "space-behind": INIT.path + " ",
        "slash-behind": INIT.path + "/",
        "percent": "demo%2F__init__.py",
        "dollar": "$HOME/__init__.py",
    }.items():
        rows[f"path-{name}"] = f"{path},{HASH},{SIZE}\n"
    rows["row-missing"] = ""
    rows["row-twice"] = FIRST * 2
    rows["row-twice-other-hash"] = FIRST + f"{INIT.path},{other},{SIZE}\n"
    rows["row-twice-wrong-first"] = f"{INIT.path},{other},{SIZE}\n" + FIRST
    rows["row-and-dot-row"] = FIRST + f"./{INIT.path},{HASH},{SIZE}\n"
    return rows

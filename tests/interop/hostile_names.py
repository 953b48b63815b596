"""Rows whose entries have names and modes that readers take in different ways, and whose file names are no wheels'."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hostile_kit import DIST_INFO, FILE, INIT, METADATA, UTF8, WHEEL, Entry, HostileWheel, demo

TEXT = "a file\n"


def wheels() -> Iterator[HostileWheel]:
    yield from unsafe_names()
    yield from odd_names()
    yield from clashes()
    yield from modes()
    yield from file_names()


def named(row: str, name: str | bytes, **changes) -> HostileWheel:
    return demo(f"name-{row}", Entry(name, TEXT, **changes))


def unsafe_names() -> Iterator[HostileWheel]:
    yield named("absolute", "/tmp/wheelfix-hostile")
    yield named("absolute-doubled", "//tmp/wheelfix-hostile")
    yield named("climbs", "../evil.py")
    yield named("climbs-from-folder", "demo/../../evil.py")
    yield named("climbs-and-returns", "demo/../demo/twin.py")
    yield named("climbs-at-end", "demo/..")
    yield named("climbs-backslash", "..\\evil.py")
    yield named("climbs-backslash-inside", "demo/..\\..\\evil.py")
    yield named("climbs-far", "../" * 30 + "tmp/wheelfix-hostile")
    yield named("backslash", "demo\\evil.py")
    yield named("backslash-first", "\\evil.py")
    yield named("drive", "C:/evil.py")
    yield named("drive-relative", "c:evil.py")
    yield named("share", "\\\\host\\share\\evil.py")
    yield named("url", "file:///evil.py")
    yield named("home", "~/evil.py")
    yield named("nul-inside", "demo/evil.py\0.txt")
    yield named("nul-at-end", "demo/evil.py\0")
    yield named("empty", "")
    yield named("dot", ".")
    yield named("dots", "..")
    yield named("slash", "/")
    yield named("dot-component", "demo/./evil.py")
    yield named("dot-component-first", "./demo/evil.py")
    yield named("empty-component", "demo//evil.py")
    yield named("dots-three", "demo/.../evil.py")
    yield named("component-255", f"demo/{'a' * 252}.py")
    yield named("component-256", f"demo/{'a' * 253}.py")
    yield named("long", "/".join(["demo", *["a" * 100] * 50]))


def odd_names() -> Iterator[HostileWheel]:
    hidden = {
        "newline": "\n",
        "carriage-return": "\r",
        "tab": "\t",
        "escape": "\x1b[31m",
        "bell": "\a",
        "delete": "\x7f",
    }
    hidden |= {"c1": "\x9b", "bidi": "\u202e", "isolate": "\u2066", "zero-width": "\u200b", "joiner": "\u200d"}
    hidden |= {"soft-hyphen": "\xad", "byte-order-mark": "\ufeff", "line-separator": "\u2028", "tag": "\U000e0041"}
    hidden |= {"no-break-space": "\xa0", "full-width-slash": "\uff0f", "fraction-slash": "\u2044"}
    hidden |= {
        "full-width-dots": "\uff0e\uff0e",
        "private": "\ue000",
        "unassigned": "\u0378",
        "replacement": "\ufffd",
        "non-character": "\uffff",
    }
    for row, character in hidden.items():
        yield named(row, f"demo/a{character}b.py")
    for row, name in {
        "space-inside": "demo/a b.py",
        "space-first": "demo/ a.py",
        "space-at-end": "demo/a.py ",
        "dot-at-end": "demo/a.py.",
        "folder-dot-at-end": "demo/folder./a.py",
        "reserved-con": "demo/con.py",
        "reserved-nul": "demo/NUL",
        "reserved-com-superscript": "demo/com\xb9.txt",
        "colon": "demo/a:b.py",
        "star": "demo/a*.py",
        "question-mark": "demo/a?.py",
        "quote": 'demo/a"b.py',
        "comma": "demo/a,b.py",
        "pipe": "demo/a|b.py",
        "percent": "demo/a%2e%2e%2fb.py",
        "dollar": "demo/$HOME.py",
        "hyphen-first": "-rf",
        "option": "--target=evil",
        "umlaut": "demo/ümlaut.py",
        "umlaut-decomposed": "demo/u\u0308mlaut.py",
        "cjk": "demo/模块.py",
        "emoji": "demo/\U0001f40d.py",
        "pth": "evil.pth",
        "sitecustomize": "sitecustomize.py",
        "pycache": "demo/__pycache__/__init__.cpython-311.pyc",
        "record-elsewhere": "demo/RECORD",
        "installer": f"{DIST_INFO}/INSTALLER",
        "requested": f"{DIST_INFO}/REQUESTED",
        "direct-url": f"{DIST_INFO}/direct_url.json",
        "pyvenv": "pyvenv.cfg",
    }.items():
        yield named(row, name)
    yield named("not-utf8", b"demo/\xff.py", flags=UTF8)
    yield named("not-utf8-unflagged", b"demo/\xff.py", flags=0)
    yield named("umlaut-unflagged", "demo/ü.py", flags=0)
    yield named("overlong-slash", b"demo\xc0\xafevil.py", flags=UTF8)
    yield named("overlong-nul", b"demo/a\xc0\x80.py", flags=UTF8)
    yield named("surrogate", b"demo/\xed\xa0\x80.py", flags=UTF8)
    yield named("above-unicode", b"demo/\xf4\x90\x80\x80.py", flags=UTF8)
    yield named("shift-jis-backslash", b"demo/\x83\x5c.py", flags=0)
    yield named("flag-on-ascii", "demo/a.py", flags=UTF8)


def clashes() -> Iterator[HostileWheel]:
    pairs = {
        "duplicate": ("demo/a.py", "demo/a.py"),
        "duplicate-through-dot": ("demo/a.py", "demo/./a.py"),
        "case": ("demo/a.py", "demo/A.py"),
        "case-folder": ("demo/sub/a.py", "demo/SUB/b.py"),
        "case-beyond-ascii": ("demo/ä.py", "demo/Ä.py"),
        "case-sharp-s": ("demo/straße.py", "demo/STRASSE.py"),
        "case-dotless-i": ("demo/ı.py", "demo/I.py"),
        "case-kelvin": ("demo/\u212a.py", "demo/k.py"),
        "normal-form": ("demo/ü.py", "demo/u\u0308.py"),
        "ligature": ("demo/ﬁ.py", "demo/fi.py"),
        "file-is-folder": ("demo/a", "demo/a/b.py"),
        "folder-is-file": ("demo/a/b.py", "demo/a"),
        "file-is-folder-case": ("demo/a", "demo/A/b.py"),
        "dot-at-end": ("demo/a.py", "demo/a.py."),
    }
    for row, (one, other) in pairs.items():
        yield demo(f"clash-{row}", Entry(one, TEXT), Entry(other, "another\n"))
    yield demo("clash-duplicate-same-content", Entry("demo/a.py", TEXT), Entry("demo/a.py", TEXT))
    yield demo("clash-file-and-its-folder", Entry("demo/a", TEXT), Entry("demo/a/", ""))
    yield demo("clash-folder-twice", Entry("demo/sub/", ""), Entry("demo/sub/", ""))
    yield demo("clash-metadata-twice", last=[Entry(f"{DIST_INFO}/METADATA", METADATA + "Summary: twin\n")])
    yield demo("clash-metadata-case", more=[Entry(f"{DIST_INFO}/metadata", METADATA)])
    yield demo("clash-record-case", more=[Entry(f"{DIST_INFO}/Record", "")])
    yield demo("clash-wheel-twice", more=[Entry(f"{DIST_INFO}/WHEEL", WHEEL.replace("true", "false"))])
    yield demo("clash-record-twice", last=[Entry(f"{DIST_INFO}/RECORD", "demo/__init__.py,,\n")])
    yield demo("clash-dist-info-is-file", more=[Entry(DIST_INFO, TEXT)])


def modes() -> Iterator[HostileWheel]:
    kinds = {"symlink": 0o120777, "fifo": 0o010644, "character-device": 0o020644, "block-device": 0o060644}
    kinds |= {"socket": 0o140644, "folder": 0o040755, "none": 0, "bits-alone": 0o644, "unknown": 0o170644}
    kinds |= {"setuid": FILE | 0o4755, "setgid": FILE | 0o2755, "sticky": FILE | 0o1644}
    kinds |= {"no-permission": FILE, "write-only": FILE | 0o222, "world-writable": FILE | 0o777}
    for row, mode in kinds.items():
        yield demo(f"mode-{row}", victim=replace(INIT, mode=mode))
    yield demo("mode-symlink-absolute", Entry("demo/link", "/etc/passwd", mode=0o120777))
    through = Entry("demo/link/evil.py", TEXT)
    yield demo("mode-symlink-climbs-with-file-through-it", Entry("demo/link", "../..", mode=0o120777), through)
    yield demo("mode-symlink-folder", Entry("demo/link/", "..", mode=0o120777))
    yield demo("folder", Entry("demo/sub/", "", mode=0o040755))
    yield demo("folder-with-content", Entry("demo/sub/", TEXT, mode=0o040755))
    yield demo("folder-as-file-mode", Entry("demo/sub/", "", mode=FILE | 0o644))
    yield demo("folder-in-record", Entry("demo/sub/", ""), record=lambda text: "demo/sub/,,\n" + text)
    yield demo("folder-deflated", Entry("demo/sub/", "", method=8, stream=b"\3\0"))
    yield demo("folder-unix-permissions-none", Entry("demo/sub/", "", mode=0o040000))


def file_names() -> Iterator[HostileWheel]:
    names = {
        "upper-case": "Demo-1.0-py3-none-any.whl",
        "upper-case-suffix": "demo-1.0-py3-none-any.WHL",
        "zip-suffix": "demo-1.0-py3-none-any.zip",
        "no-tags": "demo-1.0.whl",
        "four-parts": "demo-1.0-py3-none.whl",
        "seven-parts": "demo-1.0-1-2-py3-none-any.whl",
        "empty-version": "demo--py3-none-any.whl",
        "other-name": "other-1.0-py3-none-any.whl",
        "other-version": "demo-1.1-py3-none-any.whl",
        "version-1": "demo-1-py3-none-any.whl",
        "version-1.0.0": "demo-1.0.0-py3-none-any.whl",
        "version-v1.0": "demo-v1.0-py3-none-any.whl",
        "version-words": "demo-latest-py3-none-any.whl",
        "version-local": "demo-1.0+local-py3-none-any.whl",
        "version-epoch": "demo-0!1.0-py3-none-any.whl",
        "version-star": "demo-1.*-py3-none-any.whl",
        "version-percent": "demo-1.0%2Blocal-py3-none-any.whl",
        "build": "demo-1.0-1-py3-none-any.whl",
        "build-letters": "demo-1.0-build-py3-none-any.whl",
        "build-text": "demo-1.0-1x.y-py3-none-any.whl",
        "build-huge": f"demo-1.0-{'9' * 40}-py3-none-any.whl",
        "tag-digit": "demo-1.0-3py-none-any.whl",
        "tag-empty": "demo-1.0-py3-none-.whl",
        "tag-compressed": "demo-1.0-py2.py3-none-any.whl",
        "tag-compressed-empty": "demo-1.0-py2..py3-none-any.whl",
        "tag-compressed-doubled": "demo-1.0-py3.py3-none-any.whl",
        "tag-space": "demo-1.0-py3-none-any .whl",
        "tag-upper-case": "demo-1.0-PY3-NONE-ANY.whl",
        "space": "demo -1.0-py3-none-any.whl",
        "dot-first": ".demo-1.0-py3-none-any.whl",
        "underscore-doubled": "de__mo-1.0-py3-none-any.whl",
        "umlaut": "dëmo-1.0-py3-none-any.whl",
        "long": f"{'d' * 200}-1.0-py3-none-any.whl",
    }
    for row, name in names.items():
        yield demo(f"file-name-{row}", file_name=name)
    for row, name, dist_info in (
        ("dots", "de.mo-1.0-py3-none-any.whl", "de.mo-1.0.dist-info"),
        ("dots-and-underscore", "de.mo-1.0-py3-none-any.whl", "de_mo-1.0.dist-info"),
        ("case-of-dist-info", "Demo-1.0-py3-none-any.whl", "demo-1.0.dist-info"),
    ):
        metadata = METADATA.replace("demo", name.split("-")[0])
        yield demo(f"file-name-{row}", file_name=name, dist_info=dist_info, metadata=metadata)
    local = METADATA.replace("1.0", "1.0+local")
    for row, name, dist_info in (
        ("local", "demo-1.0+local-py3-none-any.whl", "demo-1.0+local.dist-info"),
        ("local-underscore", "demo-1.0_local-py3-none-any.whl", "demo-1.0_local.dist-info"),
        ("local-case", "demo-1.0+Local-py3-none-any.whl", "demo-1.0+Local.dist-info"),
        ("local-missing-in-dist-info", "demo-1.0+local-py3-none-any.whl", DIST_INFO),
    ):
        yield demo(f"version-{row}", file_name=name, dist_info=dist_info, metadata=local)

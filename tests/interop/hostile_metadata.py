"""Rows whose METADATA, WHEEL or entry_points.txt lies or can't be parsed, and whose dist-info and .data folders are
spelled otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from hostile_kit import DIST_INFO, METADATA, WHEEL, Entry, HostileWheel, demo


def wheels() -> Iterator[HostileWheel]:
    yield from metadata_texts()
    yield from requirements()
    yield from wheel_files()
    yield from entry_points()
    yield from dist_infos()
    yield from data_folders()


def metadata_texts() -> Iterator[HostileWheel]:
    texts: dict[str, str | bytes | None] = {
        "missing": None,
        "empty": "",
        "blank": "\n\n",
        "no-name": METADATA.replace("Name: demo\n", ""),
        "no-version": METADATA.replace("\nVersion: 1.0", ""),
        "no-metadata-version": "Name: demo\nVersion: 1.0\n",
        "other-name": METADATA.replace("demo", "other"),
        "other-version": METADATA.replace("1.0", "1.1"),
        "name-case": METADATA.replace("demo", "DEMO"),
        "name-empty": METADATA.replace("demo", ""),
        "name-spaces": METADATA.replace("demo", "de mo"),
        "name-not-ascii": METADATA.replace("demo", "demö"),
        "name-trailing-dash": METADATA.replace("demo", "demo-"),
        "version-1": METADATA.replace("1.0", "1"),
        "version-v1.0": METADATA.replace("1.0", "v1.0"),
        "version-words": METADATA.replace("1.0", "latest"),
        "version-empty": METADATA.replace("1.0", ""),
        "version-local": METADATA.replace("1.0", "1.0+local"),
        "name-twice": METADATA + "Name: demo\n",
        "name-twice-other": METADATA + "Name: other\n",
        "name-twice-other-first": METADATA.replace("Name", "Name: other\nName"),
        "version-twice-other": METADATA + "Version: 2.0\n",
        "version-twice-other-first": METADATA.replace("\nVersion", "\nVersion: 2.0\nVersion"),
        "keys-lower-case": METADATA.lower(),
        "keys-upper-case": METADATA.replace("Name", "NAME").replace("\nVersion", "\nVERSION"),
        "name-folded": METADATA.replace("Name: ", "Name:\n "),
        "metadata-version-folded": METADATA.replace("2.1", "\n 2.1"),
        "version-folded": METADATA.replace("\nVersion: ", "\nVersion:\n "),
        "name-folded-behind": METADATA.replace("Name: demo", "Name: demo\n "),
        "folded-first": " " + METADATA,
        "blank-line-first": "\n" + METADATA,
        "blank-line-inside": METADATA.replace("Name", "\nName"),
        "space-line-inside": METADATA.replace("Name", " \nName"),
        "colon-without-space": METADATA.replace(": ", ":"),
        "space-before-colon": METADATA.replace(": ", " : "),
        "stray-line": METADATA + "stray\nRequires-Dist: lost\n",
        "stray-line-before-name": METADATA.replace("Name", "stray\nName"),
        "from-line": "From someone\n" + METADATA,
        "crlf": METADATA.replace("\n", "\r\n"),
        "cr": METADATA.replace("\n", "\r"),
        "no-line-end": METADATA.rstrip("\n"),
        "byte-order-mark": "\ufeff" + METADATA,
        "utf16": METADATA.encode("utf-16"),
        "latin-1": METADATA.encode() + "Author: Müller\n".encode("latin-1"),
        "latin-1-body": METADATA.encode() + "\nMüller\n".encode("latin-1"),
        "nul": METADATA + "Summary: a\0b\n",
        "nul-body": METADATA + "\na\0b\n",
        "escape": METADATA + "Summary: \x1b[2J\n",
        "bidi": METADATA + "Summary: \u202ereversed\n",
        "encoded-word": METADATA.replace("demo", "=?utf-8?q?demo?="),
        "json": '{"name": "demo", "version": "1.0"}\n',
        "metadata-version-1.0": METADATA.replace("2.1", "1.0"),
        "metadata-version-2.5": METADATA.replace("2.1", "2.5"),
        "metadata-version-2.99": METADATA.replace("2.1", "2.99"),
        "metadata-version-3.0": METADATA.replace("2.1", "3.0"),
        "metadata-version-9.9": METADATA.replace("2.1", "9.9"),
        "metadata-version-words": METADATA.replace("2.1", "new"),
        "metadata-version-empty": METADATA.replace("2.1", ""),
        "metadata-version-2": METADATA.replace("2.1", "2"),
        "metadata-version-twice": METADATA + "Metadata-Version: 2.2\n",
        "long-line": METADATA + f"Summary: {'x' * 1_000_000}\n",
        "many-headers": METADATA + "Classifier: x\n" * 20_000,
        "dynamic-name": METADATA.replace("2.1", "2.2") + "Dynamic: Name\n",
        "license-expression-bad": METADATA.replace("2.1", "2.4") + "License-Expression: no such\n",
        "license-file-missing": METADATA.replace("2.1", "2.4") + "License-File: LICENSE\n",
        "import-name-bad": METADATA.replace("2.1", "2.5") + "Import-Name: 1 2\n",
        "description-type-bad": METADATA + "Description-Content-Type: text/html; charset=x\n",
        "project-url-bad": METADATA + "Project-URL: no comma\n",
    }
    for name, text in texts.items():
        yield demo(f"metadata-{name}", metadata=text)
    yield demo("metadata-is-folder", metadata=Entry(f"{DIST_INFO}/METADATA/", METADATA))
    yield demo("metadata-symlink", metadata=Entry(f"{DIST_INFO}/METADATA", "WHEEL", mode=0o120777))


def requirements() -> Iterator[HostileWheel]:
    texts = {
        "requires-dist-parentheses": "Requires-Dist: other (>=1.0)",
        "requires-dist-marker": "Requires-Dist: other; python_version < '3'",
        "requires-dist-url": "Requires-Dist: other @ https://example.org/other.zip",
        "requires-dist-extra-unknown": "Requires-Dist: other; extra == 'none'",
        "requires-dist-empty": "Requires-Dist:",
        "requires-dist-version-missing": "Requires-Dist: other>=",
        "requires-dist-operator-bad": "Requires-Dist: other=>1",
        "requires-dist-star-bad": "Requires-Dist: other>=1.*",
        "requires-dist-marker-bad": "Requires-Dist: other; python_version",
        "requires-dist-marker-unknown": "Requires-Dist: other; moon == 'full'",
        "requires-dist-words": "Requires-Dist: one two",
        "requires-dist-itself": "Requires-Dist: demo>=2",
        "requires-python": "Requires-Python: >=3.7",
        "requires-python-bad": "Requires-Python: >=3.x",
        "requires-python-words": "Requires-Python: three",
        "requires-python-star": "Requires-Python: >=3.*",
        "requires-python-comma": "Requires-Python: >=3.6,",
        "requires-python-empty": "Requires-Python:",
        "requires-python-folded": "Requires-Python:\n >=3.7",
        "requires-python-folded-inside": "Requires-Python: >=3.7,\n !=3.8.*",
        "requires-dist-folded": "Requires-Dist: other\n >=1",
        "provides-extra-folded": "Provides-Extra:\n more",
        "requires-python-twice": "Requires-Python: >=3.6\nRequires-Python: >=3.7",
        "provides-extra": "Provides-Extra: more",
        "provides-extra-bad": "Provides-Extra: a b",
        "provides-extra-twice": "Provides-Extra: more\nProvides-Extra: More",
        "requires-external": "Requires-External: libc",
        "provides-dist-bad": "Provides-Dist: ???",
    }
    for name, text in texts.items():
        yield demo(name, metadata=f"{METADATA}{text}\n")


def wheel_files() -> Iterator[HostileWheel]:
    texts: dict[str, str | bytes | None] = {
        "missing": None,
        "empty": "",
        "blank": "\n",
        "not-headers": "made by hand\n",
        "version-missing": WHEEL.replace("Wheel-Version: 1.0\n", ""),
        "version-empty": WHEEL.replace("1.0", ""),
        "version-0.1": WHEEL.replace("1.0", "0.1"),
        "version-1": WHEEL.replace("1.0", "1"),
        "version-1.9": WHEEL.replace("1.0", "1.9"),
        "version-2.0": WHEEL.replace("1.0", "2.0"),
        "version-1.0.0": WHEEL.replace("1.0", "1.0.0"),
        "version-1.0a1": WHEEL.replace("1.0", "1.0a1"),
        "version-v1.0": WHEEL.replace("1.0", "v1.0"),
        "version-words": WHEEL.replace("1.0", "one"),
        "version-huge": WHEEL.replace("1.0", f"1.{'9' * 30}"),
        "version-twice": WHEEL + "Wheel-Version: 2.0\n",
        "version-folded": WHEEL.replace(" 1.0", "\n 1.0"),
        "purelib-missing": WHEEL.replace("Root-Is-Purelib: true\n", ""),
        "purelib-false": WHEEL.replace("true", "false"),
        "purelib-upper-case": WHEEL.replace("true", "True"),
        "purelib-yes": WHEEL.replace("true", "yes"),
        "purelib-twice": WHEEL + "Root-Is-Purelib: false\n",
        "tag-missing": WHEEL.replace("Tag: py3-none-any\n", ""),
        "tag-other": WHEEL.replace("py3-none-any", "cp27-cp27m-win32"),
        "tag-bad": WHEEL.replace("py3-none-any", "py3"),
        "tag-twice": WHEEL + "Tag: py3-none-any\n",
        "tag-huge": WHEEL.replace("py3", ".".join(["py3"] * 3000)),
        "build": WHEEL + "Build: 1\n",
        "crlf": WHEEL.replace("\n", "\r\n"),
        "byte-order-mark": "\ufeff" + WHEEL,
        "latin-1": WHEEL.encode() + "Packer: Müller\n".encode("latin-1"),
        "utf16": WHEEL.encode("utf-16"),
        "nul": WHEEL + "Packer: \0\n",
        "blank-line-first": "\n" + WHEEL,
        "blank-line-inside": WHEEL.replace("Root", "\nRoot"),
        "stray-line": WHEEL.replace("Root", "stray\nRoot"),
        "keys-lower-case": WHEEL.replace("Wheel-Version", "wheel-version").replace("Root-Is", "root-is"),
    }
    for name, text in texts.items():
        yield demo(f"wheel-{name}", wheel_file=text)


def entry_points() -> Iterator[HostileWheel]:
    script = "[console_scripts]\n"
    texts: dict[str, str | bytes] = {
        "sound": script + "demo = demo:main\n",
        "empty": "",
        "no-section": "demo = demo:main\n",
        "section-open": "[console_scripts\ndemo = demo:main\n",
        "value-missing": script + "demo =\n",
        "value-without-key": script + "= demo:main\n",
        "no-separator": script + "demo\n",
        "no-callable": script + "demo = demo\n",
        "callable-empty": script + "demo = demo:\n",
        "callable-spaces": script + "demo = demo : main\n",
        "callable-code": script + "demo = demo:main();import os\n",
        "module-code": script + "demo = demo;import os:main\n",
        "module-not-identifier": script + "demo = de-mo:main\n",
        "extras": script + "demo = demo:main [more]\n",
        "extras-open": script + "demo = demo:main [more\n",
        "name-climbs": script + "../../demo = demo:main\n",
        "name-absolute": script + "/tmp/wheelfix-hostile = demo:main\n",
        "name-folder": script + "sub/demo = demo:main\n",
        "name-backslash": script + "..\\demo = demo:main\n",
        "name-space": script + "de mo = demo:main\n",
        "name-python": script + "python = demo:main\n",
        "name-pip": script + "pip = demo:main\n",
        "name-case-twins": script + "demo = demo:main\nDemo = demo:main\n",
        "name-twice": script + "demo = demo:main\ndemo = demo:other\n",
        "section-twice": script + "demo = demo:main\n" + script + "other = demo:main\n",
        "both-sections": script + "demo = demo:main\n[gui_scripts]\ndemo = demo:main\n",
        "colon-separator": script + "demo : demo:main\n",
        "continued": script + "demo =\n  demo:main\n",
        "indented": script + "  demo = demo:main\n",
        "comment": script + "# a comment\n; another\ndemo = demo:main\n",
        "interpolation": script + "demo = demo:%(x)s\n",
        "percent": "[other]\ndemo = 100%\n",
        "byte-order-mark": "\ufeff" + script + "demo = demo:main\n",
        "latin-1": (script + "dëmo = demo:main\n").encode("latin-1"),
        "not-ascii": script + "dëmo = demo:main\n",
        "nul": script + "de\0mo = demo:main\n",
        "crlf": (script + "demo = demo:main\n").replace("\n", "\r\n"),
        "default-section": "[DEFAULT]\nx = y\n" + script + "demo = demo:main\n",
        "default-section-lower-case": "[default]\nx = y\n" + script + "demo = demo:main\n",
        "default-section-alone": "[DEFAULT]\nx = y\n",
        "other-group-bad-value": "[other.group]\nx = not a reference at all\n",
        "other-group-no-value": "[other.group]\nx\n",
    }
    for name, text in texts.items():
        yield demo(f"entry-points-{name}", more=[Entry(f"{DIST_INFO}/entry_points.txt", text)])


def dist_infos() -> Iterator[HostileWheel]:
    names = {
        "upper-case": "Demo-1.0.dist-info",
        "suffix-upper-case": "demo-1.0.DIST-INFO",
        "other-name": "other-1.0.dist-info",
        "other-version": "demo-1.1.dist-info",
        "version-1": "demo-1.dist-info",
        "version-1.0.0": "demo-1.0.0.dist-info",
        "no-version": "demo.dist-info",
        "no-name": "-1.0.dist-info",
        "bare": ".dist-info",
        "space": "demo -1.0.dist-info",
        "deeper": "demo/demo-1.0.dist-info",
        "egg-info": "demo-1.0.egg-info",
        "three-parts": "demo-1.0-1.dist-info",
    }
    for name, dist_info in names.items():
        yield demo(f"dist-info-{name}", dist_info=dist_info)
    yield demo("dist-info-second", Entry("other-1.0.dist-info/METADATA", METADATA.replace("demo", "other")))
    yield demo("dist-info-second-empty-folder", Entry("other-1.0.dist-info/", ""))
    yield demo("dist-info-second-other-case", Entry("Demo-1.0.dist-info/METADATA", METADATA))
    yield demo("dist-info-second-other-version", Entry("demo-2.0.dist-info/METADATA", METADATA))
    yield demo("dist-info-second-deeper", Entry("demo/other-1.0.dist-info/METADATA", METADATA))
    yield demo("dist-info-a-file", Entry("notes.dist-info", "x"))
    yield demo("egg-info-beside", Entry("demo-1.0.egg-info/PKG-INFO", METADATA))
    yield demo("dist-info-sub-folders", more=[Entry(f"{DIST_INFO}/licenses/LICENSE", "x")])
    yield demo("dist-info-top-level", more=[Entry(f"{DIST_INFO}/top_level.txt", b"\xff")])
    yield demo("dist-info-no-package", victim=None)


def data_folders() -> Iterator[HostileWheel]:
    paths = {
        "purelib": "demo-1.0.data/purelib/demo/more.py",
        "platlib": "demo-1.0.data/platlib/demo/more.py",
        "data": "demo-1.0.data/data/share/demo.txt",
        "unknown-scheme": "demo-1.0.data/include/demo.h",
        "scheme-case": "demo-1.0.data/Purelib/demo/more.py",
        "scheme-empty": "demo-1.0.data//demo/more.py",
        "file-beside-schemes": "demo-1.0.data/file.txt",
        "scheme-is-file": "demo-1.0.data/purelib",
        "climbs": "demo-1.0.data/purelib/../../../evil.py",
        "climbs-scheme": "demo-1.0.data/../evil.py",
        "upper-case": "Demo-1.0.data/purelib/demo/more.py",
        "version-1.0.0": "demo-1.0.0.data/purelib/demo/more.py",
        "other-name": "other-1.0.data/purelib/demo/more.py",
        "other-version": "demo-1.1.data/purelib/demo/more.py",
        "no-version": "demo.data/purelib/demo/more.py",
        "bare": ".data/purelib/demo/more.py",
        "suffix-upper-case": "demo-1.0.DATA/purelib/demo/more.py",
        "deeper": "demo/demo-1.0.data/purelib/demo/more.py",
        "file-at-top": "notes.data",
        "same-file-twice": "demo-1.0.data/purelib/demo/__init__.py",
        "dist-info-inside": "demo-1.0.data/purelib/other-1.0.dist-info/METADATA",
        "own-dist-info-inside": f"demo-1.0.data/purelib/{DIST_INFO}/METADATA",
        "own-record-inside": f"demo-1.0.data/purelib/{DIST_INFO}/RECORD",
        "pth": "demo-1.0.data/purelib/evil.pth",
    }
    for name, path in paths.items():
        yield demo(f"data-{name}", Entry(path, "MORE = 1\n"))
    yield demo(
        "data-two-schemes-one-file",
        *(Entry(f"demo-1.0.data/{scheme}/demo/a.py", scheme) for scheme in ("purelib", "platlib")),
    )
    yield demo("data-folder-empty", Entry("demo-1.0.data/", ""))
    yield demo("data-folder-unknown-empty", Entry("demo-1.0.data/include/", ""))
    yield demo("data-and-other-spelling", Entry(paths["purelib"], ""), Entry("Demo-1.0.data/purelib/demo/b.py", ""))

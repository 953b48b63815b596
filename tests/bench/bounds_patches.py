"""Patches, recipes and folders that bounds_bench.py measures: each function makes files in a folder and tells commands by their names."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from bounds_inputs import MiB, Words, lines
from hostile import INFO, LINUX, METADATA, dense, elf, wheel

Commands = Iterator[tuple[str, Words]]
CASES: dict[str, Callable[[Path], Commands]] = {}
WRITING: Words = ["-s", "x.1", "--overwrite", "--force", "-d"]


def case(make: Callable[[Path], Commands]) -> Callable[[Path], Commands]:
    CASES[make.__name__] = make
    return make


def patching(folder: Path, target: Path, patch: bytes | str, *more: str) -> Commands:
    file = folder / "fix.patch"
    file.write_bytes(patch.encode() if isinstance(patch, str) else patch)
    yield "patch", ["patch", *WRITING, folder / "out", "--patch", file, *more, target]
    yield "patch --reverse", ["patch", *WRITING, folder / "out", "--reverse", "--patch", file, *more, target]


def text_wheel(folder: Path, text) -> Path:
    return wheel(folder, [("demo/a.txt", text)])


HEAD = "--- a/demo/a.txt\n+++ b/demo/a.txt\n"


@case
def many_hunks(folder: Path) -> Commands:
    target = text_wheel(folder, lines(1_000_000, "{}\n"))
    yield from patching(folder, target, HEAD + "".join(f"@@ -{i} +{i} @@\n-{i - 1}\n+x\n" for i in range(1, 1_000_000, 4)))


@case
def hunks_that_moved(folder: Path) -> Commands:
    """Each is found at the end of the file, where all lines are alike but the last."""
    target = text_wheel(folder, "x\n" * 1_000_000 + "end\n")
    yield from patching(folder, target, HEAD + "@@ -1,3 +1,3 @@\n x\n x\n-nowhere\n+y\n" * 1, "--fuzz", "2")
    yield from patching(folder, target, HEAD + "".join(f"@@ -{i},3 +{i},3 @@\n x\n-x\n+y\n end\n" for i in range(1, 100_000, 9)), "--fuzz", "2")


@case
def long_hunk_of_like_lines(folder: Path) -> Commands:
    target = text_wheel(folder, "x\n" * 1_000_000)
    yield from patching(folder, target, HEAD + "@@ -1,500001 +1,500001 @@\n" + " x\n" * 500_000 + "-y\n+z\n", "--fuzz", "3")


@case
def lines_of_megabytes(folder: Path) -> Commands:
    target = text_wheel(folder, "a\n" + "x" * 4_000_000 + "\nb\n")
    yield from patching(folder, target, HEAD + "@@ -1,3 +1,3 @@\n a\n-" + "y" * 4_000_000 + "\n+" + "z" * 4_000_000 + "\n b\n")


@case
def no_patch(folder: Path) -> Commands:
    target = text_wheel(folder, "a\n")
    yield from patching(folder, target, b"x\n" * (4 * MiB))
    yield from patching(folder, target, b"--- a/" + b"x" * 4_000_000 + b"\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n")
    yield from patching(folder, target, HEAD + "@@ -99999999999999999999 +1 @@\n-a\n+b\n")
    yield from patching(folder, target, HEAD + "@@ -1,4000000000 +1,4000000000 @@\n" + "-a\n" * 3_000_000)


@case
def many_files_of_a_patch(folder: Path) -> Commands:
    empty = "a\n"
    target = wheel(folder, [(f"demo/{i}.txt", empty) for i in range(50_000)])
    yield from patching(folder, target, "".join(f"--- a/demo/{i}.txt\n+++ b/demo/{i}.txt\n@@ -1 +1 @@\n-a\n+b\n" for i in range(50_000)))
    yield from patching(folder, target, "".join(f"diff --git a/demo/{i}.txt b/new/{i}.txt\nrename from demo/{i}.txt\nrename to new/{i}.txt\n" for i in range(50_000)))
    yield from patching(folder, target, "".join(f"--- /dev/null\n+++ b/new/{i}.txt\n@@ -0,0 +1 @@\n+b\n" for i in range(100_000)))
    yield from patching(folder, target, "".join(f"--- a/none/{i}.txt\n+++ b/none/{i}.txt\n@@ -1 +1 @@\n-a\n+b\n" for i in range(100_000)))


@case
def many_patches(folder: Path) -> Commands:
    target = text_wheel(folder, "a\n")
    patches = folder / "patches"
    patches.mkdir()
    for i in range(5_000):
        (patches / f"{i:05}.patch").write_text(HEAD + f"@@ -1 +1 @@\n-{'a' if i == 0 else i - 1}\n+{i}\n")
    yield "patch --patch-dir", ["patch", *WRITING, folder / "out", "--patch-dir", patches, target]
    (patches / "series").write_text("00000.patch\n" * 500_000)
    yield "series", ["patch", *WRITING, folder / "out", "--patch-dir", patches, target]


def git_binary(size: int, compressed: bytes, kind: str = "literal") -> str:
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
    assert len(digits) == 85
    rows = []
    for at in range(0, len(compressed), 52):
        row = compressed[at : at + 52]
        letter = chr(64 + len(row)) if len(row) <= 26 else chr(70 + len(row))
        rows.append(letter + base64.b85encode(row.ljust(-(-len(row) // 4) * 4, b"\0")).decode() + "\n")
    return f"{kind} {size}\n" + "".join(rows) + "\n"


def git_patch(part: str) -> str:
    return f"diff --git a/demo/a.txt b/demo/a.txt\nindex {'0' * 40}..{'1' * 40} 100644\nGIT binary patch\n{part}"


@case
def binary_bomb(folder: Path) -> Commands:
    target = text_wheel(folder, "a\n")
    deflate = zlib.compressobj(9)
    bomb = b"".join(deflate.compress(bytes(MiB)) for _ in range(4_000)) + deflate.flush()
    yield from patching(folder, target, git_patch(git_binary(4_000 * MiB, bomb)))
    yield from patching(folder, target, git_patch(git_binary(1_000_000_000_000, zlib.compress(b"x"))))
    copies = b"\x82\xd4\xb9\xe1\x03"[:0] + varint(2) + varint(2 * 3_000_000_000) + b"\x91\0\2" * 3_000_000
    yield from patching(folder, target, git_patch(git_binary(len(copies), zlib.compress(copies, 9), "delta")))


@case
def delta_bomb(folder: Path) -> Commands:
    target = text_wheel(folder, [(b"x" * MiB, 15)])
    size = (1 << 24) - (1 << 20)
    once = b"\xf1\0" + struct.pack("<I", size)[:3]  # a copy from 0
    copies = varint(15 * MiB) + varint(size * 400) + once * 400
    yield from patching(folder, target, git_patch(git_binary(len(copies), zlib.compress(copies, 9), "delta")))


def varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


@case
def differences(folder: Path) -> Commands:
    (folder / "b").mkdir()
    for name, before, after in (
        ("all", lines(400_000, "a{}\n"), lines(400_000, "b{}\n")),
        ("mixed", lines(300_000, "{}\n"), "".join(f"{i * 7919 % 300_000}\n" for i in range(300_000))),
        ("alike", "a\nb\n" * 300_000, "b\na\na\n" * 200_000),
        ("one line", "x" * 15_000_000, "y" * 15_000_000),
        ("bytes", [(bytes(range(256)) * 4096, 40)], [(bytes(range(255, -1, -1)) * 4096, 40)]),
        ("big", dense(1_600 * MiB, 390), [*dense(1_600 * MiB, 390), (b"x", 1)]),
    ):
        old, new = folder / name, folder / "b" / name
        old.mkdir()
        new.mkdir()
        yield f"diff, {name}", ["diff", "-o", folder / "out.patch", text_wheel(old, before), text_wheel(new, after)]


@case
def recipes(folder: Path) -> Commands:
    empty = b""
    target = wheel(folder, [(f"demo/{i:x}/a.py", empty) for i in range(60_000)])
    recipe = folder / "recipe"
    recipe.mkdir()
    words: Words = ["patch", *WRITING, folder / "out", "--patch-dir", recipe, target]
    for name, text in (
        ("globs", 'wheel = "demo"\nremove = [' + lines(50_000, '"*a*{}*b",') + "]\n"),
        ("long glob", 'wheel = "demo"\nremove = ["' + "*a" * 400_000 + '"]\n'),
        ("nested", "a = " + "[" * 500_000),
        ("tables", 'wheel = "demo"\n' + "[[rpath]]\nlibraries = 'a'\nadd = 'b'\n" * 25_000),
        ("keys", 'wheel = "demo"\n' + lines(60_000, "k{} = 1\n")),
        ("inline", "a = {" + lines(60_000, "k{} = 1,") + "b = 1}\n"),
        ("string", 'wheel = "' + "x" * 900_000 + '"\n'),
        ("over", "#" * 9_000_000),
        ("versions", 'wheel = "demo"\nversions = "' + ">=1," * 200_000 + '>=1"\n'),
        ("additions", 'wheel = "demo"\n' + lines(20_000, '[[add]]\nentry = "n{}"\nfile = "big"\n')),
    ):
        (recipe / "wheelfix.toml").write_text(text)
        (recipe / "big").write_bytes(bytes(MiB))
        yield f"recipe, {name}", words
    yield "long option", ["patch", *WRITING, folder / "out", "--remove", "*a" * 30_000, target]


@case
def stubs(folder: Path) -> Commands:
    names = [b"libn%d.so" % i for i in range(4_000)]
    target = wheel(folder, [(f"demo/m{i}.so", elf(names)) for i in range(5)], tag=LINUX)
    template = folder / "stub.toml"
    template.write_text('soname = "s.so"\nmachine = "x86_64"\nneeded = [' + lines(30_000, '"*{}*a*b",') + "]\n")
    yield "stub", ["patch", *WRITING, folder / "out", "--stub", f"demo/s.so={template}", target]
    yield "rules", ["patch", *WRITING, folder / "out", *[w for i in range(1_000) for w in ("--add-needed", f"*.so=libx{i}.so")], target]


@case
def installed(folder: Path) -> Commands:
    for name, record in (("rows", "a,,\n" * 2_300_000), ("paths", lines(190_000, "demo/f{}.py,sha256=x,1\n")), ("one", "x" * 9_000_000 + ",,\n")):
        site = folder / name
        (site / INFO).mkdir(parents=True)
        (site / INFO / "METADATA").write_text(METADATA)
        (site / INFO / "RECORD").write_text(record)
        yield f"doctor, {name}", ["doctor", site]
        yield f"doctor -v, {name}", ["doctor", "-v", site]


@case
def library_files(folder: Path) -> Commands:
    for name, content in (("needed", elf([b"x" * 60_000], same=4_000)), ("paths", elf([b"x"], b"a:" * 30_000)), ("zeros", b"\x7fELF\2\1\1" + bytes(9_000_000))):
        path = folder / f"{name}.so"
        path.write_bytes(content)
        yield f"inspect, {name}", ["inspect", path]
        yield f"inspect -v, {name}", ["inspect", "-v", path]
        yield f"cross-check, {name}", ["inspect", "--cross-check", path]

"""What bounds_bench.py measures: by name, a function that makes the input in a folder and says what to run on it."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

from hostile import INFO, LINUX, MACOS, METADATA, MUSL, WINDOWS, archive, dense, elf, fat, macho, pe, wheel

Words = list[str | Path]
Input = Callable[[Path], Path]
WHEELS: dict[str, Input] = {}
MiB = 1 << 20


def of_wheel(make: Input) -> Input:
    WHEELS[make.__name__] = make
    return make


def documents(**texts) -> Input:
    return lambda folder: wheel(folder, [("demo/__init__.py", "X = 1\n")], **texts)


def lines(count: int, form: str) -> str:
    return "".join(form.format(i) for i in range(count))


OWN_ROW = f"{INFO}/RECORD,,\n"
WHEELS |= {
    "record_rows": documents(RECORD=[(b"a,,\n" * (MiB // 4), 15)]),
    "record_rows_over": documents(RECORD=[(b"a,,\n" * (MiB // 4), 200)]),
    "record_row_paths": documents(RECORD=lines(750_000, "demo/f{}.py,,\n") + OWN_ROW),
    "record_long_rows": documents(RECORD=lines(9_900, "demo/{}" + "x" * 1_500 + ",sha256=x,1\n") + OWN_ROW),
    "record_blank_lines": documents(RECORD=[(b"\n" * MiB, 15), (OWN_ROW.encode(), 1)]),
    "record_one_row": documents(RECORD=[(b'"', 1), (b"x" * MiB, 15), (b'",,\n', 1), (OWN_ROW.encode(), 1)]),
    "record_commas": documents(RECORD=[(b"," * MiB, 15)]),
    "record_quotes": documents(RECORD=[(b'"' * MiB, 15)]),
    "record_sizes": documents(RECORD=[(b"a,,", 1), (b"9" * MiB, 15), (b"\n", 1), (OWN_ROW.encode(), 1)]),
    "metadata_headers": documents(METADATA=[(METADATA.encode(), 1), (b"a:\n" * (MiB // 3), 15)]),
    "metadata_requires": documents(METADATA=METADATA + lines(99_000, "Requires-Dist: package-{}>=1.0,<2.0; python_version > '3.8'\n")),
    "metadata_long": documents(METADATA=[(METADATA.encode() + b"Summary: ", 1), (b"\x1b" * MiB, 15), (b"\nRequires-Python: >=3", 1), (b",>=3" * 200_000, 1)]),
    "metadata_name": documents(METADATA=[(b"Metadata-Version: 2.1\nName: ", 1), (b"\xc2\x80" * (MiB // 2), 15), (b"\nVersion: 1\n", 1)]),
    "metadata_version": documents(METADATA=[(b"Metadata-Version: 2.1\nName: demo\nVersion: 1", 1), (b".0" * (MiB // 2), 15), (b"\n", 1)]),
    "metadata_folded": documents(METADATA=[(METADATA.encode() + b"Summary: x\n", 1), (b" x\n" * (MiB // 3), 15)]),
    "metadata_bad_utf8": documents(METADATA=[(METADATA.encode() + b"\n", 1), (b"x\n" * (MiB // 2), 15), (b"\xff", 1)]),
    "wheel_tags": documents(WHEEL="Wheel-Version: 1.0\n" + lines(99_000, "Tag: py2.py3.cp{}-none.abi3-any\n")),
    "wheel_tag": documents(WHEEL=[(b"Wheel-Version: 1.0\nTag: ", 1), (b"a." * (MiB // 2), 10), (b"a-", 1), (b"b." * (MiB // 2), 10), (b"b-any\n", 1)]),
    "entry_points": documents(entry_points__txt=[(b"[console_scripts]\n", 1), (b"a = b:c\n" * (MiB // 8), 15)]),
    "all_documents": documents(METADATA=[(METADATA.encode() + b"\n", 1), (b"x\n" * (MiB // 2), 15)], WHEEL=[(b"Wheel-Version: 1.0\n\n", 1), (b"x\n" * (MiB // 2), 15)],
                               entry_points__txt=[(b"#\n" * (MiB // 2), 15)], RECORD=[(b'"', 1), (b"x" * MiB, 15), (b'",,\n', 1)]),
}  # fmt: skip


@of_wheel
def many_entries(folder: Path) -> Path:
    names = [f"demo/{i:x}" for i in range(95_000)]
    return wheel(folder, [(name, b"") for name in names], RECORD="".join(f"{name},sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n" for name in names) + OWN_ROW)


@of_wheel
def entries_without_rows(folder: Path) -> Path:
    empty = b""
    return wheel(folder, [(f"{i:x}", empty) for i in range(100_000)])


@of_wheel
def entries_with_bad_names(folder: Path) -> Path:
    empty = b""
    return wheel(folder, [(f"d/../CON/\x1b\\{i:x}. ".encode(), empty) for i in range(70_000)])


@of_wheel
def entries_of_one_name(folder: Path) -> Path:
    empty = b""
    return wheel(folder, [("demo/a.py", empty) for _ in range(70_000)])


@of_wheel
def entries_of_one_folded_name(folder: Path) -> Path:
    empty = b""
    cases = ["".join(c.upper() if i >> bit & 1 else c for bit, c in enumerate("abcdefghijklmnop")) for i in range(1 << 16)]
    return wheel(folder, [(name, empty) for name in cases])


@of_wheel
def long_names(folder: Path) -> Path:
    empty = b""
    return wheel(folder, [(f"{i}/".encode() + b"x" * 65_000, empty) for i in range(70)])


@of_wheel
def deep_folders(folder: Path) -> Path:
    library = elf()
    return wheel(folder, [(f"{i:04}/" + "a/" * 2_000 + "m.so", library) for i in range(1_000)], tag=LINUX)


@of_wheel
def deep_shared_folders(folder: Path) -> Path:
    library = elf()
    return wheel(folder, [("a/" * 2_000 + f"m{i}.so", library) for i in range(1_000)], tag=LINUX)


@of_wheel
def data_folders(folder: Path) -> Path:
    empty = b""
    return wheel(folder, [(f"a-{i:x}.data/x/y", empty) for i in range(70_000)])


@of_wheel
def many_libraries(folder: Path) -> Path:
    library = elf([b"libc.so.6", b"libnone.so"])
    return wheel(folder, [(f"demo/m{i:x}.so", library) for i in range(45_000)], tag=LINUX)


@of_wheel
def many_bad_libraries(folder: Path) -> Path:
    damaged = b"\x7fELF\2\1\1" + bytes(99)
    return wheel(folder, [(f"demo/m{i:x}.so", damaged) for i in range(50_000)], tag=LINUX)


@of_wheel
def many_texts_named_library(folder: Path) -> Path:
    text = b"x" * 100
    return wheel(folder, [(f"demo/m{i:x}.so", text) for i in range(50_000)], tag=LINUX)


def chain(folder: Path, count: int, folders: int, needs: int, tag: str = LINUX, modules: int = 1) -> Path:
    """Libraries that need each other in a chain, each with a search path of its own and names that are nowhere."""
    path = b":".join(b"$ORIGIN/d%d" % i for i in range(folders)) + b":$ORIGIN"
    files = [("demo/__init__.py", "X = 1\n")]
    files += [(f"demo/_m{i}.so", elf([b"libc0.so"], path)) for i in range(modules)]
    for i in range(count):
        names = [b"libc%d.so" % (i + 1), *(b"m%d-%d.so" % (i, j) for j in range(needs))]
        files.append((f"demo/libc{i}.so", elf(names, path.replace(b"/d", b"/e%d_" % i))))
    return wheel(folder, files, tag=tag)


@of_wheel
def chain_of_libraries(folder: Path) -> Path:
    return chain(folder, 200, 1_000, 1_000)


@of_wheel
def chain_of_libraries_musl(folder: Path) -> Path:
    return chain(folder, 200, 1_000, 1_000, MUSL)


@of_wheel
def chain_with_folders(folder: Path) -> Path:
    """The folders are there, and so are the names, elsewhere."""
    path = b":".join(b"$ORIGIN/d%d" % i for i in range(1_000)) + b":$ORIGIN"
    empty, library = b"", elf()
    files = [("demo/_m.so", elf([b"libc0.so"], path)), *((f"demo/d{i}/x", empty) for i in range(1_000))]
    files += [(f"other/n{j}.so", library) for j in range(1_000)]
    names = [b"n%d.so" % j for j in range(1_000)]
    files += [(f"demo/libc{i}.so", elf([b"libc%d.so" % (i + 1), *names], path)) for i in range(200)]
    return wheel(folder, files, tag=LINUX)


@of_wheel
def long_chain(folder: Path) -> Path:
    files = [("demo/_m.so", elf([b"l0.so"], b"$ORIGIN"))]
    files += [(f"demo/l{i}.so", elf([b"l%d.so" % (i + 1), b"none%d.so" % i])) for i in range(25_000)]
    return wheel(folder, files, tag=LINUX)


@of_wheel
def modules_with_one_chain(folder: Path) -> Path:
    return chain(folder, 1_000, 1, 1, modules=3_000)


@of_wheel
def modules_that_need_all(folder: Path) -> Path:
    library, path = elf(), b"$ORIGIN"
    module = elf([b"l%d.so" % i for i in range(2_000)], path)
    files = [(f"demo/l{i}.so", library) for i in range(2_000)]
    return wheel(folder, [*files, *((f"demo/m{i}.so", module) for i in range(800))], tag=LINUX)


@of_wheel
def needed_names(folder: Path) -> Path:
    """4,000 entries that are all one string of 60 kB."""
    library = elf([b"x" * 60_000], same=4_000)
    return wheel(folder, [(f"demo/m{i}.so", library) for i in range(2_000)], tag=LINUX)


@of_wheel
def needed_names_within(folder: Path) -> Path:
    library = elf([b"n%d" % i + b"x" * 200 for i in range(4_000)])
    return wheel(folder, [(f"demo/m{i}.so", library) for i in range(7)], tag=LINUX)


@of_wheel
def search_paths(folder: Path) -> Path:
    library = elf([b"none.so"], b"a:" * 30_000)
    return wheel(folder, [(f"demo/m{i}.so", library) for i in range(2_000)], tag=LINUX)


@of_wheel
def search_paths_within(folder: Path) -> Path:
    library = elf([b"none.so"], b"a:" * 30_000)
    return wheel(folder, [(f"demo/m{i}.so", library) for i in range(4)], tag=LINUX)


@of_wheel
def string_tables(folder: Path) -> Path:
    library = elf([b"libc.so.6"], padding=15 * MiB)
    return wheel(folder, [(f"demo/m{i}.so", library) for i in range(100)], tag=LINUX)


@of_wheel
def string_table_over(folder: Path) -> Path:
    library = elf([b"libc.so.6"])
    at = library.index(struct.pack("<Q", 10)) + 8
    size = struct.unpack_from("<Q", library, at)[0] + 63 * MiB
    noise = dense(63 * MiB, 350)
    total = len(library) + 63 * MiB
    library = bytearray(library)
    struct.pack_into("<Q", library, at, size)
    struct.pack_into("<QQ", library, 64 + 32, total, total)
    whole = [(bytes(library), 1), *noise]
    return wheel(folder, [(f"demo/m{i}.so", whole) for i in range(8)], tag=LINUX)


@of_wheel
def macho_paths(folder: Path) -> Path:
    library = macho([b"@rpath/n%d.dylib" % i for i in range(2_000)], [b"@loader_path/%d" % i for i in range(2_000)])
    files = [(f"demo/l{i}.dylib", macho([b"@rpath/l%d.dylib" % (i + 1)], [b"@loader_path"])) for i in range(50)]
    return wheel(folder, [("demo/_m.so", library), *files], tag=MACOS)


@of_wheel
def macho_slices(folder: Path) -> Path:
    parts = [macho([b"@rpath/n%d.dylib" % (i * 4_000 + j) for j in range(4_000)], cpu=0x0100000C + i) for i in range(30)]
    return wheel(folder, [("demo/_m.so", fat(parts))], tag=MACOS)


@of_wheel
def pe_imports(folder: Path) -> Path:
    library = pe([b"n%d-" % i + b"x" * 1_000 + b".dll" for i in range(4_000)])
    return wheel(folder, [("demo/_m.pyd", library), *((f"demo/n{i}.dll", pe([b"kernel32.dll"])) for i in range(1_000))], tag=WINDOWS)


@of_wheel
def no_libraries_of_gigabytes(folder: Path) -> Path:
    big = dense(1_600 * MiB, 390)
    return wheel(folder, [("demo/_m.so", big), ("demo/big.py", big)], tag=LINUX)


@of_wheel
def dense_entries(folder: Path) -> Path:
    zeros = [(bytes(MiB), 16)]
    return wheel(folder, [(f"demo/{i}.bin", zeros) for i in range(580)], most_ratio=2_000)


@of_wheel
def dense_libraries(folder: Path) -> Path:
    zeros = [(b"\x7fELF\2\1\1" + bytes(MiB - 7), 1), (bytes(MiB), 15)]
    return wheel(folder, [(f"demo/m{i}.so", zeros) for i in range(580)], tag=LINUX, most_ratio=2_000)


def python(*sources, count: int = 1) -> Input:
    """Of a package with a module, so that doctor asks what it loads."""
    return lambda folder: wheel(folder, [("demo/_m.so", elf([b"none.so"])), *((f"demo/p{i}.py" if i else "demo/__init__.py", sources[i % len(sources)]) for i in range(count))], tag=LINUX)  # fmt: skip


LOAD = b"import ctypes, os\nctypes.CDLL("
WHEELS |= {
    "python_big": python([(b"import ctypes\nctypes.CDLL('libx.so.1')\n", 1), *dense(1_600 * MiB, 390)]),
    "python_comment": python([(LOAD + b"'x')\n#", 1), (b"x" * MiB, 15)]),
    "python_nested": python([(LOAD, 1), (b"(" * MiB, 8), (b"'x'", 1), (b")" * MiB, 8)]),
    "python_operators": python([(LOAD + b"'x'", 1), (b"+'x'" * (MiB // 4), 15), (b")\n", 1)]),
    "python_attributes": python([(b"import ctypes\nx = a", 1), (b".a" * (MiB // 2), 15), (b"\nctypes.CDLL(x)\n", 1)]),
    "python_literals": python([(LOAD + b"'x')\nx = [", 1), (b"'lib*x.so'," * (MiB // 11), 15), (b"]\n", 1)]),
    "python_literal": python([(LOAD + b"'''", 1), (b"lib*" * (MiB // 4), 15), (b"''')\n", 1)]),
    "python_f_strings": python([(LOAD + b"f'", 1), (b"{f" * (MiB // 2), 15), (b"')\n", 1)]),
    "python_f_nested": python((LOAD.decode() + "f'" + "{f\"{f'" * 100_000 + "x')\n")),
    "python_lines": python([(LOAD + b"'x')\n", 1), (b"\n" * MiB, 15)]),
    "python_indents": python("import ctypes\n" + "".join(" " * i + "if x:\n" for i in range(5_000)) + " " * 5_000 + "ctypes.CDLL('libx.so')\n"),
    "python_names": python("import ctypes\n" + lines(500_000, "x{0} = x{0} + 'a'\n") + "ctypes.CDLL(x1)\n"),
    "python_doubling": python("import ctypes\nx = 'lib'\n" + "x = x + x\n" * 60 + "ctypes.CDLL(x)\n"),
    "python_choices": python("import ctypes\nx = 'lib'\n" + "if a:\n    x = x + 'a'\nelse:\n    x = x + 'b'\n" * 60 + "ctypes.CDLL(x)\n"),
    "python_calls": python("import ctypes, os\nd = os.path.dirname(__file__)\n" + lines(200_000, "ctypes.CDLL(os.path.join(d, 'libx{}.so'))\n")),
    "python_globs": python("import ctypes, glob, os\n" + "for p in glob.glob(os.path.join(os.path.dirname(__file__), '*a*a*a*a*a*a*b.so')):\n    ctypes.CDLL(p)\n" * 20_000, count=3),
    "python_imports": python(lines(900_000, "import x{}\n")),
    "python_files": python(b"import ctypes\nctypes.CDLL('libx.so.1')\n", count=60_000),
    "python_dll_folders": python("import os\nos.add_dll_directory(" + "os.path.join('a', " * 50_000 + "'b'" + ")" * 50_001 + "\nctypes.CDLL('x.dll')\n"),
}  # fmt: skip


def commands(path: Path, out: Path) -> Iterator[tuple[str, Words]]:
    """What can be done to one wheel."""
    added = path.parent / "added.txt"
    added.write_text("new\n")
    plain = path.parent / "plain"
    plain.mkdir(exist_ok=True)
    other = wheel(plain, [("demo/__init__.py", "X = 2\n")])
    writing: Words = ["-s", "x.1", "-d", out, "--overwrite", "--force"]
    yield "verify", ["verify", path]
    yield "verify -v", ["verify", "-v", path]
    yield "verify --json", ["verify", "--json", path]
    yield "patch --add", ["patch", *writing, "--add", f"demo/new.py={added}", path]
    yield "patch --add-rpath", ["patch", *writing, "--add-rpath", "*=$ORIGIN/x", path]
    yield "patch --remove", ["patch", *writing, "--remove", "*a*a*a*.py", path]
    yield "inspect", ["inspect", path]
    yield "inspect -v", ["inspect", "-v", path]
    yield "inspect --json", ["inspect", "--json", path]
    yield "doctor", ["doctor", path]
    yield "doctor -v", ["doctor", "-v", "--layout", "split", path]
    yield "doctor --json", ["doctor", "--json", path]
    yield "doctor --sysroot", ["doctor", "--sysroot", "/", path]
    yield "doctor dot", ["doctor", "--format", "dot", path]
    yield "doctor order", ["doctor", "--print-preload-order", path]
    yield "diff to", ["diff", path, other]
    yield "diff from", ["diff", other, path]
    yield "repair", ["repair", "--layout", "split", *writing, path]
    yield "repair --preload", ["repair", "--layout", "split", "--preload", *writing, path]


def index_folders() -> Iterator[tuple[str, Callable[[Path], None]]]:
    def tar(folder: Path, members: list[tuple[str, bytes]], level: int = 9) -> None:
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archived:
            for name, content in members:
                info = tarfile.TarInfo(name)
                info.size = len(content)
                archived.addfile(info, io.BytesIO(content))
        (folder / "demo-1.0.tar.gz").write_bytes(gzip.compress(out.getvalue(), level))

    pkg_info = METADATA.encode()
    yield "sdist_members", lambda folder: tar(folder, [(f"demo-1.0/{i}", b"") for i in range(300_000)] + [("demo-1.0/PKG-INFO", pkg_info)])
    yield "sdist_pkg_info", lambda folder: tar(folder, [("demo-1.0/PKG-INFO", pkg_info + b"a:\n" * (10 * MiB))])
    yield "sdist_long_names", lambda folder: tar(folder, [("demo-1.0/" + "x" * 30 * MiB, b""), ("demo-1.0/PKG-INFO", pkg_info)])
    yield "sdist_bomb", lambda folder: tar(folder, [("demo-1.0/x", bytes(900 * MiB)), ("demo-1.0/PKG-INFO", pkg_info)], 6)
    yield "many_files", lambda folder: [archive(folder / f"demo-1.{i}-py3-none-any.whl", [(f"demo-1.{i}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: demo\nVersion: 1.{i}\n")]) for i in range(20_000)] and None  # fmt: skip
    yield "many_bad_files", lambda folder: [(folder / f"demo-1.{i}-py3-none-any.whl").write_bytes(b"") for i in range(20_000)] and None

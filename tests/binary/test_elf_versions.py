"""Symbol versions follow their library: if another takes its place they name that, and if it goes they go.

Libraries of each linker ask three libraries of their own, and the C library, for versions. The loaders load what we wrote;
pyelftools and readelf read it.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from elf_libraries import DRIVER, TARGETS, Built, Dynamic, Editor, compile_to
from elftools.elf.elffile import ELFFile

NAMES = ("liba.so.1", "libb.so.1", "libc_.so.1")
OTHER = "liba_under_another_name.so.9"
SUBJECT = """
#include <math.h>
int a_one(void); int a_two(void); int b_one(void); int c_one(void);
int answer(void) { return a_one() + a_two() + b_one() + c_one(); }
"""
LINKS = {
    ("x86_64", "gcc"): {
        "ld": [],
        "ld-joined-now": ["-Wl,-z,noseparate-code,-z,now"],
        "ld-stripped": ["-s"],
        "ld-no-libc": ["-nostdlib"],
        "gold": ["-fuse-ld=gold"],
        "mold": ["-fuse-ld=mold"],
    },
    ("x86_64", "clang"): {"lld": ["-fuse-ld=lld"]},
    ("aarch64", "gcc"): {"ld": []},
    ("musl", "gcc"): {"ld": []},
}


def provider(out: Path, soname: str, letter: str, values: dict[str, int], compiler: list[str]) -> None:
    """A library with a function a version, and each value."""
    functions = "".join(f"int {letter}_{word}(void) {{ return {value}; }}\n" for word, value in values.items())
    script = out.with_suffix(".map")
    versions = [f"{letter.upper()}_{word} {{ global: {letter}_{word}; }};" for word in values]
    script.write_text("\n".join(versions))
    compile_to(out, functions, ".c", [*compiler, "-shared", "-fPIC", f"-Wl,-soname,{soname},--version-script={script}"])
    script.unlink()


def build(root: Path) -> Iterator[Built]:
    for (name, compiler), links in LINKS.items():
        target = TARGETS[name]
        folder = root / name
        deps = folder / "deps"
        if not deps.exists():
            deps.mkdir(parents=True)
            compile_to(folder / "driver", DRIVER, ".c", [*target.c_compiler, "-ldl"])
            provider(deps / NAMES[0], NAMES[0], "a", {"one": 1, "two": 2}, target.c_compiler)
            provider(deps / OTHER, OTHER, "a", {"one": 1, "two": 2}, target.c_compiler)
            provider(deps / NAMES[1], NAMES[1], "b", {"one": 9}, target.c_compiler)
            provider(deps / NAMES[2], NAMES[2], "c", {"one": 30}, target.c_compiler)
        command = ["clang"] if compiler == "clang" else target.c_compiler
        for link, flags in links.items():
            out = folder / f"{compiler}-{link}.so"
            needs = [deps / needed for needed in NAMES]
            paths = "-Wl,--enable-new-dtags,-rpath,$ORIGIN/deps"
            compile_to(out, SUBJECT, ".c", [*command, "-shared", "-fPIC", *needs, paths, *flags])
            yield Built(out, target)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[Built]:
    return list(build(tmp_path_factory.mktemp("versions")))


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    editor = Editor()
    yield editor
    editor.close()


@dataclass
class Versions:
    """By pyelftools: what is asked of whom, and each undefined symbol's version."""

    files: dict[str, list[str]]
    symbols: dict[str, str | None]

    @classmethod
    def read(cls, path: Path) -> Versions:
        files: dict[str, list[str]] = {}
        by_index: dict[int, str] = {}
        symbols: dict[str, str | None] = {}
        with path.open("rb") as file:
            elf = ELFFile(file)
            needs = elf.get_section_by_name(".gnu.version_r")
            for need, versions in needs.iter_versions() if needs and needs["sh_type"] == "SHT_GNU_verneed" else ():
                named = [(version.name, version["vna_other"]) for version in versions]
                files[need.name] = [name for name, _ in named]
                by_index.update({index: name for name, index in named})
            section = elf.get_section_by_name(".gnu.version")
            indexes = section if section and section["sh_type"] == "SHT_GNU_versym" else None
            for number, symbol in enumerate(elf.get_section_by_name(".dynsym").iter_symbols()):
                if symbol["st_shndx"] != "SHN_UNDEF" or not symbol.name:
                    continue
                index = indexes.get_symbol(number)["ndx"] if indexes else "VER_NDX_GLOBAL"
                symbols[symbol.name] = by_index[index & 0x7FFF] if isinstance(index, int) else None
        return cls(files, symbols)


def edit(editor: Editor, library: Built, **request: object) -> Path:
    out = library.path.with_suffix(".edited")
    answer = editor.ask(file=library.path, out=out, **request)
    assert "error" not in answer, f"{library.path}: {answer}"
    read = subprocess.run(["readelf", "-W", "-d", "-V", "--dyn-syms", out], capture_output=True, text=True)
    assert (read.returncode, read.stderr) == (0, ""), library.path
    return out


def replaced(names: list[str], old: str, new: str) -> list[str]:
    return [new if name == old else name for name in names]


def stripped(path: Path, library: Built) -> Path:
    out = path.with_suffix(".stripped")
    shutil.copyfile(path, out)
    subprocess.run(["aarch64-linux-gnu-strip" if library.target.name == "aarch64" else "strip", out], check=True)
    return out


def test_the_versions_of_a_replaced_library_are_asked_of_the_new_one(built: list[Built], editor: Editor) -> None:
    for library in built:
        before = Versions.read(library.path)
        assert sorted(before.files[NAMES[0]]) == ["A_one", "A_two"]
        needed = replaced(Dynamic.read(library.path).needed, NAMES[0], OTHER)
        out = edit(editor, library, needed=needed, version_files={NAMES[0]: OTHER})
        after = Versions.read(out)
        assert after.files == {OTHER if name == NAMES[0] else name: asked for name, asked in before.files.items()}
        assert after.symbols == before.symbols
        assert library.loads(out) == "42", library.path
        assert library.loads(stripped(out, library)) == "42", library.path


def test_without_its_versions_a_replaced_library_ends_the_process(built: list[Built], editor: Editor) -> None:
    """What this is for: musl alone doesn't mind."""
    for library in built:
        needed = replaced(Dynamic.read(library.path).needed, NAMES[0], OTHER)
        said = library.loads(edit(editor, library, needed=needed))
        assert said == "42" if library.target.name == "musl" else "needed != NULL" in said, library.path


def preloaded(library: Built, names: set[str]) -> Built:
    """Runs with these libraries loaded first."""
    paths = " ".join(str(library.path.parent / "deps" / name) for name in sorted(names))
    runner = library.target.runner
    runner = [*runner, "-E", f"LD_PRELOAD={paths}"] if runner else ["env", f"LD_PRELOAD={paths}"]
    return Built(library.path, replace(library.target, runner=runner))


@pytest.mark.parametrize("gone", [*NAMES, NAMES[:2], NAMES[1:], NAMES])
def test_the_versions_of_a_removed_library_go_with_it(
    built: list[Built], editor: Editor, gone: str | tuple[str, ...]
) -> None:
    names = {gone} if isinstance(gone, str) else set(gone)
    for library in built:
        before = Versions.read(library.path)
        lost = {version for name in names for version in before.files[name]}
        needed = [name for name in Dynamic.read(library.path).needed if name not in names]
        out = edit(editor, library, needed=needed, version_files=dict.fromkeys(names))
        after = Versions.read(out)
        assert after.files == {name: asked for name, asked in before.files.items() if name not in names}
        assert after.symbols == {n: None if version in lost else version for n, version in before.symbols.items()}
        assert "symbol" in library.loads(out), library.path
        # If another has them loaded, the symbols are found in whatever version.
        assert preloaded(library, names).loads(out) == "42", library.path


def dynamic_tags(path: Path) -> set[str]:
    with path.open("rb") as file:
        (segment,) = [part for part in ELFFile(file).iter_segments() if part["p_type"] == "PT_DYNAMIC"]
        return {tag.entry.d_tag for tag in segment.iter_tags()}


def test_a_library_whose_last_version_goes_has_no_records_left(built: list[Built], editor: Editor) -> None:
    for library in built:
        before, tags = Versions.read(library.path), dynamic_tags(library.path)
        out = edit(editor, library, version_files=dict.fromkeys(before.files))
        assert Versions.read(out) == Versions({}, dict.fromkeys(before.symbols))
        gone = {"DT_VERNEED", "DT_VERNEEDNUM"}
        assert dynamic_tags(out) == tags - (gone if "DT_VERDEF" in tags else gone | {"DT_VERSYM"})
        assert library.loads(out) == "42", library.path
        assert library.loads(stripped(out, library)) == "42", library.path
    assert {"DT_VERDEF" in dynamic_tags(library.path) for library in built} == {True, False}


def without_section_headers(library: bytes) -> bytes:
    """e_shoff, e_shnum and e_shstrndx are zero, as sstrip leaves them."""
    return library[:0x28] + bytes(8) + library[0x30:0x3C] + bytes(4) + library[0x40:]


def test_without_section_headers_versions_are_renamed_and_not_taken_out(
    built: list[Built], editor: Editor, tmp_path: Path
) -> None:
    """Nothing tells how many symbols there are."""
    library = built[0]
    bare = Built(library.path.with_suffix(".bare"), library.target)
    bare.path.write_bytes(without_section_headers(library.path.read_bytes()))
    needed = replaced(Dynamic.read(library.path).needed, NAMES[0], OTHER)
    out = edit(editor, bare, needed=needed, version_files={NAMES[0]: OTHER})
    assert bare.loads(out) == "42"
    answer = editor.ask(file=bare.path, out=out, needed=needed[1:], version_files={NAMES[0]: None})
    assert "no section header says how many symbol versions DT_VERSYM has" in str(answer["error"])

"""Edited libraries load with their own loader and survive `strip` and `patchelf`; other readers see just the change.

The edits are tried on each library of elf_libraries.py. pyelftools and eu-elflint read what we wrote, glibc's ld.so
natively and under qemu, and musl's, load it. WHEELFIX_ELF_SEED repeats a run.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import struct
import subprocess
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from elf_libraries import Built, Dynamic, Editor, build_all, compile_to
from elftools.elf.elffile import ELFFile

SEED = int(os.environ.get("WHEELFIX_ELF_SEED", random.randrange(2**32)))
DEPS = "$ORIGIN/deps"
LONG = ["$ORIGIN/deps", "$ORIGIN/../a_folder_whose_name_is_quite_long/lib", "$ORIGIN/../" + "n" * 200]
OTHER_DEP = "libdependency_of_a_longer_name.so.1"

EDITS: dict[str, dict[str, object]] = {
    "short path": {"search_path": [DEPS]},
    "long path": {"search_path": LONG},
    "path as RPATH": {"search_path": LONG, "kind": "rpath"},
    "path as RUNPATH": {"search_path": [DEPS], "kind": "runpath"},
    "longer needed name": {"search_path": [DEPS], "needed": [OTHER_DEP]},
    "more needed": {"search_path": [DEPS], "needed": ["libdep.so", OTHER_DEP, "libm.so.6"]},
    "soname": {"search_path": [DEPS], "soname": "libsubject_under_another_and_longer_name.so.22"},
    "shorter soname": {"search_path": [DEPS], "soname": "libs.so"},
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[Built]:
    return build_all(tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    editor = Editor()
    yield editor
    editor.close()


def wanted(before: Dynamic, request: dict[str, object]) -> Dynamic:
    """What the request makes of a dynamic section: the rules of LibraryEdit, once more."""
    after = deepcopy(before)
    kind = request.get("kind", "keep")
    current = before.runpath or before.rpath
    path = request.get("search_path", current)
    if path == []:
        after.rpath = after.runpath = []
    elif kind != "keep":
        after.rpath, after.runpath = (path, []) if kind == "rpath" else ([], path)
    elif before.rpath and not before.runpath:
        after.rpath = path
    else:
        after.runpath = path
    after.needed = request.get("needed", before.needed)
    after.soname = request.get("soname", before.soname)
    return after


def complaints(path: Path) -> Counter[str]:
    """eu-elflint's, without the numbers, which move with what the edit moves."""
    done = subprocess.run(["eu-elflint", "--gnu-ld", path], capture_output=True, text=True)
    return Counter(re.sub(r"\d+", "N", line) for line in done.stdout.splitlines() if line != "No errors")


def for_musl(built: Built, request: dict[str, object]) -> dict[str, object]:
    """musl has no libm of its own."""
    if built.target.name != "musl" or "needed" not in request:
        return request
    return {**request, "needed": [name for name in request["needed"] if name != "libm.so.6"]}


def edit(editor: Editor, source: Path, out: Path, request: dict[str, object]) -> str:
    """Returns where new strings found room."""
    answer = editor.ask(file=source, out=out, **request)
    assert "error" not in answer, f"{source.name} {request}: {answer}"
    return answer["room"]


def with_system_libraries(before: Dynamic, request: dict[str, object]) -> dict[str, object]:
    """`needed` names what of libdep is to be there; what the compiler added stays."""
    if "needed" not in request:
        return request
    system = [name for name in before.needed if name != "libdep.so"]
    own = request["needed"]
    return {**request, "needed": [*own, *(name for name in system if name not in own)]}


@pytest.mark.parametrize("name", EDITS)
def test_an_edited_library_shows_the_change_and_loads(
    built: list[Built], editor: Editor, name: str, tmp_path: Path
) -> None:
    for library in built:
        before = Dynamic.read(library.path)
        request = with_system_libraries(before, for_musl(library, EDITS[name]))
        out = library.path.with_suffix(".edited")
        edit(editor, library.path, out, request)
        assert Dynamic.read(out) == wanted(before, request), library.path
        assert library.loads(out) == "42", library.path
        new = complaints(out) - complaints(library.path)
        assert not new, f"{library.path}: {new}"


@pytest.mark.parametrize("name", ["long path", "more needed"])
def test_an_edited_library_survives_strip_and_patchelf(built: list[Built], editor: Editor, name: str) -> None:
    for library in built:
        request = with_system_libraries(Dynamic.read(library.path), for_musl(library, EDITS[name]))
        out = library.path.with_suffix(".edited")
        edit(editor, library.path, out, request)
        strip = "aarch64-linux-gnu-strip" if library.target.name == "aarch64" else "strip"
        for tools in (
            [[strip]],
            [["patchelf", "--set-rpath", f"{DEPS}:{'p' * 300}"]],
            [[strip], ["patchelf", "--add-needed", OTHER_DEP]],
        ):
            changed = library.path.with_suffix(".changed")
            shutil.copyfile(out, changed)
            for tool in tools:
                subprocess.run([*tool, changed], check=True)
            assert library.loads(changed) == "42", f"{library.path} {tools}"


# .dynstr has a PT_LOAD of its own, between others.
STRINGS_APART = """
PHDRS { text PT_LOAD FILEHDR PHDRS FLAGS(5); str PT_LOAD FLAGS(6); data PT_LOAD FLAGS(6); dyn PT_DYNAMIC FLAGS(6); }
SECTIONS {
  . = SIZEOF_HEADERS; .gnu.hash : { *(.gnu.hash) } :text .dynsym : { *(.dynsym) } .rela.dyn : { *(.rela.*) } .text : { *(.text*) }
  . = ALIGN(CONSTANT(MAXPAGESIZE)); .dynstr : { *(.dynstr) } :str
  . = ALIGN(CONSTANT(MAXPAGESIZE)); .dynamic : { *(.dynamic) } :data :dyn .got : { *(.got*) } :data
  .data : { *(.data*) *(.bss*) } :data
}
"""


def strings_apart(folder: Path) -> list[Path]:
    """Libraries whose strings have a segment of their own: by a linker script, and by patchelf, which gives moved ones such."""
    code = "int answer(void) { return 42; }\n"
    script = folder / "apart.ld"
    script.write_text(STRINGS_APART)
    linked = folder / "linked.so"
    flags = ["-nostdlib", "-fno-asynchronous-unwind-tables", f"-Wl,--build-id=none,--hash-style=gnu,-T,{script}"]
    compile_to(linked, code, ".c", ["gcc", "-shared", "-fPIC", *flags, "-Wl,--enable-new-dtags,-rpath,$ORIGIN/old"])
    libraries = [linked]
    for name, flags in {"separate": [], "joined": ["-Wl,-z,noseparate-code"], "lld": ["-fuse-ld=lld"]}.items():
        library = folder / f"{name}.so"
        compile_to(library, code, ".c", ["gcc", "-shared", "-fPIC", *flags])
        for word in ("a", "ab"):
            subprocess.run(["patchelf", "--set-rpath", f"$ORIGIN/{word * 300}", library], check=True)
        libraries.append(library)
    # eu-strip puts what isn't mapped into the padding of a segment.
    filled = folder / "filled.so"
    subprocess.run(["eu-strip", "-o", filled, folder / "separate.so"], check=True)
    return [*libraries, filled, with_headers_behind_strings(linked)]


def with_headers_behind_strings(library: Path) -> Path:
    """Section headers in the segment of the strings, as newer versions of patchelf leave them."""
    content = bytearray(library.read_bytes())
    with library.open("rb") as file:
        elf = ELFFile(file)
        strings = elf.get_section_by_name(".dynstr").header
        (number,) = [n for n, part in enumerate(elf.iter_segments()) if part["p_offset"] == strings.sh_offset]
        header = elf.header
    size = header.e_shnum * header.e_shentsize
    place = strings.sh_offset + (strings.sh_size + 7) // 8 * 8
    assert not any(content[place : place + size])
    content[place : place + size] = content[header.e_shoff : header.e_shoff + size]
    struct.pack_into("<Q", content, 0x28, place)
    covered = place + size - strings.sh_offset
    struct.pack_into("<QQ", content, header.e_phoff + number * header.e_phentsize + 0x20, covered, covered)
    changed = library.with_name("headers.so")
    changed.write_bytes(content)
    return changed


def loads_of(path: Path) -> list[tuple[int, int]]:
    """Offset and address of each PT_LOAD."""
    with path.open("rb") as file:
        segments = [part.header for part in ELFFile(file).iter_segments() if part["p_type"] == "PT_LOAD"]
        return [(segment.p_offset, segment.p_vaddr) for segment in segments]


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("length", [5, 1000, 9000])
def test_a_segment_whose_sections_moved_away_is_none_for_strip_to_misplace(
    built: list[Built], editor: Editor, length: int, count: int, tmp_path: Path
) -> None:
    target = built[0]
    rooms = set()
    for path in strings_apart(tmp_path):
        assert target.loads(stripped(path)) == "42", path
        edited = path
        for number in range(count):
            source, edited = edited, path.with_suffix(f".edited{number}")
            before = Dynamic.read(source).runpath
            wanted_path = [*before, "$ORIGIN/".ljust(length + 8, "q")]
            rooms.add(edit(editor, source, edited, {"search_path": wanted_path}))
            assert Dynamic.read(edited).runpath == wanted_path
        assert target.loads(edited) == "42", path
        assert not complaints(edited) - complaints(path)
        bare = stripped(edited)
        assert all(offset % 4096 == address % 4096 for offset, address in loads_of(bare)), path
        assert target.loads(bare) == "42", path
        subprocess.run(["patchelf", "--set-rpath", f"$ORIGIN/{'p' * 600}", edited], check=True)
        assert target.loads(edited) == "42", path
    assert rooms & {"tail", "last_load", "new_load"}


def stripped(path: Path) -> Path:
    out = path.with_suffix(path.suffix + ".stripped")
    shutil.copyfile(path, out)
    subprocess.run(["strip", "-s", out], check=True)
    return out


def test_taking_the_path_away_and_giving_it_back_needs_no_room(built: list[Built], editor: Editor) -> None:
    for library in built:
        before = Dynamic.read(library.path)
        if not (before.rpath or before.runpath):
            continue
        bare, back = library.path.with_suffix(".bare"), library.path.with_suffix(".back")
        edit(editor, library.path, bare, {"search_path": []})
        assert Dynamic.read(bare) == Dynamic(before.soname, before.needed, [], [])
        edit(
            editor,
            bare,
            back,
            {"search_path": before.rpath or before.runpath, "kind": "rpath" if before.rpath else "runpath"},
        )
        assert Dynamic.read(back) == before
        assert back.stat().st_size == library.path.stat().st_size


PROGRAM = "int dep(void);\nint main(void) { return dep() + 2; }\n"
PROGRAM_LINKS = {
    "pie": [],
    "pie-joined": ["-Wl,-z,noseparate-code"],
    "fixed": ["-no-pie"],
    "fixed-joined": ["-no-pie", "-Wl,-z,noseparate-code"],
    "gold": ["-fuse-ld=gold"],
    "mold": ["-fuse-ld=mold"],
    "stripped": ["-s"],
}


@pytest.mark.parametrize("link", PROGRAM_LINKS)
def test_an_edited_program_runs(built: list[Built], editor: Editor, link: str) -> None:
    folder = built[0].path.parent
    program, edited = folder / f"program-{link}", folder / f"program-{link}.edited"
    compile_to(program, PROGRAM, ".c", ["gcc", *PROGRAM_LINKS[link], f"-L{folder}/deps", "-ldep"])
    before = Dynamic.read(program)
    request = {"search_path": LONG, "needed": [*before.needed, OTHER_DEP]}
    edit(editor, program, edited, request)
    assert Dynamic.read(edited) == wanted(before, request)
    edited.chmod(0o755)
    assert subprocess.run([edited]).returncode == 42
    assert not complaints(edited) - complaints(program)
    for tool in (["strip"], ["patchelf", "--set-rpath", f"{DEPS}:{'p' * 300}"]):
        subprocess.run([*tool, edited], check=True)
        assert subprocess.run([edited]).returncode == 42, tool


def random_request(rng: random.Random, state: Dynamic) -> dict[str, object]:
    request: dict[str, object] = {}
    if rng.random() < 0.8:
        entries = [
            DEPS,
            *(f"$ORIGIN/{rng.choice('abc') * rng.choice([1, 5, 40, 200])}" for _ in range(rng.randrange(4))),
        ]
        request["search_path"] = rng.choice([entries, entries, entries, []])
        request["kind"] = rng.choice(["keep", "keep", "rpath", "runpath"])
    if rng.random() < 0.4:
        needed = [name for name in state.needed if name not in ("libdep.so", OTHER_DEP)]
        request["needed"] = [rng.choice(["libdep.so", OTHER_DEP]), *needed]
    if rng.random() < 0.3:
        request["soname"] = "lib" + rng.choice("xyz") * rng.choice([1, 8, 60]) + ".so"
    return request


def test_random_sequences_of_edits_end_as_the_rules_say(built: list[Built], editor: Editor) -> None:
    print(f"WHEELFIX_ELF_SEED={SEED}")
    rng = random.Random(SEED)
    rooms: Counter[str] = Counter()
    for number in range(300):
        library = rng.choice(built)
        files = [library.path.with_suffix(".one"), library.path.with_suffix(".two")]
        shutil.copyfile(library.path, files[0])
        state = Dynamic.read(files[0])
        for _ in range(rng.randint(2, 6)):
            request = random_request(rng, state)
            state = wanted(state, request)
            rooms[edit(editor, files[0], files[1], request)] += 1
            assert Dynamic.read(files[1]) == state, f"seed {SEED}, sequence {number}: {library.path} {request}"
            files.reverse()
        edit(editor, files[0], files[1], {"search_path": [DEPS]})
        assert library.loads(files[1]) == "42", f"seed {SEED}, sequence {number}: {library.path}"
    print(rooms)
    assert set(rooms) >= {"none", "overwritten", "extended", "tail", "new_load"}


def test_a_dynamic_section_that_moved_to_the_end_grows_there(built: list[Built], editor: Editor) -> None:
    more = ["libdl.so.2", "libm.so.6", "libpthread.so.0", "librt.so.1", "libutil.so.1", "libanl.so.1"]
    tried = 0
    for library in built:
        if library.target.name != "x86_64" or not library.path.name.endswith("-bare.so"):
            continue
        once, twice = library.path.with_suffix(".once"), library.path.with_suffix(".twice")
        before = Dynamic.read(library.path)
        if edit(editor, library.path, once, {"search_path": [DEPS]}) != "new_load":
            continue
        room = edit(editor, once, twice, {"needed": [*before.needed, *more], "soname": "libgrown.so.1"})
        tried += room == "last_load"
        assert Dynamic.read(twice) == Dynamic("libgrown.so.1", [*before.needed, *more], [], [DEPS])
        assert library.loads(twice) == "42", library.path
        assert not complaints(twice) - complaints(library.path)
    assert tried > 0


def padding_behind_strings(path: Path) -> int:
    """Bytes between .dynstr and the next section."""
    with path.open("rb") as file:
        sections = [part.header for part in ELFFile(file).iter_sections() if part["sh_type"] != "SHT_NOBITS"]
        strings = ELFFile(file).get_section_by_name(".dynstr").header
    end = strings.sh_offset + strings.sh_size
    return min(part.sh_offset for part in sections if part.sh_offset >= end) - end


def test_a_string_that_fits_goes_into_the_padding_behind_the_others(built: list[Built], editor: Editor) -> None:
    tried = 0
    for library in built:
        before = Dynamic.read(library.path)
        padding = padding_behind_strings(library.path)
        if before.rpath or before.runpath or padding < 2:
            continue
        out = library.path.with_suffix(".edited")
        path = "/" + "q" * (padding - 2)
        if edit(editor, library.path, out, {"search_path": [path]}) != "padding":
            continue  # no spare DT_NULL
        tried += 1
        assert Dynamic.read(out) == Dynamic(before.soname, before.needed, [], [path])
        assert out.stat().st_size == library.path.stat().st_size
        assert not complaints(out) - complaints(library.path)
        assert library.loads(out, LD_LIBRARY_PATH=str(library.path.parent / "deps")) == "42"
    assert tried > 0

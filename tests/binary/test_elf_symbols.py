"""The symbols of small libraries, made by each linker with each kind of tables: what we read of them is what readelf and
pyelftools do."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from elf_libraries import LINKS, TARGETS, Editor, compile_to
from symbols_truth import check, ours, readelf

CODE = """
int there(void) __attribute__((weak));
int absent(void) __attribute__((weak));
extern int data, tls __attribute__((weak));
extern __thread int thread_data __attribute__((weak));
__asm__(".weak never_bound\\n");
int (*by_pointer)(void) = there;
__attribute__((visibility("protected"))) int guarded(void) { return 1; }
__attribute__((visibility("hidden"))) int secret(void) { return 2; }
__attribute__((weak)) int loose(void) { return 3; }
__thread int own_thread_data = 4;
int own_data = 5;
int old_value(void) { return 6; }
int new_value(void) { return 7; }
int everything(void) {
  return data + guarded() + secret() + loose() + own_thread_data + own_data + old_value() + thread_data
      + (there ? there() : 0) + (absent ? absent() : 0);
}
"""
VERSIONS = """
__asm__(".symver old_value,value@LIBX_1");
__asm__(".symver new_value,value@@LIBX_2");
"""
SCRIPT = """
LIBX_1 { global: everything; loose; own*; local: unexported; };
LIBX_2 { global: guarded; } LIBX_1;
"""
NOTHING_EXPORTED = "int there(void);\nstatic int (*pointer)(void) = there;\n"
ROWS = [(target, compiler, link) for (target, compiler), links in LINKS.items() for link in links]


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    editor = Editor()
    yield editor
    editor.close()


def compiled(folder: Path, row: tuple[str, str, str], code: str, *words: str) -> Path:
    target, compiler, link = row
    command = ["clang"] if compiler == "clang" else TARGETS[target].c_compiler
    out = folder / "lib.so"
    flags = [*LINKS[target, compiler][link], "-shared", "-fPIC", "-Wl,-z,lazy", *words]
    compile_to(out, code, ".c", [*command, *flags])
    return out


@pytest.mark.parametrize("row", ROWS, ids="-".join)
def test_each_linkers_symbols(row: tuple[str, str, str], editor: Editor, tmp_path: Path) -> None:
    plain = compiled(tmp_path, row, CODE)
    assert check(editor.ask(symbols=plain), plain) > 4
    script = tmp_path / "versions.map"
    script.write_text(SCRIPT)
    versioned = compiled(tmp_path, row, CODE + VERSIONS, f"-Wl,--version-script={script},-Bsymbolic")
    read = editor.ask(symbols=versioned)
    check(read, versioned)
    values = {symbol.version for symbol in ours(read).table.values() if symbol.name == "value"}
    assert values == {"@LIBX_1", "@@LIBX_2"}
    assert read["is_symbolic"] == ("SYMBOLIC" in readelf("-d", versioned))


def test_now_and_lazy(editor: Editor, tmp_path: Path) -> None:
    row = ("x86_64", "gcc", "ld")
    assert not editor.ask(symbols=compiled(tmp_path, row, CODE))["binds_now"]
    assert editor.ask(symbols=compiled(tmp_path, row, CODE, "-Wl,-z,now"))["binds_now"]


@pytest.mark.parametrize("style", ["gnu", "sysv", "both"])
def test_a_library_that_exports_nothing_has_what_it_binds(style: str, editor: Editor, tmp_path: Path) -> None:
    """A table in GNU's way then doesn't say how many symbols there are."""
    code = NOTHING_EXPORTED + "__attribute__((constructor)) static void start(void) { pointer(); }\n"
    library = compiled(tmp_path, ("x86_64", "gcc", "ld"), code, "-nostdlib", f"-Wl,--hash-style={style}")
    read = editor.ask(symbols=library)
    check(read, library)
    assert read["first_exported"] == (1 if style == "sysv" else len(read["symbols"]))
    assert [read["symbols"][number][0] for number in read["bound"] + read["bound_calls"]] == ["there"]


def test_section_headers_are_not_read(editor: Editor, tmp_path: Path) -> None:
    library = compiled(tmp_path, ("x86_64", "gcc", "ld"), CODE)
    whole = editor.ask(symbols=library)
    bare = tmp_path / "bare.so"
    content = bytearray(library.read_bytes())
    content[0x28:0x30] = bytes(8)  # e_shoff
    content[0x3C:0x3E] = bytes(2)  # e_shnum
    bare.write_bytes(content)
    assert "no sections" in subprocess.run(["readelf", "-SW", bare], capture_output=True, text=True).stdout
    assert editor.ask(symbols=bare) == whole

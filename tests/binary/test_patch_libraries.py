"""`wheelfix patch` on libraries and programs that gcc links: what it writes runs, or nothing is written."""

from __future__ import annotations

import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from elf_libraries import compile_to
from wheels import File, build_wheel

PROGRAM = '#include <stdio.h>\nint main(void) { puts("hi"); return 0; }\n'
LONG = "$ORIGIN/" + "looong/" * 60


def wheel_of(folder: Path, files: dict[str, Path]) -> Path:
    """demo 1.0 with these files."""
    content = {name: File(path.read_bytes(), 0o755) for name, path in files.items()}
    return build_wheel(folder, "demo", "1.0", content, tag="py3-none-linux_x86_64")


def unpack(wheel: Path, folder: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    for path in folder.rglob("demo/*"):
        path.chmod(0o755)
    return folder


def said_by(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    return (done.stdout + done.stderr).strip() or f"exit status {done.returncode}"


def clear_pie_flag(program: Path) -> None:
    """DT_FLAGS_1 as linkers left it before binutils 2.35."""
    content = bytearray(program.read_bytes())
    entry = struct.pack("<QQ", 0x6FFFFFFB, 0x08000000)
    place = content.index(entry)
    content[place : place + len(entry)] = struct.pack("<QQ", 0x6FFFFFFB, 0)
    program.write_bytes(content)


@pytest.mark.parametrize("link", ["bfd", "bfd-unmarked", "lld", "mold"])
def test_a_static_pie_program_is_left_alone_by_globs_and_refused_by_its_path(
    wheelfix, link: str, tmp_path: Path
) -> None:
    static, dynamic = tmp_path / "static", tmp_path / "dynamic"
    compile_to(static, PROGRAM, ".c", ["gcc", "-static-pie", f"-fuse-ld={link.partition('-')[0]}"])
    if link == "bfd-unmarked":
        clear_pie_flag(static)
    compile_to(dynamic, PROGRAM, ".c", ["gcc"])
    assert said_by(static) == said_by(dynamic) == "hi"
    wheel = wheel_of(tmp_path, {"demo/static": static, "demo/dynamic": dynamic})
    for option in ("--set-rpath", "--add-rpath"):
        out = tmp_path / option
        new = unpack(wheelfix.patch("-s", "x.1", "-d", out, option, f"*={LONG}", wheel), out)
        assert (new / "demo/static").read_bytes() == static.read_bytes()
        assert LONG.encode() in (new / "demo/dynamic").read_bytes()
    for rule in (["--set-rpath", f"demo/static={LONG}"], ["--add-needed", "demo/static=liba.so"]):
        result = wheelfix("patch", "-s", "x.2", "-d", tmp_path, *rule, wheel)
        assert result.returncode == 3
        assert result.stderr == (
            f"error: {rule[0]}: demo/static is a statically linked program: it needs no library, and no loader reads "
            "its dynamic section\nhint: leave it out; globs skip such programs\n"
        )
    result = wheelfix("patch", "-s", "x.2", "-d", tmp_path, "--set-rpath", f"*/stat*={LONG}", wheel)
    assert (result.returncode, result.stderr) == (
        3,
        "error: --set-rpath: */stat* matches no library; demo/static is a statically linked program: it needs no "
        "library, and no loader reads its dynamic section\nhint: leave the rule out\n",
    )


def test_a_library_and_a_program_that_need_nothing_are_no_static_programs(wheelfix, tmp_path: Path) -> None:
    library, program = tmp_path / "libnone.so", tmp_path / "none"
    compile_to(library, "int f(void) { return 42; }\n", ".c", ["gcc", "-shared", "-fPIC", "-nostdlib", "-Wl,-e,f"])
    start = 'void _start(void) { __asm__("mov $60, %eax; mov $7, %edi; syscall"); }\n'
    compile_to(program, start, ".c", ["gcc", "-pie", "-fPIE", "-nostdlib"])
    wheel = wheel_of(tmp_path, {"demo/libnone.so": library, "demo/none": program})
    new = unpack(wheelfix.patch("-s", "x.1", "-d", tmp_path, "--set-rpath", f"*={LONG}", wheel), tmp_path / "new")
    for name in ("libnone.so", "none"):
        assert f"Library runpath: [{LONG}]" in said_by("readelf", "-dW", new / "demo" / name)
    assert said_by(new / "demo/none") == "exit status 7"


@pytest.fixture(scope="module")
def versioned(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """demo/libu.so takes vf of libv.so.1 in version V_1, which libw.so.9 has too."""
    folder = tmp_path_factory.mktemp("versioned")
    script = folder / "v.map"
    script.write_text("V_1 { global: vf; local: *; };")
    paths = {}
    for name in ("libv.so.1", "libw.so.9"):
        flags = ["-shared", "-fPIC", f"-Wl,-soname,{name},--version-script={script}"]
        compile_to(folder / name, "int vf(void) { return 42; }\n", ".c", ["gcc", *flags])
        paths[f"demo/{name}"] = folder / name
    code = "int vf(void);\nint answer(void) { return vf(); }\n"
    flags = ["-shared", "-fPIC", folder / "libv.so.1", "-Wl,--enable-new-dtags,-rpath,$ORIGIN"]
    compile_to(folder / "libu.so", code, ".c", ["gcc", *flags])
    return {**paths, "demo/libu.so": folder / "libu.so"}


LOAD = "import ctypes, sys; print(ctypes.CDLL(sys.argv[1]).answer())"


def test_a_replaced_library_is_asked_for_the_versions(wheelfix, versioned: dict[str, Path], tmp_path: Path) -> None:
    wheel = wheel_of(tmp_path, versioned)
    rules = (
        ["--replace-needed", "demo/libu.so=libv.so.1:libw.so.9"],
        ["--replace-needed", "*=libv.so.1:libx.so", "--replace-needed", "*=libx.so:libw.so.9"],
        ["--remove-needed", "demo/libu.so=libv.so.1", "--add-needed", "demo/libu.so=libv.so.1"],
    )
    for number, words in enumerate(rules):
        out = tmp_path / str(number)
        new = unpack(wheelfix.patch("-s", "x.1", "--verify", "always", "-d", out, *words, wheel), out)
        assert said_by(sys.executable, "-c", LOAD, new / "demo/libu.so") == "42", words


def test_a_library_of_which_versions_are_asked_is_not_removed_unless_forced(
    wheelfix, versioned: dict[str, Path], tmp_path: Path
) -> None:
    wheel = wheel_of(tmp_path, versioned)
    words = ["patch", "-s", "x.1", "--verify", "always", "-d", tmp_path / "out"]
    rule = ["--remove-needed", "demo/*=libv.so.1"]
    result = wheelfix(*words, *rule, wheel)
    assert (result.returncode, result.stdout) == (3, "")
    assert result.stderr == (
        f"error: {wheel}: demo/libu.so: would no longer need libv.so.1, from which it requires symbol versions (V_1): glibc's "
        "loader ends the process because of that\n"
        "hint: `--replace-needed 'demo/libu.so=libv.so.1:NEW'` requires them from another library; --force removes the versions too\n"
    )
    new = unpack(Path(wheelfix.done(*words, "--force", *rule, wheel).strip()), tmp_path / "new")
    assert said_by("readelf", "-VW", new / "demo/libu.so").count("V_1") == 0
    assert "undefined symbol: vf" in said_by(sys.executable, "-c", LOAD, new / "demo/libu.so")
    preload = f"LD_PRELOAD={new / 'demo/libv.so.1'}"
    assert said_by("env", preload, sys.executable, "-c", LOAD, new / "demo/libu.so") == "42"


def test_the_c_library_which_is_always_loaded_can_be_removed(wheelfix, tmp_path: Path) -> None:
    library = tmp_path / "libp.so"
    code = "#include <stdlib.h>\nint answer(void) { return atoi(\"42\"); }\n"
    compile_to(library, code, ".c", ["gcc", "-shared", "-fPIC"])
    wheel = wheel_of(tmp_path, {"demo/libp.so": library})
    rule = ["--remove-needed", "demo/libp.so=libc.so.6"]
    new = unpack(wheelfix.patch("-s", "x.1", "-d", tmp_path, *rule, wheel), tmp_path / "new")
    assert "libc.so.6]" not in said_by("readelf", "-dW", new / "demo/libp.so")
    assert said_by(sys.executable, "-c", LOAD, new / "demo/libp.so") == "42"

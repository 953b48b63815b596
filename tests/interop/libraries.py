"""ELF libraries for scenarios, from lines of text:

soname liba.so.1
needed libb.so.1 libc.so.6
rpath $ORIGIN:$ORIGIN/../x
runpath $ORIGIN
defines value other@@LIBX_2 other@LIBX_1
uses value zlibVersion@ZLIB_1.2@libz.so.1
may-use extra
"""

from __future__ import annotations

import functools
import subprocess
import tempfile
from pathlib import Path


@functools.lru_cache
def build_library(text: str) -> bytes:
    lines = dict(line.split(" ", 1) for line in text.splitlines())
    options = ["-Wl,--no-as-needed,--build-id=none"]
    if "soname" in lines:
        options.append(f"-Wl,-soname,{lines['soname']}")
    for key, tags in (("rpath", "--disable-new-dtags"), ("runpath", "--enable-new-dtags")):
        if key in lines:
            options.append(f"-Wl,{tags},-rpath,{lines[key]}")
    uses = [use.split("@") for use in lines.get("uses", "").split()]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        needed = []
        for file in lines.get("needed", "").split():
            asked = [f"{use[0]}@@{use[1]}" for use in uses if use[2:] == [file]]
            needed.append(link(folder / file, [f"-Wl,-soname,{file}"], asked))
        code = references([use[0] for use in uses], lines.get("may-use", "").split())
        return link(folder / "library", [*options, *map(str, needed)], lines.get("defines", "").split(), code).read_bytes()


def references(strong: list[str], weak: list[str]) -> str:
    code = "".join(f"int {name}(void);\n" for name in strong)
    code += "".join(f"int {name}(void) __attribute__((weak));\n" for name in weak)
    return code + "".join(f"int (*use_{name})(void) = {name};\n" for name in strong + weak)


def link(output: Path, options: list[str], defined: list[str], code: str = "") -> Path:
    """`defined` are functions, with versions as `nm -D` writes them."""
    versions = []
    for number, symbol in enumerate(defined):
        name, _, version = symbol.partition("@")
        if version:
            versions.append(version.removeprefix("@"))
            code += f'int code_{number}(void) {{ return 0; }}\n__asm__(".symver code_{number},{symbol}");\n'
        else:
            code += f"int {name}(void) {{ return 0; }}\n"
    source, script = output.with_name("source.c"), output.with_name("versions.map")
    source.write_text(code)
    script.write_text("".join(f"{version} {{ local: code_*; }};\n" for version in sorted(set(versions))))
    if versions:
        options = [*options, f"-Wl,--version-script={script}"]
    command = ["gcc", "-shared", "-fPIC", "-nostdlib", source, *options, "-o", str(output)]
    subprocess.run(command, check=True, capture_output=True)
    return output

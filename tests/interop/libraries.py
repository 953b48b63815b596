"""ELF libraries for scenarios, from lines of text:

soname liba.so.1
needed libb.so.1 libc.so.6
rpath $ORIGIN:$ORIGIN/../x
runpath $ORIGIN
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
    with tempfile.TemporaryDirectory() as folder:
        needed = [link(Path(folder) / name, [f"-Wl,-soname,{name}"]) for name in lines.get("needed", "").split()]
        return link(Path(folder) / "library", [*options, *map(str, needed)]).read_bytes()


def link(output: Path, options: list[str]) -> Path:
    command = ["gcc", "-shared", "-nostdlib", "-x", "c", "/dev/null", "-x", "none", *options, "-o", str(output)]
    subprocess.run(command, check=True, capture_output=True)
    return output

"""Builds what the tests of stubs load: libraries and programs by a C compiler, stubs by stub_tool."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Platform:
    """A machine and C library: its compiler, and what runs its programs here."""

    name: str
    machine: str
    compiler: str
    runner: tuple[str, ...] = ()
    clear_path: tuple[str, ...] = ()

    def compile(self, output: Path, code: str, *options: str | Path) -> Path:
        source = output.with_name(output.name + ".c")
        source.write_text(code)
        subprocess.run([self.compiler, "-o", output, source, *options], check=True, capture_output=True, text=True)
        return output

    def library(self, folder: Path, name: str, code: str = "", *options: str | Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        return self.compile(folder / name, code, "-shared", "-fPIC", f"-Wl,-soname,{name}", *options)

    def run(self, program: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*self.runner, program, *words], capture_output=True, text=True, check=False, timeout=60)


GLIBC = Platform("glibc", "x86_64", "gcc")
MUSL = Platform("musl", "x86_64", "musl-gcc")
AARCH64 = Platform("aarch64", "aarch64", "aarch64-linux-gnu-gcc", ("qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"))
PLATFORMS = [GLIBC, MUSL, AARCH64]

# Loads argv[1] as ctypes.CDLL(..., RTLD_GLOBAL) does, then prints the number that each function named after it gives.
LOADER = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char** argv) {
  if (dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL) == NULL) {
    puts(dlerror());
    return 1;
  }
  for (int i = 2; i < argc; ++i) {
    int (*function)(void) = (int (*)(void))dlsym(RTLD_DEFAULT, argv[i]);
    printf("%s %d\\n", argv[i], function == NULL ? -1 : function());
  }
  return 0;
}
"""


def loader(platform: Platform, folder: Path) -> Path:
    return platform.compile(folder / "loader", LOADER, "-ldl")


def make_stub(output: Path, lines: str, libraries: Mapping[str, Path] | None = None) -> Path:
    """The stub of a template with these lines, for a wheel with these libraries by their entries."""
    template = output.with_suffix(".toml")
    template.write_text(lines)
    tool = Path(os.environ["WHEELFIX_BUILD_DIR"]) / "tests/stub/stub_tool"
    words = [f"{entry}={path}" for entry, path in (libraries or {}).items()]
    output.write_bytes(subprocess.run([tool, template, *words], check=True, stdout=subprocess.PIPE).stdout)
    return output


every_platform = pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.name)

"""Trees of libraries that need symbols of each other, drawn from a seed, and what a real loader says when a program opens
them with RTLD_NOW."""

from __future__ import annotations

import os
import random
import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path

from symbol_elf import (
    ABS,
    DEFAULT,
    FUNC,
    GLOBAL,
    HIDDEN,
    HIDDEN_VERSION,
    IFUNC,
    LOCAL,
    NOTYPE,
    OBJECT,
    PROTECTED,
    R_64,
    R_DTPMOD64,
    R_GLOB_DAT,
    R_JUMP_SLOT,
    SECTION,
    TLS,
    UNIQUE,
    WEAK,
    WEAK_VERSION,
    NeededVersion,
    Symbol,
    SymbolLibrary,
)

DRIVER = """
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

/* Each argument is L (RTLD_LOCAL) or G (RTLD_GLOBAL) and a name. */
int main(int argc, char** argv) {
  setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
  for (int i = 1; i < argc; ++i) {
    void* library = dlopen(argv[i] + 1, RTLD_NOW | (argv[i][0] == 'G' ? RTLD_GLOBAL : RTLD_LOCAL));
    printf("%s\\n", library ? "" : dlerror());
  }
  _Exit(0);
}
"""
NAMES = [f"lib{i}.so" for i in range(7)]
WORDS = [f"word_{i}" for i in range(14)]
SHARED_VERSIONS = ["V_1", "V_2"]


@dataclass
class SymbolTree:
    seed: int
    root: Path
    program: Path
    libraries: dict[str, SymbolLibrary] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        return {"LD_LIBRARY_PATH": str(self.root)}


class SymbolTreeMaker:
    def __init__(self, seed: int, root: Path, program: Path, c_library: str, kind: str) -> None:
        self.draw = random.Random(seed)
        self.tree = SymbolTree(seed, root, program)
        self.c_library = c_library
        self.kind = kind
        self.versioned = self.chance(0.75)

    def chance(self, part: float) -> bool:
        return self.draw.random() < part

    def make(self) -> SymbolTree:
        self.tree.root.mkdir(parents=True)
        for i, name in enumerate(NAMES):
            later = NAMES[i + 1 :] if self.chance(0.85) else [other for other in NAMES if other != name]
            needed = self.draw.sample(later, min(len(later), self.draw.choice([0, 1, 1, 2, 3])))
            self.tree.libraries[name] = SymbolLibrary(name, [*needed, *self.maybe_c_library()])
        for library in self.tree.libraries.values():
            self.define(library)
        for library in self.tree.libraries.values():
            for _ in range(self.draw.choice([0, 1, 2, 4])):
                self.refer(library)
            (self.tree.root / library.soname).write_bytes(library.to_bytes())
        self.tree.steps = [self.draw.choice("LLG") + self.draw.choice(NAMES) for _ in range(self.draw.choice([1, 2, 3]))]
        return self.tree

    def maybe_c_library(self) -> list[str]:
        return [self.c_library] if self.chance(0.5) else []

    def define(self, library: SymbolLibrary) -> None:
        library.gnu_hash = self.chance(0.6)
        library.symbolic = self.chance(0.1)
        library.buckets = self.draw.choice([1, 2, 5])
        library.has_versions = self.versioned and self.chance(0.8)
        if library.has_versions and self.chance(0.85):
            stem = library.soname.removesuffix(".so").upper()
            library.defined = self.draw.sample([f"{stem}_1", f"{stem}_2", *SHARED_VERSIONS], self.draw.choice([1, 2, 3]))
        for word in self.draw.sample(WORDS, self.draw.choice([3, 5, 8])):
            first = self.definition(library, word)
            library.symbols.append(first)
            if self.chance(0.3):  # under another version, and else alike: which of them comes first is up to the linker
                library.symbols.append(replace(first, version=self.defined_version(library), relocations=()))

    def defined_version(self, library: SymbolLibrary) -> int:
        version = self.draw.choice([1, *range(2, 2 + len(library.defined))])
        return version | HIDDEN_VERSION if version > 1 and self.chance(0.3) else version

    def definition(self, library: SymbolLibrary, word: str) -> Symbol:
        odd_types = [TLS, 3, 13] + ([IFUNC] if self.kind == "musl" else [])
        place, value = SECTION, 0x40
        if self.chance(0.1):
            place, value = self.draw.choice([(ABS, 0), (ABS, 0x40), (SECTION, 0)])
        symbol = Symbol(
            word,
            place,
            self.defined_version(library),
            binding=self.draw.choice([GLOBAL] * 6 + [WEAK, WEAK, UNIQUE, LOCAL]),
            type=self.draw.choice([NOTYPE, OBJECT, FUNC] * 4 + odd_types),
            visibility=self.draw.choice([DEFAULT] * 8 + [PROTECTED, HIDDEN]),
            value=value,
        )
        if self.chance(0.3):
            symbol.relocations = [self.draw.choice([R_64, R_GLOB_DAT, R_JUMP_SLOT])]
        return symbol

    def refer(self, library: SymbolLibrary) -> None:
        near = [self.tree.libraries[name] for name in library.needed if name in self.tree.libraries]
        source = self.draw.choice(near) if near and self.chance(0.9) else None
        wanted = self.draw.choice(source.symbols) if source and self.chance(0.93) else None
        symbol = Symbol(wanted.name if wanted else self.draw.choice(WORDS))
        if library.has_versions and source and self.chance(0.8):
            symbol.version = self.version(library, source, wanted)
        if self.c_library in library.needed and self.chance(0.15):
            self.refer_to_c_library(library, symbol)
        if self.chance(0.15):
            symbol.binding = WEAK
        if self.chance(0.03):
            symbol.visibility = self.draw.choice([HIDDEN, PROTECTED])
        kinds = [R_64, R_GLOB_DAT, R_JUMP_SLOT, R_JUMP_SLOT]
        if symbol.binding != WEAK:  # with which musl crashes if it finds nothing
            kinds.append(R_DTPMOD64)
        symbol.relocations = [self.draw.choice(kinds) for _ in range(self.draw.choice([0, 1, 1, 1, 2]))]
        library.symbols.append(symbol)

    def version(self, library: SymbolLibrary, source: SymbolLibrary, wanted: Symbol | None) -> int:
        """Of the file that has the symbol, rarely of another."""
        names = list(source.defined)
        index = (wanted.version & ~HIDDEN_VERSION) - 2 if wanted else -1
        name = names[index] if 0 <= index < len(names) else None
        if name is None and not self.chance(0.15):
            return 1
        if name is None or self.chance(0.15):
            name = self.draw.choice([*names, *SHARED_VERSIONS, "V_9"])
        file = source.soname
        if self.chance(0.04):
            file = self.draw.choice(NAMES)
        return self.needed_version(library, file, name)

    def needed_version(self, library: SymbolLibrary, file: str, name: str) -> int:
        versions = library.needed_versions.setdefault(file, [])
        for version in versions:
            if version.name == name:
                return version.index & ~HIDDEN_VERSION
        index = 2 + len(library.defined) + sum(len(others) for others in library.needed_versions.values())
        hidden = HIDDEN_VERSION if self.chance(0.05) else 0
        versions.append(NeededVersion(name, index | hidden, WEAK_VERSION if self.chance(0.1) else 0))
        return index

    def refer_to_c_library(self, library: SymbolLibrary, symbol: Symbol) -> None:
        symbol.name = self.draw.choice(["puts", "malloc", "no_such_function"])
        symbol.version = 1
        if library.has_versions and self.kind == "glibc":
            name = "GLIBC_2.2.5" if self.chance(0.9) else "GLIBC_9.9"
            symbol.version = self.needed_version(library, self.c_library, name)


def compile_driver(folder: Path, compiler: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "driver.c").write_text(DRIVER)
    subprocess.run([compiler, "-o", folder / "driver", folder / "driver.c", "-ldl"], check=True)
    return folder / "driver"


def run(tree: SymbolTree) -> list[str]:
    """What each step says; nothing for success. If the loader ends the process, that is the last."""
    command = [tree.program, *tree.steps]
    done = subprocess.run(
        command, cwd=tree.root, env={**tree.environment(), "LC_ALL": "C"}, capture_output=True, text=True, check=False
    )
    said = done.stdout.splitlines()
    if done.returncode != 0:
        assert "Inconsistency detected by ld.so: " in done.stderr, (done.returncode, done.stderr)
        said.append(done.stderr.strip())
    return said

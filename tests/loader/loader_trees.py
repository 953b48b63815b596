"""Trees of tiny libraries, drawn from a seed, and what a real loader does with them: the program of `DRIVER` opens
libraries in turn and says after each what is loaded, as dl_iterate_phdr names it."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tiny_elf import EM_386, EM_AARCH64, TinyLibrary

CALLER = "libcaller.so"
DRIVER = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int print_name(struct dl_phdr_info* info, size_t size, void* data) {
  (void)size, (void)data;
  printf("object %s\\n", info->dlpi_name);
  return 0;
}

/* Each argument is L (RTLD_LOCAL), G (RTLD_GLOBAL) or C (by the code in libcaller.so) and a name. */
int main(int argc, char** argv) {
  dl_iterate_phdr(print_name, NULL);
  for (int i = 1; i < argc; ++i) {
    void* library = argv[i][0] == 'C' ? dlopen("libcaller.so", RTLD_NOW) : NULL;
    void* (*open)(const char*, int) = library ? (void* (*)(const char*, int))dlsym(library, "open_for_me") : dlopen;
    if (library || argv[i][0] != 'C')
      library = open(argv[i] + 1, RTLD_NOW | (argv[i][0] == 'G' ? RTLD_GLOBAL : RTLD_LOCAL));
    printf("step %s\\n", library ? "" : dlerror());
    dl_iterate_phdr(print_name, NULL);
  }
  fflush(stdout);
  _Exit(0);
}
"""
CALLER_CODE = """
#include <dlfcn.h>

/* Not a tail call, or the loader would take the program for the caller. */
void* open_for_me(const char* name, int mode) {
  void* volatile library = dlopen(name, mode);
  return library;
}
"""
SEARCH_PATHS = {
    "plain": [],
    "rpath": ["-Wl,--disable-new-dtags,-rpath,$ORIGIN/../p:$ORIGIN/../a"],
    "runpath": ["-Wl,--enable-new-dtags,-rpath,$ORIGIN/../p:$ORIGIN/../b"],
}


@dataclass
class Programs:
    """The driver and libcaller.so in all kinds, made once by a compiler."""

    folder: Path

    @staticmethod
    def compile(folder: Path, compiler: str) -> Programs:
        folder.mkdir(parents=True)
        for name, code in {"driver.c": DRIVER, "caller.c": CALLER_CODE, "root.c": ""}.items():
            (folder / name).write_text(code)
        stub = [
            compiler,
            "-shared",
            "-nostdlib",
            "-Wl,-soname,libroot.so",
            "-o",
            folder / "libroot.so",
            folder / "root.c",
        ]
        subprocess.run(stub, check=True, capture_output=True)
        for kind, flags in SEARCH_PATHS.items():
            root = ["-Wl,--no-as-needed", folder / "libroot.so", "-Wl,--allow-shlib-undefined"]
            for out, words in {
                f"driver-{kind}": ["driver.c", *flags],
                f"driver-{kind}-root": ["driver.c", *flags, *root],
                f"caller-{kind}": ["caller.c", "-shared", "-fPIC", f"-Wl,-soname,{CALLER}", *flags],
            }.items():
                code = [folder / word if str(word).endswith(".c") else word for word in words]
                subprocess.run([compiler, "-O1", "-o", folder / out, *code, "-ldl"], check=True, capture_output=True)
        return Programs(folder)


@dataclass
class Tree:
    """One case: the files, the program and what it opens."""

    seed: int
    root: Path
    program: str
    steps: list[str] = field(default_factory=list)
    library_path: str = ""

    def environment(self) -> dict[str, str]:
        return {"LD_LIBRARY_PATH": self.library_path} if self.library_path else {}


@dataclass
class Outcome:
    """What a loader did at the start, or for one request."""

    error: str = ""
    objects: list[str] = field(default_factory=list)


FOLDERS = ["a", "b", "c", "d/e"]
NAMES = [f"lib{i}.so" for i in range(8)]


class TreeMaker:
    def __init__(self, seed: int, root: Path, programs: Programs, lib: str, subfolder: str | None) -> None:
        self.draw = random.Random(seed)
        self.tree = Tree(seed, root, str(root / "bin/driver"))
        self.programs = programs
        self.lib = lib
        self.folders = [*FOLDERS, f"x/{lib}", "p"]
        self.subfolder = subfolder
        if subfolder:
            self.folders.append(f"b/{subfolder}")

    def chance(self, part: float) -> bool:
        return self.draw.random() < part

    def make(self) -> Tree:
        for folder in [*self.folders, "bin", "empty"]:
            (self.tree.root / folder).mkdir(parents=True)
        (self.tree.root / "linked").symlink_to("b")
        (self.tree.root / "file").write_text("not a folder")
        for name in NAMES:
            for folder in self.draw.sample(self.folders, self.draw.choice([1, 2, 3, 5])):
                self.library(folder, name)
        self.copies()
        self.start()
        self.tree.steps = [self.step() for _ in range(self.draw.randint(1, 4))]
        if self.chance(0.3):
            self.tree.library_path = self.draw.choice([":", ";"]).join(self.entries(with_tokens=False))
        return self.tree

    def library(self, folder: str, name: str) -> None:
        path = self.tree.root / folder / name
        if path.exists() or path.is_symlink():
            return
        path.write_bytes(self.content(name))

    def content(self, name: str) -> bytes:
        kind = self.draw.random()
        if kind < 0.02:
            return b"INPUT ( liba.so )\n".ljust(100)
        if kind < 0.03:
            return b"short"
        paths: dict[str, str | None] = {"rpath": None, "runpath": None}
        for tag in self.draw.choice([["rpath"], ["rpath"], ["runpath"], ["rpath", "runpath"], []]):
            paths[tag] = ":".join(self.entries())
        wrong = self.draw.choice([EM_386, EM_AARCH64]) if self.chance(0.06) else None
        return TinyLibrary(
            soname=self.draw.choice([name, name, name, None, self.draw.choice(NAMES), "libsoname.so"]),
            needed=[self.needed() for _ in range(self.draw.choice([0, 0, 1, 2, 3]))],
            **paths,
            **({"machine": wrong} if wrong else {}),
        ).to_bytes()

    def needed(self) -> str:
        kind = self.draw.random()
        if kind < 0.01:
            return "libmissing.so"
        if kind < 0.03:
            return "libsoname.so"
        if kind < 0.06:
            return f"{self.tree.root}/{self.draw.choice(FOLDERS)}/{self.draw.choice(NAMES)}"
        if kind < 0.09:
            return f"$ORIGIN/../{self.draw.choice('abc')}/{self.draw.choice(NAMES)}"
        if kind < 0.12:
            return CALLER
        return self.draw.choice(NAMES)

    def entries(self, with_tokens: bool = True) -> list[str]:
        root = self.tree.root
        plain = [str(root / folder) for folder in FOLDERS]
        odd = [
            f"{root}/a/",
            f"{root}//b",
            f"{root}/linked",
            f"{root}/file",
            f"{root}/empty",
            f"{root}/none",
            "c",
            "",
            "./a/.",
        ]
        tokens = [
            "$ORIGIN",
            "${ORIGIN}",
            "$ORIGIN/../a",
            "${ORIGIN}/../b",
            "$ORIGIN/../c",
            "$ORIGIN/../d/e",
            "$ORIGIN/../../a",
        ]
        tokens += [
            "$ORIGIN/../x/$LIB",
            f"{root}/x/${{LIB}}",
            "$ORIGIN/../$PLATFORM",
            "$ORIGINAL/a",
            "$ORIGIN/../linked",
        ]
        kinds = [plain, plain, odd] + ([tokens] * 3 if with_tokens else [])
        return [self.draw.choice(self.draw.choice(kinds)) for _ in range(self.draw.choice([2, 3, 4, 6]))]

    def copies(self) -> None:
        """Other names of the same file, and what isn't a file."""
        root = self.tree.root
        files = sorted(path for folder in self.folders for path in (root / folder).glob("lib*.so") if path.is_file())
        for _ in range(self.draw.choice([0, 1, 2, 4])):
            source = self.draw.choice(files)
            target = root / self.draw.choice(self.folders) / self.draw.choice([source.name, *NAMES, "libsoname.so"])
            if target.exists() or target.is_symlink():
                continue
            kind = self.draw.random()
            if kind < 0.45:
                target.symlink_to(os.path.relpath(source, target.parent))
            elif kind < 0.6:
                target.symlink_to(source)
            elif kind < 0.9:
                target.hardlink_to(source)
            elif kind < 0.95:
                target.symlink_to("gone")
            else:
                target.mkdir()

    def start(self) -> None:
        root = self.tree.root
        kind = self.draw.choice(list(SEARCH_PATHS))
        needs_root = self.chance(0.5)
        name = f"driver-{kind}" + ("-root" if needs_root else "")
        (root / "bin/driver").hardlink_to(self.programs.folder / name)
        if self.chance(0.2):
            (root / "a/started").symlink_to("../bin/driver")
            self.tree.program = str(root / "a/started")
        if needs_root and not self.chance(0.1):
            where = root / self.draw.choice(["p", "p", "p", "a", "b"]) / "libroot.so"
            if not where.exists():
                needed = [self.needed() for _ in range(self.draw.choice([0, 1, 2]))]
                where.write_bytes(TinyLibrary("libroot.so", needed, ":".join(self.entries())).to_bytes())
        caller = self.programs.folder / f"caller-{self.draw.choice(list(SEARCH_PATHS))}"
        where = root / self.draw.choice(["a", "b", "c", "p"]) / CALLER
        if not where.exists():
            where.hardlink_to(caller)
        self.caller = where

    def step(self) -> str:
        root = self.tree.root
        mode = self.draw.choice("LLG")
        kind = self.draw.random()
        if kind < 0.12:
            return f"C{self.draw.choice(NAMES)}"
        if kind < 0.25:
            return mode + self.draw.choice(NAMES)
        if kind < 0.35:
            return f"{mode}{self.draw.choice(FOLDERS)}/{self.draw.choice(NAMES)}"
        if kind < 0.42:
            return mode + str(self.caller)
        there = sorted(path for folder in self.folders for path in (root / folder).glob("lib*.so"))
        return f"{mode}{self.draw.choice(there)}"


def run(tree: Tree, words: Sequence[str | Path] = (), **environment: str) -> subprocess.CompletedProcess[str]:
    command = [*words, tree.program, *tree.steps]
    env = {**tree.environment(), **environment}
    return subprocess.run(
        command, cwd=tree.root, env=env, capture_output=True, text=True, errors="replace", timeout=60, check=False
    )


def outcomes(done: subprocess.CompletedProcess[str], program: str) -> list[Outcome]:
    """One for the start and one for each step."""
    if done.returncode != 0:
        prefixes = (f"{program}: error while loading shared libraries: ", "Error loading shared library ")
        words = [line.removeprefix(prefixes[0]) for line in done.stderr.splitlines() if line.startswith(prefixes)]
        assert words, done.stderr
        return [Outcome(error=words[0])]
    result = [Outcome()]
    for line in done.stdout.splitlines():
        kind, _, text = line.partition(" ")
        if kind == "step":
            result.append(Outcome(error=text))
        else:
            result[-1].objects.append(text)
    return result

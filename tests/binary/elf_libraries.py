"""Small libraries for the tests of ELF edits: compiled here by what Debian has, loaded by each target's own loader.

Each library calls a function of libdep.so, throws and catches an exception, has a thread-local variable and a
constructor, so that an edit which breaks relocations, unwinding, TLS or initialisation shows.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from elftools.elf.elffile import ELFFile

DEP = "int dep(void) { return 40; }\n"
SUBJECT = """
#ifdef __cplusplus
#include <stdexcept>
#include <string>
extern "C" {
#endif
int dep(void);
static __thread int counter = 0;
__attribute__((constructor)) static void start(void) { counter = 1; }
int answer(void) {
#ifdef __cplusplus
  try {
    throw std::runtime_error("x");
  } catch (const std::exception& error) {
    return dep() + counter + static_cast<int>(std::string(error.what()).size());
  }
#else
  return dep() + counter + 1;
#endif
}
#ifdef __cplusplus
}
#endif
"""
DRIVER = """
#include <dlfcn.h>
#include <stdio.h>
int main(int argc, char** argv) {
  void* library = dlopen(argv[1], RTLD_NOW);
  if (argc != 2 || !library) return puts(dlerror()), 1;
  int (*answer)(void) = (int (*)(void))dlsym(library, "answer");
  printf("%d\\n", answer());
  return 0;
}
"""


@dataclass
class Target:
    """A machine and C library: how it is compiled for, and how its programs run."""

    name: str
    compilers: dict[str, list[str]]  # of the library under test
    c_compiler: list[str]
    runner: list[str] = field(default_factory=list)


TARGETS = {
    "x86_64": Target("x86_64", {"gcc": ["g++"], "clang": ["clang++"]}, ["gcc"]),
    "aarch64": Target(
        "aarch64",
        {"gcc": ["aarch64-linux-gnu-g++"]},
        ["aarch64-linux-gnu-gcc"],
        ["qemu-aarch64", "-cpu", "cortex-a72", "-L", "/usr/aarch64-linux-gnu"],
    ),
    "musl": Target("musl", {"gcc": ["musl-gcc"]}, ["musl-gcc"]),
}

# By target and compiler; each row is tried without a search path, with RPATH and with RUNPATH.
LINKS = {
    ("x86_64", "gcc"): {
        "ld": [],
        "ld-joined": ["-Wl,-z,noseparate-code"],
        "ld-now": ["-Wl,-z,relro,-z,now"],
        "ld-sysv": ["-Wl,--hash-style=sysv"],
        "ld-joined-sysv": ["-Wl,-z,noseparate-code,--hash-style=sysv"],
        "ld-both": ["-Wl,--hash-style=both,-z,norelro"],
        "ld-64k": ["-Wl,-z,max-page-size=65536"],
        "ld-2m-joined": ["-Wl,-z,max-page-size=2097152,-z,noseparate-code"],
        "ld-property": ["-fcf-protection", "-Wl,-z,noseparate-code"],
        "ld-no-notes": ["-Wl,--build-id=none,-z,noseparate-code"],
        "ld-relr": ["-Wl,-z,pack-relative-relocs"],
        "ld-stripped": ["-s"],
        "gold": ["-fuse-ld=gold"],
        "gold-sysv": ["-fuse-ld=gold", "-Wl,--hash-style=sysv"],
        "mold": ["-fuse-ld=mold"],
        "mold-stripped": ["-fuse-ld=mold", "-s"],
    },
    ("x86_64", "clang"): {
        "lld": ["-fuse-ld=lld"],
        "lld-now-separate": ["-fuse-ld=lld", "-Wl,-z,now,-z,separate-code"],
        "lld-stripped": ["-fuse-ld=lld", "-s"],
        "ld": [],
    },
    ("aarch64", "gcc"): {
        "ld": [],
        "ld-4k": ["-Wl,-z,max-page-size=4096"],
        "ld-now": ["-Wl,-z,relro,-z,now"],
        "ld-property": ["-mbranch-protection=standard", "-Wl,-z,force-bti"],
        "gold": ["-fuse-ld=gold"],
    },
    ("musl", "gcc"): {"ld": [], "ld-joined": ["-Wl,-z,noseparate-code"], "lld": ["-fuse-ld=lld"]},
}
PATHS = {
    "bare": [],
    "rpath": ["-Wl,--disable-new-dtags,-rpath,$ORIGIN/old"],
    "runpath": ["-Wl,--enable-new-dtags,-rpath,$ORIGIN/old"],
}


@dataclass
class Built:
    path: Path
    target: Target

    def loads(self, library: Path, **variables: str) -> str:
        """What its driver prints: 42, or the loader's message."""
        driver = self.path.parent / "driver"
        command = [*self.target.runner, driver, library]
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **variables})
        return (done.stdout + done.stderr).strip() or f"exit status {done.returncode}"


def compile_to(out: Path, source: str, suffix: str, command: list[str]) -> None:
    """The source lies beside its product, but takes part under a name of its own."""
    file = out.with_name(out.name + suffix)
    file.write_text(source)
    subprocess.run([*command[:1], "-o", out, file, *command[1:]], check=True, capture_output=True)
    file.unlink()


def build_target(target: Target, folder: Path) -> Iterator[Built]:
    (folder / "deps").mkdir(parents=True)
    compile_to(folder / "driver", DRIVER, ".c", [*target.c_compiler, "-ldl"])
    for name in ("libdep.so", "libdependency_of_a_longer_name.so.1"):
        compile_to(folder / "deps" / name, DEP, ".c", [*target.c_compiler, "-shared", "-fPIC", f"-Wl,-soname,{name}"])
    for compiler, command in target.compilers.items():
        objects: dict[str, Path] = {}
        for link, flags in LINKS[target.name, compiler].items():
            code = " ".join(flag for flag in flags if flag.startswith(("-fcf", "-mbranch")))
            if code not in objects:
                objects[code] = folder / f"{compiler}-{len(objects)}.o"
                suffix = ".cpp" if "++" in command[0] else ".c"
                compile_to(objects[code], SUBJECT, suffix, [*command, "-c", "-fPIC", "-O1", *code.split()])
            base = ["-shared", objects[code], f"-L{folder}/deps", "-ldep", "-Wl,-soname,libsubject.so.1"]
            for path, path_flags in PATHS.items():
                out = folder / f"{compiler}-{link}-{path}.so"
                subprocess.run([*command, "-o", out, *base, *flags, *path_flags], check=True, capture_output=True)
                yield Built(out, target)


def build_all(root: Path) -> list[Built]:
    """The libraries of all rows of LINKS. Beside each target's lie driver, and deps/libdep.so and its twin."""
    return [built for target in TARGETS.values() for built in build_target(target, root / target.name)]


class Editor:
    """elf_tool, asked one thing after the other."""

    def __init__(self) -> None:
        tool = Path(os.environ["WHEELFIX_BUILD_DIR"]) / "tests/binary/elf_tool"
        self.process = subprocess.Popen([tool], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **request: object) -> dict[str, object]:
        assert self.process.stdin and self.process.stdout
        print(json.dumps(request, default=str), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        assert self.process.wait() == 0


@dataclass
class Dynamic:
    """What a library's dynamic section says, by pyelftools."""

    soname: str | None
    needed: list[str]
    rpath: list[str]
    runpath: list[str]

    @classmethod
    def read(cls, path: Path) -> Dynamic:
        with path.open("rb") as file:
            (segment,) = [part for part in ELFFile(file).iter_segments() if part["p_type"] == "PT_DYNAMIC"]
            tags = list(segment.iter_tags())
            texts = {
                name: [getattr(tag, name[3:].lower()) for tag in tags if tag.entry.d_tag == name]
                for name in ("DT_SONAME", "DT_NEEDED", "DT_RPATH", "DT_RUNPATH")
            }
        split = {
            name: [part for text in texts[name] for part in text.split(":")] for name in ("DT_RPATH", "DT_RUNPATH")
        }
        soname = texts["DT_SONAME"][0] if texts["DT_SONAME"] else None
        return cls(soname, texts["DT_NEEDED"], split["DT_RPATH"], split["DT_RUNPATH"])

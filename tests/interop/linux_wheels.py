"""Wheels for this machine's Linux, built from sources in C, C++ and Fortran, that use this system's libraries: what a project
has before it is made for manylinux. All are tagged linux_MACHINE."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from small_wheels import MODULE
from wheels import Content, File, build_wheel

PYTHON = f"cp{sys.version_info[0]}{sys.version_info[1]}"
SUFFIX = sysconfig.get_config_var("EXT_SUFFIX")  # .cpython-311-x86_64-linux-gnu.so


@dataclass(frozen=True)
class Part:
    """A file that a compiler makes: a library, or a program if its entry has no `.so`."""

    entry: str
    code: str
    options: Sequence[str] = ()
    language: str = "c"
    compiler: str = ""  # the language's


@dataclass(frozen=True)
class Project:
    """A wheel whose module NAME/_core has the `value` that the function `answer` returns."""

    answer: str
    value: int | None  # nothing if it can't be imported here
    options: Sequence[str] = ()
    language: str = "c"
    compiler: str = ""
    suffix: str = SUFFIX
    libraries: Sequence[Part] = ()  # made first; compilers run in the wheel's root
    files: dict[str, Content] = field(default_factory=dict)
    machine: str = "x86_64"


def c(expression: str, declaration: str = "") -> str:
    return f"{declaration}\nint answer(void) {{ return {expression}; }}\n"


def stub(soname: str) -> Part:
    """A library that this system may not have, to link with; it isn't in the wheel."""
    return Part(f"../stubs/{soname}", "", ["-nostdlib", f"-Wl,-soname,{soname}"])


NEEDED = "-Wl,--no-as-needed"


CXX = """
#include <filesystem>
#include <string>
extern "C" int answer(void) { return static_cast<int>(std::filesystem::path("/usr/lib").string().size()) - 1; }
"""
FORTRAN = """
integer(c_int) function answer() bind(c, name="answer")
  use iso_c_binding
  character(len=8) :: text
  write (text, '(i0)') 1234
  answer = len_trim(text)
end function
"""
THREADS = """
#include <pthread.h>
#include <stddef.h>
static void *run(void *argument) { return argument; }
int answer(void) {
  pthread_t thread;
  int value = 5;
  void *result = NULL;
  pthread_create(&thread, NULL, run, &value);
  pthread_join(thread, &result);
  return *(int *)result;
}
"""
OPENMP = """
int answer(void) {
  int sum = 0;
#pragma omp parallel for reduction(+ : sum)
  for (int i = 0; i < 10; ++i) sum += i;
  return sum;
}
"""
OPENBLAS = c("(int)cblas_ddot(2, two, 1, two, 1)", "double cblas_ddot(int, const double *, int, const double *, int);\nstatic const double two[] = {1, 2};")
KRB5 = c("krb5_init_context(&context)", "int krb5_init_context(void **);\nstatic void *context;")
PNG = "unsigned png_access_version_number(void);"

PROJECTS = {
    "plain": Project(c("getpid() > 0", "int getpid(void);"), 1),
    "mathematics": Project(c("(int)exp(three * 0 + 2)", "double exp(double);\nvolatile double three = 3;"), 7, ["-lm"]),
    "threads": Project(THREADS, 5),
    "zipped": Project(c("(int)(zlibCompileFlags() & 3)", "unsigned long zlibCompileFlags(void);"), 1, ["-l:libz.so.1"]),
    "zipnew": Project(c("crc32_combine_gen(0) != 0", "unsigned long crc32_combine_gen(long);"), 1, ["-l:libz.so.1"]),
    "picture": Project(c("(int)(png_access_version_number() / 10000)", PNG), 1, ["-l:libpng16.so.16"]),
    "cxx": Project(CXX, 7, language="c++"),
    "fortran": Project(FORTRAN, 4, language="f95"),
    "blas": Project(OPENBLAS, 5, ["-l:libopenblas.so.0"]),
    "markup": Project(c("xmlCheckVersion(20900), 9", "void xmlCheckVersion(int);"), 9, ["-l:libxml2.so.2"]),
    "kerberos": Project(KRB5, 0, ["-l:libkrb5.so.3"]),
    "parallel": Project(OPENMP, 45, ["-fopenmp"]),
    "window": Project(c("XDisplayName(0) != 0 && glGetError != 0", "char *XDisplayName(char *);\nint glGetError(void);"), 1, ["-l:libX11.so.6", "-l:libGL.so.1"]),
    "inner": Project(
        c("inner_value()", "int inner_value(void);"),
        2,
        ["-Linner.libs", "-l:libinner.so.1", "-Wl,-rpath,$ORIGIN/../inner.libs"],
        libraries=[
            Part("inner.libs/libinner.so.1", f"{PNG}\nint inner_value(void) {{ return 1 + png_access_version_number() / 10000; }}\n", ["-l:libpng16.so.16", "-Wl,-soname,libinner.so.1"])
        ],
    ),
    "lost": Project(
        c("lost_value()", "int lost_value(void);"),
        None,
        ["-Llost", "-l:liblost.so.1"],
        libraries=[Part("lost/liblost.so.1", "int lost_value(void) { return 3; }\n", ["-Wl,-soname,liblost.so.1"])],
    ),
    "tool": Project(
        c("1"),
        1,
        libraries=[Part("tool-1.0.data/scripts/picture-version", f"{PNG}\nint main(void) {{ return png_access_version_number() < 10000; }}\n", ["-l:libpng16.so.16"])],
    ),
    "still": Project(c("1"), 1, libraries=[Part("still/tool", "int main(void) { return 0; }\n", ["-static"])]),
    "stable": Project(c("getpid() > 0", "int getpid(void);"), 1, suffix=".abi3.so"),
    "driven": Project(c("1"), None, [NEEDED, "-l:libcuda.so.1"], libraries=[stub("libcuda.so.1")]),
    "linked": Project(c("1"), None, [NEEDED, "-l:libpython3.11.so.1.0"], libraries=[stub("libpython3.11.so.1.0")]),
    "muslin": Project(c("1"), None, [NEEDED, "-nostdlib", "-l:libc.musl-x86_64.so.1"], libraries=[stub("libc.musl-x86_64.so.1")]),
    "modern": Project(c("getpid() > 0", "int getpid(void);"), 1, ["-Wl,-z,x86-64-v3"]),
    "arm": Project(c("1"), None, compiler="aarch64-linux-gnu-gcc", suffix=SUFFIX.replace("x86_64", "aarch64"), machine="aarch64"),
}
COMPILERS = {"c": "gcc", "c++": "g++", "f95": "gfortran"}


def make(part: Part, folder: Path) -> Path:
    """Compiles a part and puts it below the folder, which is the wheel's root."""
    output = folder / part.entry
    output.parent.mkdir(parents=True, exist_ok=True)
    search = ["-L", output.parent, "-L", folder.parent / "stubs"]
    kind = ["-shared", "-fPIC"] if ".so" in output.name else []
    command = [part.compiler or COMPILERS[part.language], *kind, "-O0", "-o", output, "-x", part.language, "-", "-x", "none", *search, *part.options]
    result = subprocess.run(command, input=part.code, text=True, cwd=folder, capture_output=True)
    assert result.returncode == 0, f"{command}\n{result.stderr}"
    return output


def build_project(name: str, project: Project, folder: Path) -> Path:
    root = folder / name / "root"
    libraries = [make(library, root) for library in project.libraries]
    module = Part(f"{name}/_core{project.suffix}", MODULE.format(name="_core", declarations="int answer(void);", sum="answer()"))
    (root / name).mkdir(parents=True, exist_ok=True)
    answer = Part(f"../stubs/answer.o", project.answer, ["-c", "-fPIC", "-fopenmp"] if "-fopenmp" in project.options else ["-c", "-fPIC"], project.language, project.compiler)
    answer_file = make(answer, root)
    compiler = project.compiler or COMPILERS[project.language]
    output = make(Part(module.entry, module.code, [str(answer_file), "-Wl,-z,lazy", *project.options], "c", compiler), root)
    files: dict[str, Content] = {f"{name}/__init__.py": "from ._core import value\n"}
    for file in [output, *libraries]:
        if file.is_relative_to(root) and ".." not in file.relative_to(root).parts:
            entry = file.relative_to(root).as_posix()
            files[entry] = File(file.read_bytes(), 0o755)
    abi = "abi3" if "abi3" in project.suffix else PYTHON
    return build_wheel(folder, name, "1.0", {**files, **project.files}, tag=f"{PYTHON}-{abi}-linux_{project.machine}")


def build(folder: Path) -> dict[str, Path]:
    """All wheels, by the names of their projects."""
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(4) as workers:
        built = workers.map(lambda item: build_project(*item, folder), PROJECTS.items())
        return dict(zip(PROJECTS, built, strict=True))


if __name__ == "__main__":
    for wheel in build(Path(sys.argv[1])).values():
        print(wheel)

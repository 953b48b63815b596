"""The workspace of test_bazel.py: two wheels, of which one needs a library of the other, and targets of all rules, right and wrong."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

from bazel import Bazel
from libraries import build_library
from wheels import build_wheel

TAG = "py3-none-manylinux1_x86_64"
CODE = """\
import ctypes
import os

ctypes.CDLL(os.path.join(os.path.dirname(__file__), "_native.so"))
"""
PATCH = """\
--- a/{0}/__init__.py
+++ b/{0}/__init__.py
@@ -1,1 +1,1 @@
-{1}
+{2}
"""
BUILD = """\
load(
    "@wheelfix//:defs.bzl",
    "wheelfix_doctor_test",
    "wheelfix_index",
    "wheelfix_library",
    "wheelfix_repair",
    "wheelfix_wheel",
)

package(default_visibility = ["//visibility:public"])

exports_files(glob(["wheels/*", "*.patch"]))

APP = "wheels/app-1.0-py3-none-manylinux1_x86_64.whl"

ONE = "wheels/one-1.0+cu1-py3-none-manylinux1_x86_64.whl"

# As published: the import fails, and doctor says so.
[wheelfix_library(
    name = name,
    wheel = wheel,
) for name, wheel in {"app": APP, "one": ONE}.items()]

py_test(
    name = "published_test",
    srcs = ["import_test.py"],
    main = "import_test.py",
    deps = [":app", ":one"],
)

wheelfix_doctor_test(
    name = "published_doctor_test",
    wheels = [APP, ONE],
)

# Patched and repaired, by rules alone.
wheelfix_wheel(
    name = "app_patched",
    patches = ["app.patch"],
    suffix = "fix.1",
    wheel = APP,
)

wheelfix_wheel(
    name = "one_patched",
    patches = ["one.patch"],
    suffix = "fix_01",
    wheel = ONE,
)

SET = [":app_patched", ":one_patched"]

wheelfix_repair(
    name = "set",
    layout = "split:fixed/{name}",
    suffix = "local.1",
    wheels = SET,
)

wheelfix_library(
    name = "fixed/one",
    repaired = ":set",
    wheel = ":one_patched",
)

wheelfix_library(
    name = "fixed/app",
    repaired = ":set",
    wheel = ":app_patched",
    deps = [":fixed/one"],
)

py_test(
    name = "fixed_test",
    srcs = ["import_test.py"],
    main = "import_test.py",
    deps = [":fixed/app"],
)

wheelfix_doctor_test(
    name = "fixed_doctor_test",
    layout = "split:fixed/{name}",
    repaired = ":set",
    wheels = SET,
)

# The same, of which a cache keeps deltas.
wheelfix_wheel(
    name = "app_by_delta",
    delta = True,
    patches = ["app.patch"],
    suffix = "fix.2",
    wheel = APP,
)

wheelfix_repair(
    name = "set_by_delta",
    delta = True,
    layout = "split:by_delta/{name}",
    suffix = "local.1",
    wheels = [":app_by_delta", ONE],
)

wheelfix_library(
    name = "by_delta/one",
    cached = False,
    repaired = ":set_by_delta",
    wheel = ONE,
)

wheelfix_library(
    name = "by_delta/app",
    cached = False,
    repaired = ":set_by_delta",
    wheel = ":app_by_delta",
    deps = [":by_delta/one"],
)

py_test(
    name = "by_delta_test",
    srcs = ["import_test.py"],
    main = "import_test.py",
    deps = [":by_delta/app"],
)

wheelfix_index(
    name = "simple",
    wheels = SET + [":set"],
)
"""
REPOSITORIES = """
load("@wheelfix//:repositories.bzl", "wheelfix_programs")
load("@wheelfix//:wheel_repository.bzl", "wheelfix_wheel_repository")

wheelfix_programs(
    name = "released",
    sha256 = "{sha256}",
    strip_prefix = "wheelfix-0.1.0",
    urls = ["file://{archive}"],
)

wheelfix_wheel_repository(
    name = "app_in_a_repository",
    patches = ["//:app.patch"],
    program = "@wheelfix_here//:program",
    suffix = "fix.1",
    wheel = "//:wheels/app-1.0-py3-none-manylinux1_x86_64.whl",
)

wheelfix_wheel_repository(
    name = "misfit",
    patches = ["//:one.patch"],
    program = "@wheelfix_here//:program",
    suffix = "fix.1",
    wheel = "//:wheels/app-1.0-py3-none-manylinux1_x86_64.whl",
)
"""
OPTIONS = """\
load("@wheelfix//:defs.bzl", "wheelfix_wheel")

exports_files(["crlf.patch"])

filegroup(
    name = "recipe",
    srcs = glob(["recipe/**"]),
)

wheelfix_wheel(
    name = "changed",
    add = {"added, file.txt": "one/100%, or so.txt"},
    add_needed = {"one/lib/libone.so.1": ["libc.so.6", "libpthread.so.0"]},
    add_rpath = {"one/lib/*": ["$ORIGIN/../x", "$ORIGIN/y z"]},
    recipes = [":recipe"],
    remove = ["one/spare *"],
    replace_local = True,
    replace_needed = {"one/lib/*": ["libm.so.6:libdl.so.2"]},
    rpath_kind = "rpath",
    set_soname = {"one/lib/libone.so.1": "libone.so.9"},
    stub = {"stub.toml": "one/lib/libstub.so"},
    suffix = "all.1",
    wheel = "//:wheels/one-1.0+cu1-py3-none-manylinux1_x86_64.whl",
)

wheelfix_wheel(
    name = "loosely_patched",
    fuzz = 2,
    patches = ["lines.patch", "applied.patch"],
    reverse = True,
    skip_applied = True,
    strip = 0,
    suffix = "all.2",
    wheel = "//:wheels/one-1.0+cu1-py3-none-manylinux1_x86_64.whl",
)

wheelfix_wheel(
    name = "line_ends",
    patches = ["crlf.patch"],
    suffix = "all.3",
    wheel = "//:wheels/one-1.0+cu1-py3-none-manylinux1_x86_64.whl",
)
"""
# In reverse, without a part to strip, and with a line of context that the file doesn't have.
LINES_PATCH = """\
--- one/lines.txt
+++ one/lines.txt
@@ -1,4 +1,4 @@
 another
-B
+b
 c
 d
"""
BAD = """\
load("@wheelfix//:defs.bzl", "wheelfix_doctor_test", "wheelfix_index", "wheelfix_library", "wheelfix_repair", "wheelfix_wheel")

APP = "//:wheels/app-1.0-py3-none-manylinux1_x86_64.whl"

ONE = "//:wheels/one-1.0+cu1-py3-none-manylinux1_x86_64.whl"

wheelfix_repair(name = "two_of_a_project", suffix = "x", wheels = [APP, "//:app_patched"])

wheelfix_doctor_test(name = "two_of_a_project_test", wheels = [APP, "//:app_patched"])

wheelfix_repair(name = "layout", layout = "splits", suffix = "x", wheels = [APP])

wheelfix_repair(name = "layout_without_name", layout = "split:x/y", suffix = "x", wheels = [APP])

wheelfix_repair(name = "set", suffix = "x", wheels = [ONE])

wheelfix_library(name = "not_in_the_set", repaired = ":set", wheel = APP)

wheelfix_library(name = "elsewhere", repaired = ":set", wheel = ONE)

wheelfix_wheel(name = "suffix", suffix = "a..b", wheel = APP)

wheelfix_wheel(name = "recipe", recipes = ["//:app.patch"], suffix = "x", wheel = APP)

wheelfix_wheel(name = "file_name", suffix = "x", wheel = "app.whl")

wheelfix_index(name = "same_name", wheels = [APP, "app.whl", "app.patch"])

wheelfix_wheel(name = "misfit", patches = ["//:one.patch"], suffix = "x", wheel = APP)

wheelfix_wheel(name = "line_ends", patches = ["//options:crlf.patch"], strict_eol = True, suffix = "x", wheel = ONE)
"""
BARE = """\
load("@wheelfix//:toolchain.bzl", "wheelfix_toolchain")

wheelfix_toolchain(
    name = "bare",
    program = "@wheelfix_here//:program",
)

toolchain(
    name = "toolchain",
    toolchain = ":bare",
    toolchain_type = "@wheelfix//:toolchain_type",
)
"""


def make_release(bazel: Bazel) -> Path:
    """An archive like the released one, whose programs are scripts that run those of the toolchain."""
    archive = bazel.workspace / "wheelfix-0.1.0.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        for name, program in (("wheelfix", bazel.program), ("wheelfix-index", bazel.index_program)):
            script = f'#!/bin/sh\nexec {program} "$@"\n'.encode()
            info = tarfile.TarInfo(f"wheelfix-0.1.0/bin/{name}")
            info.mode, info.size = 0o755, len(script)
            tar.addfile(info, io.BytesIO(script))
    return archive


def fill(bazel: Bazel) -> None:
    archive = make_release(bazel)
    wheels = bazel.workspace / "wheels"
    module = build_library("needed libone.so.1\nrunpath $ORIGIN/../one/lib\ndefines PyInit__native")
    build_wheel(wheels, "app", "1.0", {"app/__init__.py": "# first\n" + CODE, "app/_native.so": module}, tag=TAG)
    one = {
        "one/__init__.py": "# first\n",
        "one/a b.txt": "spaces\n",
        "one/spare text.txt": "spare\n",
        "one/lines.txt": "a\nb\nc\nd\n",
        "one/crlf.txt": "one\r\ntwo\r\n",
        "one/lib/libone.so.1": build_library("soname libone.so.1\nneeded libm.so.6"),
    }
    data = {"purelib/one_pure.py": "", "scripts/one": "#!python\n"}
    build_wheel(wheels, "one", "1.0+cu1", one, tag=TAG, data_files=data)
    bazel.write("app.patch", PATCH.format("app", "# first", "# patched"))
    bazel.write("one.patch", PATCH.format("one", "# first", "# patched"))
    bazel.write("import_test.py", "import app\nimport one\nimport one_pure\n")
    bazel.write("BUILD", BUILD)
    bazel.write(
        "WORKSPACE",
        (bazel.workspace / "WORKSPACE").read_text()
        + REPOSITORIES.format(archive=archive, sha256=hashlib.sha256(archive.read_bytes()).hexdigest()),
    )
    bazel.write("options/BUILD", OPTIONS)
    bazel.write("options/added, file.txt", "added\n")
    bazel.write("options/stub.toml", 'soname = "libstub.so"\nmachine = "x86_64"\nneeded = ["libone.so.*"]\n')
    bazel.write("options/recipe/first.patch", PATCH.format("one", "# first", "# by the recipe"))
    bazel.write("options/recipe/wheelfix.toml", 'wheel = "one"\n')
    bazel.write("options/lines.patch", LINES_PATCH)
    bazel.write("options/applied.patch", PATCH.format("one", "# first", "# patched").replace(" a/", " ").replace(" b/", " "))
    bazel.write("options/crlf.patch", "--- a/one/crlf.txt\n+++ b/one/crlf.txt\n@@ -1,2 +1,2 @@\n-one\n+ONE\n two\n")
    bazel.write("bad/BUILD", BAD)
    bazel.write("bad/app.whl", "")
    bazel.write("bad/app.patch", "")
    bazel.write("bare/BUILD", BARE)

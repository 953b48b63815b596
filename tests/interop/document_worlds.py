"""What the examples of each document find in the folder that they run in."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from libraries import build_library
from torch_set import make_torch_set
from wheels import build_wheel, files_of

ROOT = Path(__file__).resolve().parents[2]
DEMO = '''"""Says which libraries it prefers."""

prefer = ["cufft", "cusolver", "cusparse"]


def best():
    return prefer[0]
'''
FIT = """\
--- a/demo/__init__.py
+++ b/demo/__init__.py
@@ -3 +3 @@
-prefer = ["cufft", "cusolver", "cusparse"]
+prefer = ["cufft", "cusparse", "cusolver"]
"""
# For another version of demo/__init__.py.
MISFIT = """\
--- a/demo/__init__.py
+++ b/demo/__init__.py
@@ -1,5 +1,5 @@
 \"""Says which libraries it prefers.\"""
 
-prefer = ["cufft", "cusparse"]
+prefer = ["cusparse", "cufft"]
 
 
"""
LIBRARIES = {
    "demo/_core.so": "needed libone.so.1\nrpath /usr/local/lib:$ORIGIN/../demo.libs",
    "demo.libs/libone.so.1": "soname libone.so.1\nneeded libtwo.so.1",
    "demo.libs/libtwo.so.1": "soname libtwo.so.1",
}
REQUIRES = ["protobuf<4,>=3.20", 'pytorch-triton==3.1.0+cf34004b8a; platform_system == "Linux"']


def make_published(folder: Path) -> Path:
    """What pip finds where it would ask PyPI."""
    make_torch_set(folder)
    return folder


def link_tree(work: Path) -> None:
    """The folders of the tree that commands name."""
    for name in ["apps", "patches", "testdata", "tests"]:
        (work / name).symlink_to(ROOT / name)


def make_hintpkg(work: Path) -> None:
    link_tree(work)
    build_wheel(work, "hintpkg", "1.0", files_of(ROOT / "testdata/hintpkg"))


def make_demo(work: Path) -> None:
    """Two wheels of one project, one with libraries and one without, and a patch that doesn't fit."""
    link_tree(work)
    build_wheel(work, "demo", "1.0", {"demo/__init__.py": DEMO})
    libraries = {path: build_library(text) for path, text in LIBRARIES.items()}
    files = {"demo/__init__.py": DEMO, "demo/tests/test_demo.py": "import demo\n"}
    build_wheel(work, "demo", "1.0", files | libraries, tag="cp311-cp311-linux_x86_64")
    (work / "_core.so").write_bytes(libraries["demo/_core.so"])
    (work / "misfit.patch").write_text(MISFIT)
    build_wheel(work, "trainer", "1.0", {"trainer.py": "import torch\n"}, requires=REQUIRES)
    make_versions(work / "ext")
    make_local(work / "dist")
    make_installed(work)


def make_installed(work: Path) -> None:
    """Packages in the site-packages of a prefix: one to be patched, and two of which one doesn't find the other."""
    app = build_library("needed libone.so libc.so.6\nrunpath $ORIGIN")
    libraries = {"app": {"app/_core.so": app}, "one": {"one/libone.so": build_library("soname libone.so")}}
    tag = "cp311-cp311-manylinux2014_x86_64"
    wheels = [build_wheel(work / "installed", name, "1.0", files, tag=tag) for name, files in libraries.items()]
    for wheel in [*wheels, work / "demo-1.0-py3-none-any.whl"]:
        shutil.unpack_archive(wheel, work / "venv/lib/python3.11/site-packages", "zip")
    (work / "fix.patch").write_text(FIT)


def make_versions(folder: Path) -> None:
    """Stand-ins for versions of torch, and for a torchvision that was built for one of them: with two of their symbols."""
    shape, grow = "_ZNK3c1017SymbolicShapeMeta18init_is_contiguousEv", "_ZN3c1015SmallVectorBaseIjE8grow_podEPvmm"
    tag = "cp311-cp311-manylinux2014_x86_64"
    versions = {"2.1.2": grow, "2.2.0": f"{shape} {grow}", "2.2.2": f"{shape} {grow}", "2.4.0": shape}
    for version, names in versions.items():
        library = build_library(f"soname libc10.so\ndefines {names}")
        build_wheel(folder, "torch", version, {"torch/lib/libc10.so": library}, tag=tag)
    image = build_library(f"needed libc10.so\nrunpath $ORIGIN/../torch/lib\nuses {shape} {grow}")
    build_wheel(folder, "torchvision", "0.17.2", {"torchvision/image.so": image}, requires=["torch==2.2.2"], tag=tag)


def make_local(folder: Path) -> None:
    """Wheels as they are built without manylinux."""
    code = {
        "fast": "needed libm.so.6 libc.so.6\nuses exp@GLIBC_2.29@libm.so.6 memcpy@GLIBC_2.14@libc.so.6",
        "picture": "needed libpng16.so.16 libc.so.6\nuses memcpy@GLIBC_2.14@libc.so.6",
    }
    for name, text in code.items():
        build_wheel(folder, name, "1.0", {f"{name}/_core.so": build_library(text)}, tag="cp311-cp311-linux_x86_64")


def make_recipe(work: Path) -> None:
    """The patch of a recipe that the document shows."""
    make_demo(work)
    (work / "fix").mkdir()
    (work / "fix/001-demo.patch").write_text(FIT)


def make_importable(work: Path) -> None:
    """A program in this folder can import the Python package, as if it were installed."""
    make_demo(work)
    (work / "wheelfix").symlink_to(ROOT / "apps/python/wheelfix")


WORLDS: dict[str, Callable[[Path], None]] = {
    "README.md": make_hintpkg,
    "apps/wheelfix/README.md": make_demo,
    "apps/python/README.md": make_importable,
    "apps/wheelfix-index/README.md": link_tree,
    "patches/README.md": make_recipe,
}

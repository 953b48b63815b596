"""A folder of packages such as one that torch was patched in, small."""

from __future__ import annotations

from pathlib import Path

from sdists import build_sdist
from wheels import build_wheel

TRITON_TAG = "cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64"
# What `demo==2.1.0+fix.5` brings.
WHOLE = {"demo-2.1.0+fix.5", "triton-2.1.0", "zope.interface-7.2"}


def fill(folder: Path) -> Path:
    """demo as published and patched, and what it requires: triton, whose wheel has a build tag, and zope.interface,
    with a dot in its file's name. modern, whose newest version is for another Python; and two sdists."""
    requires = ["triton (==2.1.0)", "zope-interface>=7"]
    build_wheel(folder, "demo", "2.1.0", {"demo/__init__.py": "IS_PATCHED = False\n"}, requires=requires)
    build_wheel(folder, "demo", "2.1.0+fix.5", {"demo/__init__.py": "IS_PATCHED = True\n"}, requires=requires)
    build_wheel(folder, "triton", "2.1.0", {"triton/__init__.py": ""}, tag=TRITON_TAG, build="0")
    build_wheel(folder, "zope.interface", "7.2", {"zope/interface/__init__.py": ""}, file_name="zope.interface")
    build_wheel(folder, "modern", "1.0", {"modern.py": ""}, requires_python=">=3.6, <4")
    build_wheel(folder, "modern", "2.0", {"modern.py": ""}, requires_python=">=3.99")
    build_sdist(folder, "tarred", "1.0", {"tarred.py": ""})
    build_sdist(folder, "zipped", "1.0", {"zipped.py": ""}, ending=".zip")
    return folder

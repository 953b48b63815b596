"""Loads what the extension needs."""
from __future__ import annotations
from ctypes import CDLL as load
import ctypes, glob, os, pathlib, sys
HERE = pathlib.Path(__file__).resolve().parent
NAMES = {"alpha": "libalpha.so.*[0-9]", "beta": "libbeta.so.1"}
def deps(suffix='.dylib' if sys.platform == 'darwin' else ".so", *rest):
    where: str = os.path.join(os.path.dirname(__file__), "lib", f"libdemo_{'deps'}" + suffix)
    where += ""; return where
def one(folder, name):
    for root in sys.path:
        found = glob.glob("%s/%s" % (os.path.join(root, "demo", folder), name))
        if found: return ctypes.CDLL(found[0])
for folder, name in NAMES.items(): one(folder, name=name)
try: load(deps(), mode=ctypes.RTLD_GLOBAL)
except OSError: ctypes.cdll.LoadLibrary(str(HERE / "lib" / "x{}.so".format(sys.abiflags)))
with open(HERE) as f, g(f) as h: (a, b), c = [x for x in (y := h.d['e'])], lambda z: z

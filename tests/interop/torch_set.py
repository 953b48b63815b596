"""A stand-in for torch 2.1.0 and its CUDA wheels: the same names and versions, and small libraries that need each other
and look for each other as the published ones do. torch/__init__.py preloads them with the code of the real one, and
patches/torch-2.1.0 fits it."""

from __future__ import annotations

import re
from pathlib import Path

from libraries import build_library
from wheels import build_wheel

PATCH = Path(__file__).resolve().parents[2] / "patches/torch-2.1.0/001-cuda-libs-preload.patch"
MODULE = "_C.cpython-311-x86_64-linux-gnu.so"
FOLDERS = """
cublas cuda_cupti cuda_nvrtc cuda_runtime cudnn cufft curand cusolver cusparse nccl nvtx
""".split()
RPATH = ":".join([*(f"$ORIGIN/../../nvidia/{folder}/lib" for folder in FOLDERS), "$ORIGIN"])

RUNPATH = "$ORIGIN:$ORIGIN/../../cublas/lib:$ORIGIN/../../cusparse/lib:$ORIGIN/../../nvjitlink/lib"

# NVIDIA's wheels: the libraries of each, with what they need.
CUDA = {
    "nvidia-cublas-cu12 12.1.3.1": {"libcublas.so.12": "libcublasLt.so.12", "libcublasLt.so.12": ""},
    "nvidia-cuda-cupti-cu12 12.1.105": {"libcupti.so.12": ""},
    "nvidia-cuda-nvrtc-cu12 12.1.105": {"libnvrtc.so.12": ""},
    "nvidia-cuda-runtime-cu12 12.1.105": {"libcudart.so.12": ""},
    "nvidia-cudnn-cu12 8.9.2.26": {"libcudnn.so.8": ""},
    "nvidia-cufft-cu12 11.0.2.54": {"libcufft.so.11": ""},
    "nvidia-curand-cu12 10.3.2.106": {"libcurand.so.10": ""},
    "nvidia-cusolver-cu12 11.4.5.107": {
        "libcusolver.so.11": "libnvJitLink.so.12 libcusparse.so.12 libcublas.so.12 libcublasLt.so.12",
    },
    "nvidia-cusparse-cu12 12.1.0.106": {"libcusparse.so.12": "libnvJitLink.so.12"},
    "nvidia-nccl-cu12 2.18.1": {"libnccl.so.2": ""},
    "nvidia-nvjitlink-cu12 12.1.105": {"libnvJitLink.so.12": ""},
    "nvidia-nvtx-cu12 12.1.105": {"libnvToolsExt.so.1": ""},
}
# torch's own, below torch/lib.
TORCH = {
    "libtorch_global_deps.so": "libcufft.so.11 libcurand.so.10 libcublas.so.12 libcublasLt.so.12 libcudart.so.12 "
    "libnvToolsExt.so.1",
    "libtorch_cpu.so": "libcudart.so.12 libcupti.so.12",
    "libtorch_cuda.so": "libtorch_cpu.so libcusparse.so.12 libcufft.so.11 libcurand.so.10 libcublas.so.12 "
    "libcublasLt.so.12 libcudnn.so.8 libnccl.so.2",
    "libtorch_cuda_linalg.so": "libtorch_cuda.so libcusolver.so.11",
    "libtorch_python.so": "libtorch_cuda.so libnvToolsExt.so.1",
}
BEFORE = '''
import ctypes
import os
import platform
import sys


def _preload_cuda_deps(lib_folder, lib_name):
    """Preloads cuda deps if they could not be found otherwise."""
    import glob
    lib_path = None
    for path in sys.path:
        nvidia_path = os.path.join(path, 'nvidia')
        if not os.path.exists(nvidia_path):
            continue
        candidate_lib_paths = glob.glob(os.path.join(nvidia_path, lib_folder, 'lib', lib_name))
        if candidate_lib_paths and not lib_path:
            lib_path = candidate_lib_paths[0]
        if lib_path:
            break
    if not lib_path:
        raise ValueError(f"{lib_name} not found in the system path {sys.path}")
    ctypes.CDLL(lib_path)


def _load_global_deps() -> None:
    lib_name = 'libtorch_global_deps' + ('.dylib' if platform.system() == 'Darwin' else '.so')
    here = os.path.abspath(__file__)
    lib_path = os.path.join(os.path.dirname(here), 'lib', lib_name)

    try:
        ctypes.CDLL(lib_path, mode=ctypes.RTLD_GLOBAL)
    except OSError as err:
        cuda_libs = {
            'cublas': 'libcublas.so.*[0-9]',
            'cudnn': 'libcudnn.so.*[0-9]',
            'cuda_nvrtc': 'libnvrtc.so.*[0-9]',
            'cuda_runtime': 'libcudart.so.*[0-9]',
'''
AFTER = """\
        is_cuda_lib_err = [lib for lib in cuda_libs.values() if(lib.split('.')[0] in err.args[0])]
        if not is_cuda_lib_err:
            raise err
        for lib_folder, lib_name in cuda_libs.items():
            _preload_cuda_deps(lib_folder, lib_name)
        ctypes.CDLL(lib_path, mode=ctypes.RTLD_GLOBAL)


_load_global_deps()
__version__ = "2.1.0+cu121"
"""


def torch_code() -> str:
    """The lines that the patch is for are where it looks for them."""
    first, hunk = re.findall(r"^@@ -(\d+).*\n((?:[ +-].*\n?)+)", PATCH.read_text(), re.MULTILINE)[0]
    patched = [line[1:] for line in hunk.splitlines() if line[0] in " -"]
    before = BEFORE.splitlines()
    return "\n".join([*[""] * (int(first) - 1 - len(before)), *before, *patched, AFTER])


def make_torch_set(folder: Path) -> None:
    requires = ["filelock"]
    build_wheel(folder, "filelock", "3.0", {"filelock.py": ""})
    for project, libraries in CUDA.items():
        name, version = project.split()
        where = name.removeprefix("nvidia-").removesuffix("-cu12").replace("-", "_")
        requires.append(f"{name} (=={version})")
        files = {
            f"nvidia/{where}/lib/{soname}": library(soname, needed, f"runpath {RUNPATH}")
            for soname, needed in libraries.items()
        }
        build_wheel(folder, name, version, files, tag="py3-none-manylinux1_x86_64")
    files = {f"{package}/__init__.py": "" for package in ("functorch", "nvfuser")} | {"torch/__init__.py": torch_code()}
    for package in ("functorch", "nvfuser"):
        files[f"{package}/{MODULE}"] = library("", "libtorch_python.so", "rpath $ORIGIN/../torch/lib")
    files[f"torch/{MODULE}"] = library("", "libtorch_python.so", f"rpath {RPATH}:$ORIGIN/lib")
    for soname, needed in TORCH.items():
        files[f"torch/lib/{soname}"] = library(soname, needed, f"rpath {RPATH}")
    build_wheel(folder, "torch", "2.1.0", files, requires=requires, tag="cp311-cp311-manylinux1_x86_64")


def library(soname: str, needed: str, path: str) -> bytes:
    lines = [f"soname {soname}" if soname else "", f"needed {needed}" if needed else "", path]
    return build_library("\n".join(line for line in lines if line))

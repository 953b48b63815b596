from __future__ import annotations
import ctypes, os, sys, platform
def _load_global_deps() -> None:
    lib_name = 'libtorch_global_deps' + ('.dylib' if platform.system() == 'Darwin' else '.so')
    here = os.path.abspath(__file__)
    lib_path = os.path.join(os.path.dirname(here), 'lib', lib_name)
    try:
        ctypes.CDLL(lib_path, mode=ctypes.RTLD_GLOBAL)
    except OSError:
        cuda_libs = {'cublas': 'libcublas.so.*[0-9]', 'cudnn': 'libcudnn.so.*[0-9]'}
        for folder, name in cuda_libs.items(): _preload(folder, name)

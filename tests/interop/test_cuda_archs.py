"""The architectures that `wheelfix inspect` tells of are those that NVIDIA's cuobjdump finds."""

from __future__ import annotations

import json
import os
import re
import subprocess
import zipfile
from collections.abc import Iterator
from importlib.metadata import files
from pathlib import Path

import pefile
import pytest

WHEELS = [
    "nvidia_nvjpeg-13.3.2.43-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    "nvidia_nvjpeg-13.3.2.43-py3-none-win_amd64.whl",
    "nvidia_nvjpeg_cu12-12.3.1.117-py3-none-win_amd64.whl",
]
KINDS = {"elf": "sm", "ptx": "compute"}


def cuobjdump(path: Path) -> set[str]:
    (own,) = (file.locate() for file in files("nvidia-cuda-cuobjdump") or [] if file.name == "cuobjdump")
    program = os.environ.get("CUOBJDUMP", own)
    # -all: relocatable code too, which the driver links at run time if nothing that is linked fits.
    listing = subprocess.run([program, "-all", path], check=True, capture_output=True, text=True).stdout
    found = re.findall(r"^Fatbin (elf|ptx) code:\n=+\narch = sm_(\w+)$", listing, re.MULTILINE)
    return {f"{KINDS[kind]}_{arch}" for kind, arch in found}


def gpu_code(path: Path) -> Path:
    """What cuobjdump can read: an ELF library whole, of a DLL the section."""
    if path.suffix != ".dll":
        return path
    (section,) = [part for part in pefile.PE(path, fast_load=True).sections if part.Name == b".nv_fatb"]
    code = path.with_suffix(".fatbin")
    code.write_bytes(section.get_data()[: section.Misc_VirtualSize])
    return code


def libraries_of(wheel: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if re.search(r"\.so(\.\d+)?$|\.dll$", name):
                yield name, Path(archive.extract(name, folder))


@pytest.mark.parametrize("file_name", WHEELS)
def test_inspect_finds_what_cuobjdump_finds(file_name: str, published, wheelfix, tmp_path: Path) -> None:
    path = published(file_name)
    (wheel,) = json.loads(wheelfix.done("inspect", "--json", path))["wheels"]
    ours = {library["path"]: library["cuda_archs"] for library in wheel["libraries"]}
    files_of = dict(libraries_of(path, tmp_path))
    assert {name: set(archs) for name, archs in ours.items()} == {
        name: cuobjdump(gpu_code(file)) for name, file in files_of.items()
    }
    assert all("sm_90" in archs and len(set(archs)) == len(archs) for archs in ours.values())
    for name, file in files_of.items():  # the same as a file of its own
        ((library,),) = (w["libraries"] for w in json.loads(wheelfix.done("inspect", "--json", file))["wheels"])
        assert library["cuda_archs"] == ours[name]

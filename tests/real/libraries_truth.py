"""Holds what `wheelfix inspect` says of the libraries in large wheels against pefile, macholib, LIEF and cuobjdump.

    build-dev/venv/bin/python tests/real/libraries_truth.py build/apps/wheelfix/wheelfix WHEEL...

For wheels that tests/interop doesn't download: torch for Windows and macOS, CUDA's libraries. $CUOBJDUMP names another
cuobjdump than the venv's: that of CUDA 13 gives up on cubins of CUDA 12 for sm_90.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "interop"))

from foreign_libraries import is_macho, is_pe, read_by_macholib, read_by_pefile, read_macho_by_lief, read_pe_by_lief
from test_cuda_archs import cuobjdump, gpu_code
from test_foreign_truth import as_libraries


def differences(content: bytes, library: dict, folder: Path) -> Iterator[str]:
    oracles = []
    if is_pe(content):
        oracles = [read_by_pefile, read_pe_by_lief]
    elif is_macho(content):
        oracles = [read_by_macholib, read_macho_by_lief]
    for oracle in oracles:
        if (said := oracle(content)) != as_libraries(library):
            yield f"{oracle.__name__} says {said}"
    if not oracles and b".nv_fatb" not in content or oracles and not library["cuda_archs"]:
        return
    file = folder / Path(library["path"]).name
    file.write_bytes(content)
    try:
        if (archs := cuobjdump(gpu_code(file))) != set(library["cuda_archs"]):
            yield f"cuobjdump finds {sorted(archs)}"
    except subprocess.CalledProcessError as error:
        if "does not contain device code" in error.stderr and not library["cuda_archs"]:
            return
        yield f"cuobjdump can't read it: {error.stderr.strip()}"


def main() -> None:
    wheelfix, *wheels = sys.argv[1:]
    count = 0
    for path in wheels:
        said = subprocess.run([wheelfix, "inspect", "--json", path], check=True, capture_output=True, text=True).stdout
        for library in json.loads(said)["wheels"][0]["libraries"]:
            with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
                found = list(differences(archive.read(library["path"]), library, Path(folder)))
            count += len(found)
            print(f"{library['path']}: {len(library['needed'])} needed, {' '.join(library['cuda_archs'])}")
            for difference in found:
                print(f"  {difference}")
    sys.exit(f"{count} differences" if count else 0)


if __name__ == "__main__":
    main()

"""What tags promise, for real wheels under their own tags and older ones: versions of the system's libraries as auditwheel's policies have them, and the
symbols of the stable ABI as abi3info has them."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest
from abi3info import DATAS, FUNCTIONS
from abi3info.models import PyVersion, Symbol
from auditwheel.architecture import Architecture
from auditwheel.libc import Libc
from auditwheel.wheel_abi import get_wheel_elfdata
from elftools.elf.elffile import ELFFile
from elftools.elf.relocation import RelocationSection
from real_libraries import WHEELS

MANYLINUX = [name for name in WHEELS if "manylinux" in name and not name.startswith("triton")]  # which takes long
MANYLINUX.append("shapely-2.2.0-cp311-cp311-manylinux_2_24_aarch64.manylinux_2_28_aarch64.whl")
ABI3 = [
    "bcrypt-4.3.0-cp39-abi3-manylinux_2_28_x86_64.whl",
    "cryptography-45.0.5-cp311-abi3-manylinux_2_28_x86_64.whl",
    "psutil-7.0.0-cp36-abi3-manylinux_2_12_x86_64.manylinux2010_x86_64.manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
]
TOO_NEW = {"glibc-too-new", "libstdcxx-too-new", "zlib-too-new"}


def glibc_of(tag: str) -> tuple[int, int]:
    legacy = {"manylinux2010": "manylinux_2_12", "manylinux2014": "manylinux_2_17"}
    found = re.search(r"manylinux_(\d+)_(\d+)", legacy.get(tag.partition("_")[0], tag))
    assert found is not None
    return int(found[1]), int(found[2])


def needed_policy(wheel: Path) -> tuple[tuple[int, int], set[tuple[int, int]]]:
    """The glibc of the policy that the wheel needs, by what it doesn't bring itself, and those of all policies."""
    machine = Architecture(re.search(r"x86_64|aarch64|i686|ppc64le|s390x", wheel.name)[0])  # type: ignore[index]
    data = get_wheel_elfdata(Libc.GLIBC, machine, wheel, frozenset(), None)
    with zipfile.ZipFile(wheel) as archive:
        own = {Path(name).name for name in archive.namelist()}
    needed = {file: versions for file, versions in data.versioned_symbols.items() if file not in own}
    known = {glibc_of(policy.name) for policy in data.policies if policy.name.startswith("manylinux")}
    return glibc_of(data.policies.versioned_symbols_policy(needed).name), known


def found(wheelfix, wheel: Path, codes: set[str]) -> list[dict[str, str]]:
    run = wheelfix("doctor", "--json", "--no-cache", wheel)
    return [one for one in json.loads(run.stdout)["findings"] if one["code"] in codes]


def retagged(wheel: Path, folder: Path, tag: str) -> Path:
    name, version, *_ = wheel.name.split("-")
    link = folder / f"{name}-{version}-{tag}.whl"
    link.symlink_to(wheel)
    return link


@pytest.mark.parametrize("name", MANYLINUX)
def test_versions_are_promised_as_auditwheels_policies_say(wheelfix, published, name: str, tmp_path: Path) -> None:
    wheel = published(name)
    needed, policies = needed_policy(wheel)
    *_, python, abi, platform = name.removesuffix(".whl").split("-")
    machine = platform.partition(".")[0].split("_", 3)[3]
    for tag in (platform, f"manylinux2014_{machine}", f"manylinux_2_24_{machine}", f"manylinux_2_34_{machine}"):
        findings = found(wheelfix, retagged(wheel, tmp_path, f"{python}-{abi}-{tag}"), TOO_NEW)
        promised = min(glibc_of(one) for one in tag.split("."))
        assert bool(findings) == (needed > promised)
        for one in findings:
            assert one["severity"] == "warning"
            tag_said = one["hint"].rpartition(" ")[2]  # may be of a glibc between two policies
            assert tag_said.endswith(machine) and min(policy for policy in policies if policy >= glibc_of(tag_said)) == needed


def python_symbols(wheel: Path) -> dict[str, set[str]]:
    """By entry, the names of Python's that relocations bind, as pyelftools reads them."""
    names: dict[str, set[str]] = {}
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.namelist():
            with archive.open(entry) as file:
                if file.read(4) != b"\x7fELF":
                    continue
                elf = ELFFile(file)
                symbols = elf.get_section_by_name(".dynsym")
                sections = [one for one in elf.iter_sections() if isinstance(one, RelocationSection)]
                bound = {one["r_info_sym"] for section in sections for one in section.iter_relocations()}
                wanted = [symbols.get_symbol(number) for number in bound]
                names[entry] = {
                    one.name
                    for one in wanted
                    if one["st_shndx"] == "SHN_UNDEF"
                    and one["st_info"]["bind"] == "STB_GLOBAL"
                    and one.name.startswith(("Py", "_Py"))
                }
    return names


@pytest.mark.parametrize("name", ABI3)
@pytest.mark.parametrize("python", ["cp32", "cp37", "cp39", "cp311"])
def test_what_the_stable_abi_promises_is_what_abi3info_has(
    wheelfix, published, name: str, python: str, tmp_path: Path
) -> None:
    wheel = published(name)
    tag = f"{python}-abi3-manylinux_2_34_x86_64"
    findings = {one["path"]: one for one in found(wheelfix, retagged(wheel, tmp_path, tag), {"not-stable-abi"})}
    promised = PyVersion.parse_python_tag(python)
    for entry, names in python_symbols(wheel).items():
        stable = {one: FUNCTIONS.get(Symbol(one)) or DATAS.get(Symbol(one)) for one in names}
        lacking = {one: known.added if known else None for one, known in stable.items() if not known or known.added > promised}
        assert (entry in findings) == bool(lacking)
        if not lacking:
            continue
        said = findings[entry]["message"]
        more = re.search(r"and (\d+) more", said)
        assert len(lacking) == 1 + int(more[1] if more else 0)
        named = lacking[said.split()[1].strip(",")]
        if named is not None:
            assert re.search(rf"of Python {named}[ ,]", said) and named == max(lacking.values())

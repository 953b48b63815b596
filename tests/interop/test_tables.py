"""The tables of lib against the newest lists of others: delvewheel's of Windows, auditwheel's of Linux, CPython's and abi3info's of Python, NVIDIA's own
of CUDA. What differs is told with its reason."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import auditwheel
from abi3info import DATAS, FUNCTIONS
from cuda.pathfinder._dynamic_libs.descriptor_catalog import DESCRIPTOR_CATALOG
from delvewheel import _dll_list as delvewheel
from elftools.elf.elffile import ELFFile

LIB = Path(__file__).resolve().parents[2] / "lib"


def table(path: str) -> dict[str, list[list[str]]]:
    """Rows by section, as lib/base/table.hpp has it."""
    sections: dict[str, list[list[str]]] = {}
    for line in (LIB / path).read_text().splitlines():
        words = line.partition("#")[0].split()
        if words and words[0].startswith("["):
            rows = sections.setdefault(words[0].strip("[]"), [])
        elif words:
            rows.append(words)
    return sections


def names(rows: list[list[str]]) -> set[str]:
    found = [row[0] for row in rows]
    assert len(found) == len(set(found)), "each once"
    return set(found)


def words(rows: list[list[str]]) -> set[str]:
    """Of a section whose rows have several names."""
    return names([[word] for row in rows for word in row])


WINDOWS = table("environment/windows_libraries.txt")
POLICIES = table("environment/linux_policies.txt")
NVIDIA = table("cuda/nvidia_names.txt")
PYTHON = table("environment/python_symbols.txt")
C_SYMBOLS = table("environment/c_symbols.txt")
LIBSTDCXX = table("environment/libstdcxx_symbols.txt")


def test_windows_has_what_delvewheel_knows_of_each_machine() -> None:
    both = delvewheel.ignore_names_x86 & delvewheel.ignore_names_x64 | delvewheel.ignore_names_arm64
    beside = {
        "bthprops.cpl",  # delvewheel looks at .dll and .drv alone
        "icu.dll",  # of a newer Windows 10 than delvewheel's disc
    }
    assert words(WINDOWS["system"]) == both | beside
    assert words(WINDOWS["system-amd64"]) == delvewheel.ignore_names_x64 - both
    assert words(WINDOWS["system-x86"]) == delvewheel.ignore_names_x86 - both


def test_python_has_what_delvewheel_leaves_to_it() -> None:
    newest = "cp3(9|1[0-2]|(1[3-9]|[2-9][0-9])t?)-win_a(md|rm)64"
    assert {row[0] for row in WINDOWS["python"] if len(row) == 2} == delvewheel.ignore_by_abi_platform[newest]
    for pattern, python in (("cp3([5-7]m|8)-", (3, 7)), ("cp3[3-4]m-", (3, 4)), ("cp(26|27|32)m-", (3, 2))):
        (theirs,) = (dlls for key, dlls in delvewheel.ignore_by_abi_platform.items() if key.startswith(pattern))
        since = [(row[0], number(row[1]), number(row[2]) if len(row) > 2 else python) for row in WINDOWS["python"]]
        assert {name for name, first, last in since if first <= python <= last} == theirs


def test_the_redistributable_packages_have_what_delvewheel_takes_for_their_files() -> None:
    atl = {"atl100.dll", "atl110.dll"}  # no part of C++'s own library, so of no interest to delvewheel
    assert {name for name in words(WINDOWS["redistributable"]) if not delvewheel.vc_redist.fullmatch(name)} == atl


def policies(kind: str) -> list[dict]:
    text = (Path(auditwheel.__file__).parent / f"policy/{kind}-policy.json").read_text()
    return [policy for policy in json.loads(text) if policy["name"] != "linux"]


def number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.replace("_", ".").split(".")))


def test_manylinux_promises_what_auditwheels_policies_do() -> None:
    no_policy = {
        "libBrokenLocale.so.1",  # glibc's, for programs of 1998
        "libthread_db.so.1",  # glibc's, for debuggers
    }
    for policy in policies("manylinux"):
        glibc = number(policy["name"].removeprefix("manylinux_"))
        rows = POLICIES["glibc"] + POLICIES["manylinux"]
        own = names([row for row in rows if len(row) == 1 or number(row[1]) <= glibc])
        assert own - no_policy == set(policy["lib_whitelist"])


def split_version(name: str) -> tuple[str, tuple[int, ...]]:
    """`GLIBCXX_LDBL_3.4.10` is GLIBCXX_LDBL's 3.4.10; `CXXABI_FLOAT128` has no number."""
    kind, _, version = name.rpartition("_")
    return (kind, number(version)) if re.fullmatch(r"[0-9.]+", version) else (name, ())


def is_promised(name: str, glibc: tuple[int, ...], machine: str) -> bool:
    kind, version = split_version(name)
    for _, newest, since, *machines in POLICIES["versions"]:
        kind_known, version_known = split_version(newest)
        if kind_known == kind and version <= version_known and number(since) <= glibc and machine in (machines or [machine]):
            return True
    return kind == "GLIBC" and version <= glibc


def test_manylinux_promises_the_versions_that_auditwheels_policies_do() -> None:
    known = [
        (number(policy["name"].removeprefix("manylinux_")), machine, f"{kind}_{version}")
        for policy in policies("manylinux")
        for machine, kinds in policy["symbol_versions"].items()
        for kind, versions in kinds.items()
        for version in versions
    ]
    files = {"GLIBCXX": "libstdc++.so.6", "CXXABI": "libstdc++.so.6", "GCC": "libgcc_s.so.1", "GLIBC": "libc.so.6"}
    files |= {"LIBATOMIC": "libatomic.so.1", "ZLIB": "libz.so.1"}
    assert {row[1].partition("_")[0]: row[0] for row in POLICIES["versions"]} == files
    has = {(machine, name) for _, machine, name in known}
    for glibc, machine in {entry[:2] for entry in known}:
        theirs = {name for entry, its, name in known if (entry, its) == (glibc, machine)}
        ours = {name for its, name in has if its == machine and is_promised(name, glibc, machine)}
        gap = {f"GLIBC_{glibc[0]}.{glibc[1]}"} if glibc == (2, 37) else set()  # most machines have no symbol of that version
        assert ours | gap == theirs | gap, (glibc, machine)


def withheld_symbols(section: str, policy: tuple[int, ...]) -> set[tuple[str, str]]:
    """The symbols, with their libraries, that a policy withholds."""
    rows = [(file, symbol, since) for file, since, *symbols in POLICIES[section] for symbol in symbols]
    return {(file, symbol) for file, symbol, since in rows if since == "never" or policy < number(since)}


def test_policies_are_auditwheels_and_withhold_the_same_symbols() -> None:
    for kind, policies_of, withheld in (("manylinux", "policies", "withheld"), ("musllinux", "musllinux-policies", "musllinux-withheld")):
        theirs = {number(policy["name"].removeprefix(f"{kind}_")): policy for policy in policies(kind)}
        assert [number(row[0]) for row in POLICIES[policies_of]] == sorted(theirs)
        for version, *machines in POLICIES[policies_of]:
            policy = theirs[number(version)]
            assert machines == sorted(policy["symbol_versions"])
            assert withheld_symbols(withheld, number(version)) == {(file, name) for file, names in policy["blacklist"].items() for name in names}


def test_the_stable_abi_is_abi3infos() -> None:
    theirs = {(f"{one.added.major}.{one.added.minor}", name.name) for table in (FUNCTIONS, DATAS) for name, one in table.items()}
    ours = [(version, name) for version, *names in PYTHON["stable"] for name in names]
    assert len(ours) == len(set(ours)) and set(ours) == theirs


def pythons() -> dict[tuple[int, ...], Path]:
    """This Python's prefix, and those of pyenv's, by version."""
    found = {sys.version_info[:2]: Path(sys.base_prefix)}
    if shutil.which("pyenv"):
        root = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=True).stdout.strip()
        for prefix in Path(root).glob("versions/3.*"):
            if re.fullmatch(r"3\.[0-9.]+", prefix.name) and (3, 6) <= number(prefix.name)[:2] <= (3, 13):
                found[number(prefix.name)[:2]] = prefix
    return found


def test_pythons_have_the_symbols_that_they_are_said_to_have() -> None:
    """A Python of another bug fix than that of the table may have private names more or less, but no other."""
    for version, prefix in pythons().items():
        name = f"python{version[0]}.{version[1]}"
        files = [prefix / "bin" / name, *prefix.glob(f"lib/lib{name}*.so.1.0"), *prefix.glob(f"lib/*/lib{name}*.so.1.0")]
        has = set[str]().union(*(exported(str(file)) for file in files))
        last = {one: number(since) for since, *names in PYTHON["last"] for one in names}
        first = {one: number(since) for since, *names in PYTHON["first"] for one in names}
        absent = {one for one, since in last.items() if since < version} | {one for one, since in first.items() if since > version}
        assert absent & has == set()
        present = {one for one, since in first.items() if since == version and last.get(one, version) >= version}
        present |= {one for one, since in last.items() if since == version}
        assert {one for one in present - has if not one.startswith("_")} == set()


def test_old_names_are_those_of_auditwheels_policies() -> None:
    old = {name: policy["name"] for policy in policies("manylinux") for name in policy["aliases"]}
    assert old == {name: f"manylinux_{glibc.replace('.', '_')}" for name, glibc in POLICIES["aliases"]}


def test_musllinux_promises_what_auditwheels_policies_do() -> None:
    for policy in policies("musllinux"):
        assert names(POLICIES["musllinux"]) == set(policy["lib_whitelist"]) - {"libc.so"}  # the loader itself


def test_numbers_in_names_mean_the_version_of_cuda_that_pathfinder_has_them_in() -> None:
    """Each of the Toolkit's libraries has one soname for CUDA 13 and one for 12 there."""
    ambiguous = {
        "curand",  # libcurand.so.10 was CUDA 13's too, before .so.11
        "cusolver",  # libcusolver.so.11 is CUDA 11's too
        "cusolvermg",  # the same
        "cusparse",  # libcusparse.so.12 is both's
    }
    others = {"nvvm", "cufile", "cudla"}  # have numbers of their own
    toolkit = [spec for spec in DESCRIPTOR_CATALOG if spec.packaged_with == "ctk"]
    rows = {row[0]: row[2:] for row in NVIDIA["libraries"] if row[1] == "cuda"}
    assert {spec.name.lower() for spec in toolkit} - ambiguous - others == set(rows)
    for spec in toolkit:
        if spec.name.lower() in rows:
            meant = dict(pair.split("=") for pair in rows[spec.name.lower()])
            numbers = [name.partition(".so.")[2] for name in spec.linux_sonames]
            assert [meant.get(number, number) for number in numbers] == ["13", "12"]


def test_the_driver_has_what_pathfinder_takes_for_its_libraries() -> None:
    specs = [spec for spec in DESCRIPTOR_CATALOG if spec.packaged_with == "driver"]
    theirs = {name for spec in specs for name in (*spec.linux_sonames, *spec.windows_dlls)}
    assert theirs - names(NVIDIA["driver"]) == set()
    assert names(NVIDIA["driver-interface"]) <= names(NVIDIA["driver"])


def exported(library: str) -> set[str]:
    """What a library of this machine defines for others."""
    with open(library, "rb") as file:
        elf = ELFFile(file)
        symbols = elf.get_section_by_name(".dynsym").iter_symbols()
        return {one.name for one in symbols if one["st_shndx"] != "SHN_UNDEF" and one["st_info"]["bind"] != "STB_LOCAL"}


def test_new_symbols_of_libstdcxx_have_the_version_that_the_machines_has() -> None:
    """Those with one version, beginning at 3.4.20, without 3.4.21."""
    output = subprocess.run(
        ["readelf", "--dyn-syms", "--wide", "/usr/lib/x86_64-linux-gnu/libstdc++.so.6"], capture_output=True, text=True, check=True
    ).stdout
    versions: dict[str, set[str]] = {}
    for line in output.splitlines():
        words = line.split()
        if len(words) > 7 and words[6] != "UND" and "@" in words[7]:
            name, version = re.split("@+", words[7])
            versions.setdefault(name, set()).add(version)
    alone = {name: min(all_of_it) for name, all_of_it in versions.items() if len(all_of_it) == 1}
    new = re.compile(r"GLIBCXX_3\.4\.(20|2[2-9]|[3-9]\d)")
    expected = {name: version for name, version in alone.items() if new.fullmatch(version)}
    assert {name: version for version, *found in LIBSTDCXX["symbols"] for name in found} == expected


def test_c_symbols_are_those_of_the_c_libraries() -> None:
    """Without what the versions are called, and without glibc's private symbols."""
    both, system = words(C_SYMBOLS["both"]), "/lib/x86_64-linux-gnu"
    musl = both | words(C_SYMBOLS["musl"])
    assert musl == exported("/lib/ld-musl-x86_64.so.1")
    assert words(C_SYMBOLS["musl-1.2"]) <= musl
    assert words(C_SYMBOLS["musl-upstream"]) & musl == set()
    parts = ("libc.so.6", "libm.so.6", "libresolv.so.2", "libnsl.so.1", "libpthread.so.0", "libdl.so.2", "librt.so.1")
    glibc = set[str]().union(*(exported(f"{system}/{name}") for name in parts))
    others = ("libutil.so.1", "libanl.so.1", "ld-linux-x86-64.so.2")
    assert both | words(C_SYMBOLS["glibc"]) <= glibc.union(*(exported(f"{system}/{name}") for name in others))
    assert {name for name in exported(f"{system}/libm.so.6") if name[0] != "_" and "GLIBC" not in name} <= (
        both | words(C_SYMBOLS["glibc"])
    )
    zlib = {name for name in exported(f"{system}/libz.so.1") if not name.startswith("ZLIB")}
    assert zlib <= words(C_SYMBOLS["others"])

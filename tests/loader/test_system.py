"""What is read from a system's files, compared with its own tools: ldconfig for caches, ld.so for itself."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from simulation import Simulation
from tiny_elf import EM_386, EM_X86_64, TinyLibrary

FLAGS = {"ELF": 0x0001, "libc6": 0x0003, "libc6,x86-64": 0x0303}


def listed(*words: str | Path) -> list[list[Any]]:
    """From `ldconfig -p`: name, path, flags, and the subfolder for hwcaps, from the path: if the cache has both formats
    ldconfig 2.36 prints another string in its place."""
    done = subprocess.run(["/sbin/ldconfig", "-p", *words], check=True, capture_output=True)
    lines = re.findall(
        r"^\t(\S+) \((.*?)(?:, hwcap: .*|, OS ABI: .*)?\) => (\S+)$", done.stdout.decode(errors="replace"), re.MULTILINE
    )
    hwcaps = re.compile("/glibc-hwcaps/([^/]*)/")
    return [[name, path, FLAGS[kind], found[1] if (found := hwcaps.search(path)) else ""] for name, kind, path in lines]


def test_the_cache_of_this_machine_reads_as_ldconfig_reads_it(simulation: Simulation) -> None:
    expected = listed()
    assert len(expected) > 10
    assert simulation(cache="/etc/ld.so.cache")["libraries"] == expected


@pytest.mark.parametrize("form", ["new", "compat"])
def test_a_cache_with_hwcaps_and_other_machines_reads_as_ldconfig_reads_it(
    form: str, simulation: Simulation, tmp_path: Path
) -> None:
    libraries = {
        "usr/lib/libz.so.1": EM_X86_64,
        "usr/lib/glibc-hwcaps/x86-64-v2/libz.so.1": EM_X86_64,
        "usr/lib/glibc-hwcaps/x86-64-v3/libz.so.1": EM_X86_64,
        "usr/lib/liba.so.1": EM_X86_64,
        "usr/lib/glibc-hwcaps/x86-64-v3/libonly.so.1": EM_X86_64,
        "lib32/libz.so.1": EM_386,
    }
    for path, machine in libraries.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        soname = path.rpartition("/")[2]
        (tmp_path / path).write_bytes(TinyLibrary(soname, ["libc.so.6"], machine=machine).to_bytes())
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/ld.so.conf").write_text("/lib32\n")
    subprocess.run(["/sbin/ldconfig", "-X", "-c", form, "-r", tmp_path], check=True, capture_output=True)
    expected = listed("-C", tmp_path / "etc/ld.so.cache")
    assert len(expected) == len(libraries)
    assert simulation(cache=str(tmp_path / "etc/ld.so.cache"))["libraries"] == expected
    chosen = {}
    for hwcaps in ([], ["x86-64-v2"], ["x86-64-v3", "x86-64-v2"]):
        system = simulation(below=str(tmp_path), machine="x86_64", hwcaps=hwcaps)
        chosen[len(hwcaps)] = {name: path.removeprefix("/usr/lib/") for name, path in system["cache"].items()}
    plain = {"liba.so.1": "liba.so.1", "libz.so.1": "libz.so.1"}
    assert chosen == {
        0: plain,
        1: {**plain, "libz.so.1": "glibc-hwcaps/x86-64-v2/libz.so.1"},
        2: {
            **plain,
            "libz.so.1": "glibc-hwcaps/x86-64-v3/libz.so.1",
            "libonly.so.1": "glibc-hwcaps/x86-64-v3/libonly.so.1",
        },
    }


def test_the_system_of_this_machine_is_what_its_loader_says(simulation: Simulation) -> None:
    command = ["/lib64/ld-linux-x86-64.so.2", "--list-diagnostics"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    values = dict(re.findall(r'^([\w.\[\]]+)="?([^"\n]*)"?$', text, re.MULTILINE))
    system = simulation(below="/", machine="x86_64", hwcaps=[])
    assert system["lib"] == values["dl_dst_lib"]
    assert [f"{path}/" for path in system["folders"]] == [
        path for name, path in values.items() if name.startswith("path.system_dirs[")
    ]
    names = values["dl_hwcaps_subdirs"].split(":")
    active = int(values["dl_hwcaps_subdirs_active"], 16)
    assert system["host_hwcaps"] == [name for i, name in enumerate(names) if active >> i & 1]

"""The tables of lib against the newest lists of others: delvewheel's of Windows, auditwheel's of Linux. What differs is told with its reason."""

from __future__ import annotations

import json
from pathlib import Path

import auditwheel
from delvewheel import _dll_list as delvewheel

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


WINDOWS = table("loader/windows_libraries.txt")
POLICIES = table("loader/linux_policies.txt")


def test_windows_has_what_delvewheel_knows_of_x86_and_x64() -> None:
    both = delvewheel.ignore_names_x86 & delvewheel.ignore_names_x64
    own = names(WINDOWS["system"])
    assert both - own == set()
    assert own - both - delvewheel.ignore_names_arm64 == {"bthprops.cpl"}  # delvewheel looks at .dll and .drv alone


def test_python_has_what_delvewheel_leaves_to_it() -> None:
    pattern = "cp3(9|1[0-2]|(1[3-9]|[2-9][0-9])t?)-win_a(md|rm)64"
    assert names(WINDOWS["python"]) == delvewheel.ignore_by_abi_platform[pattern]


def test_the_redistributable_package_has_what_delvewheel_takes_for_its_files() -> None:
    assert [name for name in names(WINDOWS["redistributable"]) if not delvewheel.vc_redist.fullmatch(name)] == []


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


def test_old_names_are_those_of_auditwheels_policies() -> None:
    old = {name: policy["name"] for policy in policies("manylinux") for name in policy["aliases"]}
    assert old == {name: f"manylinux_{glibc.replace('.', '_')}" for name, glibc in POLICIES["aliases"]}


def test_musllinux_promises_what_auditwheels_policies_do() -> None:
    for policy in policies("musllinux"):
        assert names(POLICIES["musllinux"]) == set(policy["lib_whitelist"]) - {"libc.so"}  # the loader itself

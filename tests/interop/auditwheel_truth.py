"""What auditwheel says of a wheel's policy, and where wheelfix says something else."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path
from unittest import mock

from auditwheel.main import main

Json = dict


def auditwheel_show(wheel: Path) -> Json:
    """The document of `auditwheel show --json`; {"error": ...} if it says nothing of the wheel."""
    output = io.StringIO()
    with mock.patch.object(sys, "argv", ["auditwheel", "show", "--json", str(wheel)]), contextlib.redirect_stdout(output):
        try:
            main()
        except Exception as error:  # it ends so for wheels that it can't judge
            return {"error": f"{type(error).__name__}: {error}"}
    return json.loads(output.getvalue())


def version(text: str) -> tuple[int, ...]:
    """Of `2.34` and of `manylinux_2_34_x86_64`."""
    words = text.removeprefix("manylinux_").removeprefix("musllinux_").replace(".", "_").split("_")
    return tuple(map(int, words[:2]))


def against(policy: Json, kind: str, tag: str) -> dict[str, set[str]]:
    """The names, by file, of the reasons of a kind that keep a policy's tag from being true of the wheel's own libraries."""
    found: dict[str, set[str]] = {}
    for reason in policy["reasons"]:
        if reason["kind"] == kind and (reason["since"] is None or version(reason["since"]) > version(tag)):
            found.setdefault(reason["file"], set()).update(reason["names"])
    return found


def differences(policy: Json, theirs: Json) -> list[str]:
    """`policy` as of `doctor --policy --sysroot /`."""
    if "error" in theirs:
        return [f"auditwheel: {theirs['error']}"]
    found = []
    if policy["tag"] != theirs["overall_tag"]:
        found.append(f"tag {policy['tag']}, auditwheel {theirs['overall_tag']}")
    ours = {external["name"]: external for external in policy["externals"]}
    if set(ours) != set(theirs["external_libs"]):
        found.append(f"external {sorted(set(ours) - set(theirs['external_libs']))}, auditwheel {sorted(set(theirs['external_libs']) - set(ours))}")
    for name, path in theirs["external_libs"].items():
        own = ours.get(name, {}).get("path")
        if own and path and Path(own).resolve() != Path(path).resolve():
            found.append(f"{name} is {own}, auditwheel {path}")
    for tag, upgrade in theirs["policy_upgrades"].items():
        if (libraries := set(against(policy, "library", tag))) - set(upgrade.get("libs_to_eliminate", [])):
            found.append(f"{tag}: {sorted(libraries)} to eliminate, auditwheel {upgrade.get('libs_to_eliminate', [])}")
        symbols = {file: sorted(names) for file, names in against(policy, "symbol", tag).items()}
        if symbols != upgrade.get("blacklisted_symbols", {}):
            found.append(f"{tag}: {symbols} withheld, auditwheel {upgrade.get('blacklisted_symbols', {})}")
    return found

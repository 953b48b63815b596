"""The man pages are well formed, as mandoc and man-db's groff read them, and say what --help says."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def pages(build_dir: Path) -> dict[str, Path]:
    return {path.stem: path for path in (build_dir / "apps/man/man1").glob("*.1")}


@pytest.fixture(scope="module")
def documents(build_dir: Path) -> dict[str, Any]:
    """What the programs say of themselves, by the names of their pages."""
    wheelfix, index = build_dir / "apps/wheelfix/wheelfix", build_dir / "apps/wheelfix-index/wheelfix-index"
    usage = json.loads(run(wheelfix, "--help", "--json"))
    names = [command["name"] for command in usage["commands"]]
    found = {f"wheelfix-{name}": json.loads(run(wheelfix, "help", name, "--json")) for name in names}
    return {"wheelfix": usage, "wheelfix-index": json.loads(run(index, "--help", "--json")), **found}


def test_each_command_has_a_page(pages: dict[str, Path], documents: dict[str, Any]) -> None:
    assert set(pages) == set(documents)


def test_mandoc_finds_no_fault(pages: dict[str, Path]) -> None:
    assert run("mandoc", "-Tlint", "-Wwarning", *pages.values()) == ""


def test_groff_finds_no_fault(pages: dict[str, Path]) -> None:
    for path in pages.values():
        command = ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", path]
        result = subprocess.run(command, env=reading(), capture_output=True, text=True)
        assert (result.returncode, result.stderr) == (0, "")


def test_a_page_has_all_that_help_has(pages: dict[str, Path], documents: dict[str, Any]) -> None:
    for name, document in documents.items():
        text = words_of(subprocess.run(["man", "-l", pages[name]], env=reading(), capture_output=True, text=True, check=True).stdout)
        for option in document["options"]:
            value = f"[={option['value'][1:-1]}]" if str(option["value"]).startswith("[") else f" {option['value'] or ''}"
            assert words_of(f"{', '.join(option['names'])}{value} {option['summary']}") in text
        for part in [document["arguments"], document["description"], document["example"]]:
            assert words_of(part) in text
        for item in document.get("commands", []) + document.get("exit_statuses", []) + document.get("variables", []):
            assert words_of(f"{item['name']} {item['meaning']}") in text


def words_of(text: str) -> str:
    """Without what a page or --help does to them: line breaks, bold, and quotes of code."""
    return re.sub(r"\s+", " ", text.replace("`", "")).strip()


def reading() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "MANWIDTH": "500", "MAN_KEEP_FORMATTING": "", "MANROFFOPT": "-rHY=0 -dAD=l"}


def run(*command: str | Path) -> str:
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, f"{command}\n{result.stdout}{result.stderr}"
    return result.stdout

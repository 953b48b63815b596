"""The examples in the documents work as they are written. The blocks of a document run in order, in a folder with what
document_worlds.py puts there, and with wheelfix, wheelfix-index, pip, uv and python3 on PATH. Each command must print
what the document shows below it, on stdout and stderr together; a line `...` is any lines or none. It must fail if an
error is shown, or a version that fails, and succeed if not.

A block begins with ```console, or with its language and a file's name, and is then written to that file. OTHERS has
what isn't run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from clients import Client, installed
from document_worlds import ROOT, WORLDS, make_published

TREE = {path.name for path in ROOT.iterdir() if not path.name.startswith("build")}
DOCUMENTS = sorted(
    str(path.relative_to(ROOT)) for path in ROOT.rglob("*.md") if path.relative_to(ROOT).parts[0] in TREE
)
# By document and first line: why a block isn't run.
OTHERS = {
    ("apps/wheelfix/findings.md", "text"): "findings, as commands print them",
    ("apps/wheelfix/README.md", "text"): "lines of requirements files, with hashes that stand for any",
    ("apps/wheelfix/README.md", "starlark"): "Bazel isn't among the tests' packages",
    ("apps/bazel/README.md", "starlark"): "interop.bazel builds workspaces like these",
    ("tests/README.md", "sh"): "builds and fuzzes for minutes",
    ("lib/README.md", "text"): "a drawing",
    ("lib/README.md", "cmake"): "stands in tests/consumer, which tests/install builds",
    ("lib/README.md", "cpp"): "compiled below",
}


@dataclass(frozen=True)
class Block:
    document: str
    line: int
    first: str  # what stands after the three backquotes
    text: str


@pytest.fixture(scope="module")
def stand_in(wheelfix_index, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of the stand-in for PyPI."""
    folder = make_published(tmp_path_factory.mktemp("published"))
    wheelfix_index.done(folder)
    return (folder / "simple").as_uri()


@pytest.fixture
def environment(
    stand_in: str, wheelfix, wheelfix_index, client_of: Callable[[str], Client], tmp_path: Path
) -> dict[str, str]:
    """With the programs on PATH. pip and uv install each in a place of its own."""
    for name in ["of-pip", "of-uv"]:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / name], check=True)
    programs = {
        "wheelfix": [wheelfix.program],
        "wheelfix-index": [wheelfix_index.program],
        "pip": [*client_of("pip-newest").command, "--python", tmp_path / "of-pip/bin/python"],
        "uv": client_of("uv").command[:1],
        "python3": [tmp_path / "of-pip/bin/python"],
    }
    (tmp_path / "bin").mkdir()
    for name, words in programs.items():
        script = tmp_path / "bin" / name
        script.write_text(f'#!/bin/sh\nexec {shlex.join(map(str, words))} "$@"\n')
        script.chmod(0o755)
    return {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "EDITOR": "sed -i s/cusolver/cublas/",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_INDEX_URL": stand_in,
        "UV_NO_CONFIG": "1",
        "VIRTUAL_ENV": str(tmp_path / "of-uv"),
    }


def blocks_of(document: str) -> list[Block]:
    text = (ROOT / document).read_text()
    found = re.finditer(r"^```(.*)\n((?:.*\n)*?)```$", text, re.MULTILINE)
    return [Block(document, text.count("\n", 0, match.start()) + 1, match[1], match[2]) for match in found]


def test_every_document_with_examples_has_its_world() -> None:
    assert {name for name in DOCUMENTS if any(block.first == "console" for block in blocks_of(name))} == set(WORLDS)


def test_every_block_is_run_or_has_its_reason() -> None:
    others = {(block.document, block.first) for name in DOCUMENTS for block in blocks_of(name) if not is_run(block)}
    assert others == set(OTHERS)


@pytest.mark.parametrize("document", WORLDS)
def test_examples_print_what_they_show(document: str, environment: dict[str, str], tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    WORLDS[document](work)
    for block in blocks_of(document):
        if block.first == "console":
            run_block(block, work, environment)
        elif is_run(block):
            target = work / block.first.split(" ")[1]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text)
    if document == "apps/wheelfix-index/README.md":
        for name in ["of-pip", "of-uv"]:
            (site,) = (tmp_path / name).glob("lib/python*/site-packages")
            assert {"torch-2.1.0+stripe.5", "filelock-3.0"} <= installed(site)
            assert "'nvjitlink': " in (site / "torch/__init__.py").read_text()


def test_the_code_of_a_tool_of_its_own_compiles(tmp_path: Path) -> None:
    (block,) = (block for block in blocks_of("lib/README.md") if block.first == "cpp")
    includes, statements = block.text.split("\n\n", 1)
    code = tmp_path / "tool.cpp"
    code.write_text(f"{includes}\nint main() {{\n{statements}}}\n")
    command = ["g++", "-std=c++20", "-fsyntax-only", "-I", ROOT / "lib/include", code]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_the_build_of_a_tool_of_its_own_is_the_consumers() -> None:
    (block,) = (block for block in blocks_of("lib/README.md") if block.first == "cmake")
    consumer = (ROOT / "tests/consumer/CMakeLists.txt").read_text().splitlines()
    assert [line for line in block.text.splitlines() if line not in consumer] == []


def test_the_reference_of_findings_is_what_explain_prints(wheelfix) -> None:
    """After a change of the catalogue: `wheelfix explain --markdown >apps/wheelfix/findings.md`."""
    assert (ROOT / "apps/wheelfix/findings.md").read_text() == wheelfix.done("explain", "--markdown")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text()
    wrong = []
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", text):
        path, _, anchor = link.partition("#")
        target = (ROOT / document).parent / path if path else ROOT / document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            wrong.append(link)
    assert wrong == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_paths_that_are_named_exist(document: str) -> None:
    """Those from the root of the tree; words in capitals stand for any."""
    text = (ROOT / document).read_text()
    named = re.findall(r"`(?:\./)?((?:apps|cmake|lib|patches|testdata|tests)/[a-z0-9_./-]+)(?=[` ])", text)
    assert [path for path in named if not (ROOT / path).exists()] == []


def is_run(block: Block) -> bool:
    return block.first == "console" or " " in block.first


def run_block(block: Block, work: Path, environment: dict[str, str]) -> None:
    for example in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, shown = example.split("\n", 1)
        merged = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        result = subprocess.run(["bash", "-c", command], cwd=work, env=environment, **merged)
        told = f"{block.document}:{block.line}: $ {command}\n{result.stdout}"
        is_shown = re.fullmatch(pattern(shown), result.stdout) is not None
        assert is_shown, f"{told}--- is shown as\n{shown}"
        is_done = result.returncode == 0
        assert is_done != bool(re.search("error: |fails: ", shown.lower())), f"{told}exit status {result.returncode}"


def pattern(shown: str) -> str:
    """What an output must match: `...` on a line of its own is any lines, `…` in a line any text."""
    lines = shown.splitlines(keepends=True)
    return "".join("(?:.*\n)*?" if line == "...\n" else re.escape(line).replace("…", ".*") for line in lines)


def anchors(document: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}

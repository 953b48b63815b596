"""Our tokens and trees compared with CPython's `ast`, `tokenize` and `symtable`: for the standard library, and for
generated sources."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import libcst
import modern_oracle
import nasty
import oracles
import pytest
import tree_oracle

pytestmark = pytest.mark.filterwarnings("ignore:invalid escape")
SEED = int(os.environ.get("WHEELFIX_PYTHON_SEED", random.randrange(2**32)))


class Tool:
    def __init__(self, program: Path) -> None:
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, path: Path) -> dict[str, object]:
        self.process.stdin.write(f"{path}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        self.process.stdin.close()
        assert self.process.wait() == 0


@pytest.fixture(scope="module")
def tool(build_dir: Path) -> Iterator[Tool]:
    tool = Tool(build_dir / "tests/python/python_tool")
    yield tool
    tool.close()


def check(tool: Tool, path: Path, source: bytes) -> int:
    """Compares all that we say about a source with CPython, which reads it. Returns the number of literals."""
    answer = tool.ask(path)
    assert "error" not in answer, answer
    oracles.check_place(source, answer["place"])
    oracles.check_tokens(source, answer["tokens"])
    tree_oracle.check_statements(source, oracles.parse(source), answer["statements"])
    if oracles.compiles(source):
        tree_oracle.check_scopes(source, answer["scopes"])
    return oracles.check_literals(source, answer["literals"])


def installed_sources() -> list[Path]:
    folders = [Path(sysconfig.get_path(name)) for name in ("stdlib", "purelib")]
    return sorted({path for folder in folders for path in folder.rglob("*.py") if path.is_file()})


def test_the_standard_library_is_read_as_cpython_reads_it(tool: Tool) -> None:
    files = literals = refused = 0
    for path in installed_sources():
        source = path.read_bytes()
        try:
            oracles.parse(source)
        except (SyntaxError, ValueError):
            refused += 1
            tool.ask(path)  # must answer
            continue
        try:
            literals += check(tool, path, source)
        except AssertionError as error:
            raise AssertionError(f"{path}: {error}") from error
        files += 1
    print(f"{files} files, {literals} literals, {refused} that CPython refuses")
    assert files > 500


def reads(source: bytes) -> bool:
    try:
        oracles.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True


def test_generated_modules_are_read_as_cpython_reads_them(tool: Tool, tmp_path: Path) -> None:
    print(f"WHEELFIX_PYTHON_SEED={SEED}")
    rng = random.Random(SEED)
    path = tmp_path / "module.py"
    good = heads = 0
    for number in range(10_000):
        source = nasty.module(rng)
        path.write_bytes(source)
        if not reads(source):
            tool.ask(path)  # must answer
            continue
        try:
            check(tool, path, source)
        except AssertionError as error:
            raise AssertionError(f"seed {SEED}, module {number}: {source!r}: {error}") from error
        good += 1
        heads += oracles.head_length(oracles.parse(source)) > 0
    print(f"{good} modules, {heads} with a docstring or future imports")
    assert good > 5000 and heads > 2000


def test_f_strings_of_python_3_12_are_read_as_libcst_reads_them(tool: Tool, tmp_path: Path) -> None:
    print(f"WHEELFIX_PYTHON_SEED={SEED}")
    rng = random.Random(SEED)
    path = tmp_path / "module.py"
    good = 0
    for number in range(3000):
        source = f"x = {nasty.modern_format_string(rng)}\n"
        path.write_text(source)
        try:
            theirs = modern_oracle.literals_of(source)
        except (libcst.ParserSyntaxError, SyntaxError):
            tool.ask(path)  # must answer
            continue
        answer = tool.ask(path)
        about = f"seed {SEED}, module {number}: {source!r}"
        assert "error" not in answer, f"{about}: {answer}"
        ours = oracles.nested(answer["literals"])
        assert [literal.key() for literal in ours] == [literal.key() for literal in theirs], about
        good += 1
    print(f"{good} sources")
    assert good > 1000

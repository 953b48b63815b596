"""Runs the scenarios, each in a folder of its own."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest
import scenario
from scenario import Command

FOLDER = Path(__file__).parent
SCENARIOS = sorted(FOLDER.glob("scenarios/*.txt"))
IS_UPDATING = bool(os.environ.get("WHEELFIX_UPDATE_SCENARIOS"))


@pytest.fixture
def environment(wheelfix, tmp_path: Path) -> dict[str, str]:
    """With wheelfix, wheelfix-index and look first in PATH."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "wheelfix").symlink_to(wheelfix.program)
    (programs / "wheelfix-index").symlink_to(wheelfix.program.parents[1] / "wheelfix-index/wheelfix-index")
    look = programs / "look"
    look.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(FOLDER / "look.py"))} "$@"\n')
    look.chmod(0o755)
    return wheelfix.environment({"PATH": f"{programs}:{os.environ['PATH']}"})


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_scenario(path: Path, environment: dict[str, str], tmp_path: Path) -> None:
    expected = scenario.parse(path.read_text())
    folder = tmp_path / "work"
    folder.mkdir()
    scenario.prepare(expected, folder)
    actual = scenario.Scenario(expected.title)
    differs = False
    for step in expected.steps:
        done = step
        if isinstance(step, Command):
            done = scenario.run(step, folder, environment)
            if agrees(step, done):
                done = step
            else:
                differs = True
        actual.steps.append(done)
    if IS_UPDATING:
        path.write_text(actual.to_text())
    elif differs:
        assert actual.to_text() == expected.to_text()
        pytest.fail("only in a wildcard")


def agrees(expected: Command, actual: Command) -> bool:
    return (
        expected.status == actual.status
        and scenario.agrees(expected.stdout, actual.stdout)
        and scenario.agrees(expected.stderr, actual.stderr)
    )


def test_there_are_scenarios() -> None:
    assert len(SCENARIOS) > 30

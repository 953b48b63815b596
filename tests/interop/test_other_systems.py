"""Small published sets for other systems: doctor finds those errors that tests/real/other_systems.txt has as true."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "real"))

import other_systems
from other_systems import WheelSet

SMALL = [wheels for wheels in other_systems.read_sets() if wheels.is_small]


@pytest.mark.parametrize("wheels", SMALL, ids=WheelSet.name)
def test_what_is_published_gets_no_error_that_is_not_true(
    wheels: WheelSet, wheelfix, build_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(other_systems, "WHEELFIX", str(wheelfix.program))
    files = other_systems.download(wheels, build_dir / "wheels/other-systems" / wheels.folder())
    assert other_systems.check(wheels, files) == ""

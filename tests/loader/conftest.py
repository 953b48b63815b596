from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from simulation import Simulation


@pytest.fixture(scope="module")
def simulation(build_dir: Path) -> Iterator[Simulation]:
    simulation = Simulation(build_dir / "tests/loader/loader_tool")
    yield simulation
    simulation.close()

"""Fixtures of all tests in Python: the built programs, and what a run of one gave."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Wheelfix:
    """The command line, run with a fixed environment: UTC, no SOURCE_DATE_EPOCH, and what `env` adds."""

    program: Path

    def __call__(
        self, *words: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.program, *words], cwd=cwd, env=self.environment(env), capture_output=True, text=True, timeout=600
        )

    def done(self, *words: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
        """What a run that must succeed says on stdout."""
        result = self(*words, cwd=cwd, env=env)
        assert result.returncode == 0, f"exit status {result.returncode}\n{result.stderr}"
        return result.stdout

    def patch(self, *words: str | Path, env: Mapping[str, str] | None = None) -> Path:
        """The wheel that `wheelfix patch` writes."""
        return Path(self.done("patch", *words, env=env).removesuffix("\n"))

    @staticmethod
    def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
        inherited = {
            name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS") or name == "PATH"
        }
        return {**inherited, "LC_ALL": "C.UTF-8", "TZ": "UTC", **(extra or {})}


@pytest.fixture(scope="session")
def build_dir() -> Path:
    return Path(os.environ["WHEELFIX_BUILD_DIR"])


@pytest.fixture(scope="session")
def wheelfix(build_dir: Path) -> Wheelfix:
    return Wheelfix(build_dir / "apps/wheelfix/wheelfix")


@pytest.fixture(scope="session")
def wheelfix_index(build_dir: Path) -> Wheelfix:
    return Wheelfix(build_dir / "apps/wheelfix-index/wheelfix-index")

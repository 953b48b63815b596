"""Runs of a command that are disturbed: a call to the system fails in each, or it is killed there."""

from __future__ import annotations

import errno
import itertools
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

TURN = 5  # of so many faulty runs one is followed by a run that must work
ERRORS = (errno.EIO, errno.ENOSPC, errno.EMFILE, errno.EAGAIN)


@dataclass
class Run:
    """A command, and what it makes of an `out` that has what it would replace."""

    words: list[str | Path]
    folder: Path
    environment: dict[str, str]
    out: str = "out"

    def prepare(self, old: dict[str, bytes]) -> None:
        shutil.rmtree(self.folder / "out", ignore_errors=True)
        (self.folder / "out").mkdir()
        for name, content in old.items():
            path = self.folder / "out" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def start(self, more: dict[str, str] | None = None, preexec_fn: Callable[[], None] | None = None):
        return subprocess.Popen(
            self.words,
            cwd=self.folder,
            env={**self.environment, **(more or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=preexec_fn,
        )

    def finish(self, process: subprocess.Popen[str]) -> tuple[int, str]:
        _, stderr = process.communicate(timeout=60)
        return process.returncode, stderr

    def done(self) -> None:
        status, stderr = self.finish(self.start())
        assert status == 0, stderr

    def files(self, hidden: bool = False) -> dict[str, bytes]:
        """What lies in `out`; what is hidden is for the program alone."""
        out = self.folder / self.out
        paths = [path for path in out.rglob("*") if path.is_file()]
        names = {str(path.relative_to(out)): path for path in paths}
        return {
            name: path.read_bytes()
            for name, path in names.items()
            if hidden or not any(part.startswith(".") for part in Path(name).parts)
        }


def errors_in(stderr: str) -> int:
    return sum(line.startswith("error: ") for line in stderr.splitlines())


def failing(build_dir: Path, call: int, error: int, report: Path) -> dict[str, str]:
    return {
        "LD_PRELOAD": str(build_dir / "tests/cli/libfailing_calls.so"),
        "FAILING_CALL": str(call),
        "FAILING_ERRNO": str(error),
        "FAILING_REPORT": str(report),
    }


def faulty_runs(
    run: Run, old: dict[str, bytes], build_dir: Path, errors: tuple[int, ...], more: dict[str, str] | None = None
) -> Iterator[tuple[str, int, str]]:
    """A run for each of its calls, which fails: where, and how it ended. Ends with the run that made fewer calls."""
    report = run.folder / "failed"
    for call in itertools.count(1):
        error = errors[call % len(errors)]
        run.prepare(old)
        status, stderr = run.finish(run.start({**failing(build_dir, call, error, report), **(more or {})}))
        if not report.exists():
            assert call > 10, "the library was not loaded"
            assert status == 0, stderr
            return
        report.unlink()
        yield f"call {call}, {errno.errorcode.get(error, 'killed')}: {stderr}", status, stderr


def poor_file_system(kind: str, build_dir: Path) -> dict[str, str]:
    return {"LD_PRELOAD": str(build_dir / "tests/cli/libfailing_calls.so"), "POOR_FILE_SYSTEM": kind}

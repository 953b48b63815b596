"""Runs the programs, and takes their documents and their progress."""

from __future__ import annotations

import json
import logging
import os
import selectors
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Callable, Optional

from ._errors import WheelfixError
from ._program import find_program
from ._read import is_object, read

SCHEMA = 1
logger = logging.getLogger("wheelfix")
logger.addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Progress:
    """How far a run is. A run may do several things, one after the other."""

    activity: str
    """What is being done, like `writing` or `reading torch 2.1.0`."""
    done: int
    """Bytes that are done."""
    total: int
    """Bytes in all; 0 if it isn't known. The last of an activity may have fewer done."""


ProgressCallback = Callable[[Progress], object]


def ask(command: str, arguments: Sequence[str], progress: Optional[ProgressCallback] = None) -> dict[str, Any]:
    """The document that a command prints, like `wheelfix patch`, with `passed`: whether its exit status was 0.

    Raises WheelfixError if it fails, and what `progress` raises, after the program has ended without a result. Its words on stderr
    go to the logger `wheelfix`.
    """
    program, *name = command.split(" ")
    try:
        path = find_program(program)
    except FileNotFoundError as error:
        raise WheelfixError("no-program", program, str(error)) from None
    run = _Run([str(path), *name, "--json"], arguments, progress)
    try:
        run.start()
    except (OSError, ValueError) as error:  # a ValueError is of a word with a NUL
        raise WheelfixError("no-program", str(path), f"can't be started: {error}") from error
    run.finish()
    return _document(run, str(path))


class _Run:
    """A process. Its pipes are read in the thread that called, in which `progress` is called too."""

    def __init__(self, command: list[str], arguments: Sequence[str], progress: Optional[ProgressCallback]) -> None:
        self.command = command
        self.arguments = arguments
        self.progress = progress
        self.stdout = b""
        self.stderr = b""
        self.status = 0

    def start(self) -> None:
        """Raises OSError, or ValueError for a word that no program can be given."""
        self._pipe, inherited = (-1, -1) if self.progress is None else os.pipe()
        kept = () if self.progress is None else (inherited,)
        options = [word for fd in kept for word in ("--progress-fd", str(fd))]
        try:
            self._process = subprocess.Popen(
                [*self.command, *options, *self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=kept,
            )
        except BaseException:
            self._close(self._pipe)
            raise
        finally:
            self._close(inherited)

    def finish(self) -> None:
        with self._process as process:
            try:
                self._read_all()
            except BaseException:
                with suppress(ProcessLookupError):
                    process.send_signal(signal.SIGTERM)
                raise
            finally:
                self._close(self._pipe)
                # What it still has to print has no reader then, so that it can't wait for one.
                assert process.stdout is not None and process.stderr is not None
                process.stdout.close()
                process.stderr.close()
                process.wait()
        self.status = process.returncode

    @staticmethod
    def _close(fd: int) -> None:
        if fd >= 0:
            os.close(fd)

    def _read_all(self) -> None:
        parts: dict[int, list[bytes]] = {}
        assert self._process.stdout is not None and self._process.stderr is not None
        streams = self._process.stdout.fileno(), self._process.stderr.fileno()
        rest = b""
        with selectors.DefaultSelector() as selector:
            for fd in (*streams, self._pipe):
                if fd >= 0:
                    selector.register(fd, selectors.EVENT_READ)
                    parts[fd] = []
            while selector.get_map():
                for key, _ in selector.select():
                    data = os.read(key.fd, 1 << 16)
                    if not data:
                        selector.unregister(key.fd)
                    elif key.fd == self._pipe:
                        rest = self._report(rest + data)
                    else:
                        parts[key.fd].append(data)
        self.stdout, self.stderr = (b"".join(parts[fd]) for fd in streams)

    def _report(self, text: bytes) -> bytes:
        """Reports whole lines, and returns the rest."""
        *lines, rest = text.split(b"\n")
        for line in lines:
            assert self.progress is not None
            self.progress(read(Progress, json.loads(line)))
        return rest


def _document(run: _Run, program: str) -> dict[str, Any]:
    words = run.stderr.decode("utf-8", "replace").strip()
    try:
        parsed = json.loads(run.stdout)
    except (ValueError, RecursionError):  # also of bytes that aren't UTF-8
        parsed = None
    if not is_object(parsed) or not isinstance(parsed.get("schema"), int):
        raise _no_document(run, program, words)
    document, schema = parsed, parsed["schema"]
    if schema > SCHEMA:
        message = f"its JSON is of schema {schema}, and this package reads up to {SCHEMA}"
        raise WheelfixError("newer-schema", program, message, "install the newest wheelfix", run.status)
    if "error" in document:
        error = read(_Error, document["error"])
        raise WheelfixError(error.code, error.subject, error.message, error.hint, run.status)
    if run.status not in (0, 1):
        raise WheelfixError("failed", program, words or f"failed with exit status {run.status}", None, run.status)
    for line in words.splitlines():
        logger.log(logging.WARNING if line.startswith("warning: ") else logging.INFO, "%s", line)
    return {**document, "passed": run.status == 0}


@dataclass(frozen=True)
class _Error:
    code: str
    message: str
    subject: Optional[str] = None
    hint: Optional[str] = None


def _no_document(run: _Run, program: str, words: str) -> WheelfixError:
    if run.status < 0:
        name = signal.Signals(-run.status).name if -run.status in set(signal.Signals) else str(-run.status)
        hint = "is there too little memory? see `dmesg`" if run.status == -signal.SIGKILL else None
        return WheelfixError("killed", program, f"was ended by {name}" + (f": {words}" if words else ""), hint, run.status)
    shown = run.stdout[:80].decode("utf-8", "replace")
    message = f"printed no document that this package can read, but {shown!r}"
    return WheelfixError("no-document", program, message + (f": {words}" if words else ""), "reinstall wheelfix", run.status)

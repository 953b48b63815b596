"""Scenarios of the command line as text: files, commands, and all that these must say.

    Lines before the first section say what the scenario shows.

    === wheel demo-1.0-py3-none-any.whl demo/__init__.py [OPTION...]    a file in a wheel, and the wheel itself
    one
    === rows demo-1.0-py3-none-any.whl                  rows for RECORD, in place of those of their paths
    demo/gone.py,sha256=abc,3
    === file fix.patch [OPTION...]                      a file in the working folder
    --- a/demo/__init__.py
    === $ wheelfix patch -s x.1 demo-1.0-py3-none-any.whl    a command of the shell, in that folder; its stdout
    demo-1.0+x.1-py3-none-any.whl
    === stderr                                          its stderr, if there is to be one
    error: ...
    === exit 3                                          its exit status, if not 0

`{...}` in what is expected stands for anything within a line. Options of files: crlf (its lines end so), no-newline
(its last line isn't ended), 0755 (its mode), unrecorded (RECORD has no row for it), library (an ELF library, told by
lines as in libraries.py), dll and dylib (likewise, as in foreign_images.py). Commands find `wheelfix`, `wheelfix-index`
and `look` (look.py). WHEELFIX_UPDATE_SCENARIOS=1 has the files rewritten with what the commands said.
"""

from __future__ import annotations

import re
import subprocess
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from foreign_images import build_dll, build_dylib
from libraries import build_library
from wheels import File, build_wheel, write_zip

WILDCARD = "{...}"


@dataclass
class Section:
    words: list[str]
    body: str = ""

    def option(self, name: str) -> bool:
        return name in self.words

    @property
    def content(self) -> bytes:
        for kind, build in (("library", build_library), ("dll", build_dll), ("dylib", build_dylib)):
            if self.option(kind):
                return build(self.body)
        text = self.body.removesuffix("\n") if self.option("no-newline") else self.body
        return (text.replace("\n", "\r\n") if self.option("crlf") else text).encode()

    @property
    def mode(self) -> int:
        return 0o755 if self.option("0755") else 0o644


@dataclass
class Command:
    line: str
    stdout: str = ""
    stderr: str = ""
    status: int = 0

    def to_text(self) -> str:
        text = f"=== $ {self.line}\n{self.stdout}"
        text += f"=== stderr\n{self.stderr}" if self.stderr else ""
        return text + (f"=== exit {self.status}\n" if self.status else "")


@dataclass
class Scenario:
    title: str
    steps: list[Section | Command] = field(default_factory=list)

    def to_text(self) -> str:
        return self.title + "".join(
            step.to_text() if isinstance(step, Command) else f"=== {' '.join(step.words)}\n{step.body}"
            for step in self.steps
        )


def parse(text: str) -> Scenario:
    title, *parts = re.split(r"^=== ", text, flags=re.MULTILINE)
    scenario = Scenario(title)
    for part in parts:
        heading, body = part.split("\n", 1)
        kind, _, rest = heading.partition(" ")
        match kind:
            case "$":
                scenario.steps.append(Command(rest, stdout=body))
            case "stderr":
                last_command(scenario).stderr = body
            case "exit":
                last_command(scenario).status = int(rest)
                assert not body, f"text after `exit {rest}`"
            case "wheel" | "rows" | "file":
                scenario.steps.append(Section(heading.split(), body))
            case _:
                raise ValueError(f"unknown section: {heading}")
    return scenario


def last_command(scenario: Scenario) -> Command:
    command = scenario.steps[-1]
    assert isinstance(command, Command), "stderr and exit stand after a command"
    return command


def prepare(scenario: Scenario, folder: Path) -> None:
    """Makes the scenario's files and wheels."""
    wheels: dict[str, list[Section]] = {}
    for step in scenario.steps:
        if isinstance(step, Command):
            continue
        if step.words[0] == "file":
            path = folder / step.words[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(step.content)
            path.chmod(step.mode)
        else:
            wheels.setdefault(step.words[1], []).append(step)
    for name, sections in wheels.items():
        make_wheel(folder / name, sections)


def make_wheel(path: Path, sections: list[Section]) -> None:
    distribution, version, *build, python, abi, platform = path.name.removesuffix(".whl").split("-")
    files = {s.words[2]: File(s.content, s.mode) for s in sections if s.words[0] == "wheel" and len(s.words) > 2}
    build_wheel(
        path.parent, distribution, version, files, tag=f"{python}-{abi}-{platform}", build=build[0] if build else None
    )
    unrecorded = {s.words[2] for s in sections if s.option("unrecorded")}
    rows = [line for s in sections if s.words[0] == "rows" for line in s.body.splitlines()]
    if unrecorded or rows:
        change_record(path, unrecorded, rows)


def change_record(wheel: Path, unrecorded: set[str], rows: list[str]) -> None:
    with zipfile.ZipFile(wheel) as archive:
        entries = {i.filename: File(archive.read(i), i.external_attr >> 16 & 0o777) for i in archive.infolist()}
    record = next(name for name in entries if name.endswith("/RECORD"))
    dropped = unrecorded | {row.split(",")[0] for row in rows}
    kept = [line for line in entries[record].data.decode().splitlines() if line.split(",")[0] not in dropped]
    entries[record] = File("".join(f"{line}\n" for line in [*rows, *kept]))
    write_zip(wheel, entries)


def run(command: Command, folder: Path, environment: dict[str, str]) -> Command:
    """What the command really says."""
    result = subprocess.run(
        ["bash", "-c", command.line],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=300,
    )
    return Command(command.line, text_of(result.stdout), text_of(result.stderr), result.returncode)


def text_of(output: bytes) -> str:
    text = output.decode().replace("\r", "\\r")
    return text if not text or text.endswith("\n") else text + "(no newline)\n"


def agrees(expected: str, actual: str) -> bool:
    pattern = re.escape(expected).replace(re.escape(WILDCARD), "[^\n]*")
    return re.fullmatch(pattern, actual) is not None

"""Shells complete command lines by the scripts of apps/completion. bash, zsh and fish run in a pseudo terminal, in which lines are typed."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "apps/completion"
SHELLS = ["bash", "zsh", "fish"]
START = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "--interactive"],
}
SETUP = {
    "bash": "PS1='ready'; bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; source {scripts}/wheelfix.bash",
    "zsh": "PS1='ready'; unsetopt beep zle_bracketed_paste; bindkey -e; fpath=({scripts} $fpath); autoload -Uz compinit; compinit -u -D",
    "fish": "function fish_prompt; printf ready; end; source {scripts}/wheelfix.fish",
}


class Shell:
    """An interactive shell in a folder. What is typed goes through its line editor."""

    def __init__(self, name: str, folder: Path, environment: dict[str, str]) -> None:
        self.name = name
        pid, self.terminal = pty.fork()
        if pid == 0:
            os.chdir(folder)
            os.execvpe(START[name][0], START[name], environment)
        self.pid = pid
        self.seen = ""
        self.type(SETUP[name].format(scripts=SCRIPTS) + "; printf '%s-%s\\n' set up\n", "set-up")

    def type(self, text: str, expected: str) -> str:
        """What appears until `expected` is there."""
        os.write(self.terminal, text.encode())
        self.seen = ""
        until = time.monotonic() + 20
        while not re.search(expected, self.seen):
            if not select.select([self.terminal], [], [], max(0, until - time.monotonic()))[0]:
                pytest.fail(f"{self.name} shows no {expected!r} for {text!r}:\n{self.seen!r}")
            self.seen += os.read(self.terminal, 65536).decode(errors="replace")
        return self.seen

    def completed(self, line: str) -> list[str]:
        """The words of a line after it is typed and completed: the shell itself prints them."""
        shown = self.type(f"{line}\t\x01printf '<%s>' begin \x05 end\n", r"<begin>((?:<[^\r\n]*>)?)<end>")
        return re.findall(r"<(.*?)>", re.search(r"<begin>(.*)<end>", shown)[1])

    def close(self) -> None:
        os.close(self.terminal)
        os.waitpid(self.pid, 0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("work")
    for name in ["demo-1.0-py3-none-any.whl", "notes.txt", "sub/deeper/a.patch", "fix.patch", "two words-2.0-py3-none-any.whl"]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


@pytest.fixture(scope="module")
def environment(build_dir: Path, folder: Path) -> dict[str, str]:
    programs = os.pathsep.join(str(build_dir / "apps" / name) for name in ["wheelfix", "wheelfix-index"])
    return {"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(folder / "sub"), "TERM": "dumb", "LC_ALL": "C.UTF-8"}


@pytest.fixture(scope="module", params=SHELLS)
def shell(request: pytest.FixtureRequest, folder: Path, environment: dict[str, str]) -> Iterator[Shell]:
    if shutil.which(request.param) is None:
        pytest.fail(f"{request.param} isn't installed: cmake/packages.sh lists it")
    shell = Shell(request.param, folder, environment)
    yield shell
    shell.close()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("wheelfix pat", ["wheelfix", "patch"]),
        ("wheelfix help doc", ["wheelfix", "help", "doctor"]),
        ("wheelfix patch --dry", ["wheelfix", "patch", "--dry-run"]),
        ("wheelfix patch --recipe torch-2", ["wheelfix", "patch", "--recipe", "torch-2.1.0"]),
        ("wheelfix doctor --fail-on w", ["wheelfix", "doctor", "--fail-on", "warning"]),
        ("wheelfix patch --color=al", ["wheelfix", "patch", "--color=always"]),
        ("wheelfix explain record-hash-m", ["wheelfix", "explain", "record-hash-mismatch"]),
        ("wheelfix completion z", ["wheelfix", "completion", "zsh"]),
        ("wheelfix patch d", ["wheelfix", "patch", "demo-1.0-py3-none-any.whl"]),
        ("wheelfix verify ", ["wheelfix", "verify"]),  # two wheels and a folder
        ("wheelfix verify n", ["wheelfix", "verify", "n"]),  # notes.txt isn't a wheel
        ("wheelfix verify two", ["wheelfix", "verify", "two words-2.0-py3-none-any.whl"]),
        ("wheelfix patch --patch f", ["wheelfix", "patch", "--patch", "fix.patch"]),
        ("wheelfix patch --patch-dir s", ["wheelfix", "patch", "--patch-dir", "sub"]),
        ("wheelfix patch --patch-dir sub/d", ["wheelfix", "patch", "--patch-dir", "sub/deeper"]),
        ("wheelfix recipes n", ["wheelfix", "recipes", "n"]),
        ("wheelfix-index --har", ["wheelfix-index", "--hardlink"]),
        ("wheelfix-index s", ["wheelfix-index", "sub"]),
    ],
)
def test_a_line_is_completed(shell: Shell, line: str, words: list[str]) -> None:
    # zsh removes the slash after a folder's name if a space follows.
    assert [word.rstrip("/") for word in shell.completed(line)] == words


def test_fish_lists_what_there_is_with_what_it_means(environment: dict[str, str], folder: Path) -> None:
    command = ["fish", "--no-config", "-c", f"source {SCRIPTS}/wheelfix.fish; complete -C 'wheelfix '"]
    shown = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=True).stdout
    usage = json.loads(asked(environment, "--help", "--json"))
    expected = [f"{command['name']}\t{command['meaning']}" for command in usage["commands"]]
    assert shown.splitlines()[: len(expected)] == expected


def test_the_file_that_a_shell_looks_for_when_wheelfix_index_is_typed_loads_the_other(environment: dict[str, str], tmp_path: Path) -> None:
    for name, source in {"wheelfix": "wheelfix.bash", "wheelfix-index": "wheelfix-index.bash"}.items():
        shutil.copy(SCRIPTS / source, tmp_path / name)
    bash = ["bash", "--norc", "-c", f"source {tmp_path}/wheelfix-index; complete -p wheelfix-index"]
    assert "-F _wheelfix wheelfix-index" in subprocess.run(bash, env=environment, capture_output=True, text=True, check=True).stdout
    fish = ["fish", "--no-config", "-c", f"source {SCRIPTS}/wheelfix-index.fish; complete -C 'wheelfix-index --har'"]
    assert subprocess.run(fish, env=environment, capture_output=True, text=True, check=True).stdout.startswith("--hardlink\t")


def test_each_option_of_each_command_is_offered(environment: dict[str, str]) -> None:
    for command in json.loads(asked(environment, "--help", "--json"))["commands"]:
        options = json.loads(asked(environment, "help", command["name"], "--json"))["options"]
        assert {"--help", "--quiet"} < {option["names"][-1] for option in options}
        kind, *lines = asked(environment, "--complete", command["name"], "-").splitlines()
        assert kind == "none\t"
        assert lines == [f"{option['names'][-1]}\t{option['summary']}" for option in options]
        for option in options:
            for choice in option["choices"]:
                assert choice in option["summary"], "--help names each value"
            offered = asked(environment, "--complete", command["name"], option["names"][-1], "").splitlines()[1:]
            if option["choices"]:
                assert offered == [f"{choice}\t" for choice in option["choices"]]


def test_what_is_known_of_values_and_arguments_is_offered(environment: dict[str, str]) -> None:
    """A new one that --help calls by a new name is either free, or completion.cpp must know it."""
    free = {"BYTES", "FD", "LABEL", "N", "NAME", "T", "URL", "GLOB", "ENTRY", "PACKAGE", "REQUIREMENT", "PORT", "TAG", "TAGS"}
    free |= {"SPECIFIERS", "CLASSIFIER"}
    for command in json.loads(asked(environment, "--help", "--json"))["commands"]:
        document = json.loads(asked(environment, "help", command["name"], "--json"))
        for option in document["options"]:
            if option["value"] and not set(re.findall(r"[A-Z]+", option["value"].split("=")[0])) <= free:
                assert asked(environment, "--complete", command["name"], option["names"][-1], "") != "none\t\n", option
        arguments = re.findall(r"(?<!-)\b[A-Z]{2,}", re.sub(r"--[a-z]+ [A-Z]+|\[OPTION...\]", "", document["arguments"]))
        if not set(arguments) <= free:
            assert asked(environment, "--complete", command["name"], "") != "none\t\n", command


def test_what_is_given_is_not_offered_again_unless_it_is_repeatable(environment: dict[str, str]) -> None:
    again = asked(environment, "--complete", "patch", "--force", "--patch", "a.patch", "--")
    assert "--force\t" not in again
    assert "--patch\t" in again
    assert asked(environment, "--complete", "patch", "--", "--f") == "files\t\n"


def test_the_program_prints_the_scripts(environment: dict[str, str]) -> None:
    for shell, name in zip(SHELLS, ["wheelfix.bash", "_wheelfix", "wheelfix.fish"]):
        assert asked(environment, "completion", shell) == (SCRIPTS / name).read_text()


def asked(environment: dict[str, str], *words: str) -> str:
    return subprocess.run(["wheelfix", *words], env=environment, capture_output=True, text=True, check=True).stdout

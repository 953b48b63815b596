"""pip and uv install patched wheels from the lock files that `wheelfix lock` changed, and from no others.

A project locks `demo` and what it needs from an index that stands for PyPI, by uv and pip-tools, without a network.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from clients import Client
from conftest import PIPS
from wheels import build_wheel

CODE = "IS_PATCHED = False\n"
PATCH = f"--- a/demo/__init__.py\n+++ b/demo/__init__.py\n@@ -1 +1 @@\n-{CODE}+IS_PATCHED = True\n"
TAGS = ["py3-none-any", "cp311-cp311-win_amd64"]
WHOLE = {"demo-2.1.0+fix.5", "dep-1.0", "user-3.0"}


@dataclass(frozen=True)
class Project:
    """A folder with requirements.in, and with `wheels`, which has what wheelfix patched."""

    folder: Path
    index: str  # with what was published
    wheelfix: Callable[..., str]

    @property
    def lock(self) -> Path:
        return self.folder / "requirements.txt"

    @property
    def pylock(self) -> Path:
        return self.folder / "pylock.toml"

    def patch(self, label: str) -> None:
        for wheel in (self.folder.parent / "published").glob("demo-2.1.0-*.whl"):
            words = ["--suffix", label, "--patch", "fix.patch", "--dest-dir", "wheels", wheel]
            self.wheelfix("patch", "--quiet", *words, cwd=self.folder)

    def put_in(self, *words: str) -> str:
        return self.wheelfix("lock", "--wheels", "wheels", *words, cwd=self.folder)

    def compile(self, *command: str | Path) -> None:
        words = ["--generate-hashes", "--index-url", self.index, "--output-file", "requirements.txt", "requirements.in"]
        apart = {"HOME": str(self.folder.parent), "PIP_CONFIG_FILE": os.devnull, "UV_NO_CONFIG": "1"}
        environment = {"PATH": os.environ["PATH"], **apart}
        subprocess.run([*command, "--quiet", *words], cwd=self.folder, env=environment, check=True, capture_output=True)


@pytest.fixture
def project(wheelfix, wheelfix_index, tmp_path: Path) -> Project:
    published, folder = tmp_path / "published", tmp_path / "project"
    for tag in TAGS:
        for version in ["2.1.0", "2.2.0"]:
            build_wheel(published, "demo", version, {"demo/__init__.py": CODE}, tag=tag, requires=["dep"])
    build_wheel(published, "dep", "1.0", {"dep.py": ""})
    build_wheel(published, "user", "3.0", {"user.py": ""}, requires=["demo>=2"])
    wheelfix_index.done(published)
    folder.mkdir()
    (folder / "requirements.in").write_text("demo==2.1.0\nuser\n")
    (folder / "fix.patch").write_text(PATCH)
    made = Project(folder, (published / "simple").as_uri(), wheelfix.done)
    made.patch("fix.5")
    return made


@pytest.fixture(params=["uv", *PIPS])
def client(request: pytest.FixtureRequest, client_of: Callable[[str], Client]) -> Client:
    return client_of(request.param)


def is_patched(site: Path) -> bool:
    return "True" in (site / "demo/__init__.py").read_text()


@pytest.fixture(params=["pip-compile", "uv"])
def compiled(request: pytest.FixtureRequest, project: Project) -> Project:
    words = ["uv", "pip", "compile"] if request.param == "uv" else ["pip-compile", "--strip-extras"]
    project.compile(Path(sys.executable).with_name(words[0]), *words[1:])
    assert project.lock.read_text().count("--hash") == len(TAGS) + 2
    return project


def test_a_requirements_file_with_hashes_installs_the_patched_wheel(
    compiled: Project, client: Client, tmp_path: Path
) -> None:
    """Twice: with newer wheels too. It is given by its path from another folder."""
    old = compiled.lock.read_text()
    assert compiled.put_in("requirements.txt") == "requirements.txt\n"
    options = ["--index-url", compiled.index, "--require-hashes", "-r", compiled.lock]
    assert client.install(tmp_path / "site", *options) == WHOLE
    assert is_patched(tmp_path / "site")
    new = compiled.lock.read_text()
    gone = [line for line in old.splitlines() if line not in new.splitlines()]
    assert [line for line in gone if "2.1.0" not in line and "--hash" not in line] == []

    compiled.patch("fix.6")
    assert compiled.put_in("requirements.txt") == "requirements.txt\n"
    assert client.install(tmp_path / "newer", *options) == {"demo-2.1.0+fix.6", *WHOLE} - {"demo-2.1.0+fix.5"}
    assert compiled.put_in("requirements.txt") == ""


def test_hashes_keep_other_wheels_out(compiled: Project, client: Client, tmp_path: Path) -> None:
    compiled.put_in("requirements.txt")
    build_wheel(compiled.folder / "wheels", "demo", "2.1.0+fix.5", {"demo/__init__.py": "IS_OTHER = True\n"})
    options = ["--index-url", compiled.index, "--require-hashes", "-r", compiled.lock]
    result = client("install", "--target", tmp_path / "site", *options)
    assert result.returncode != 0
    assert "demo" in result.stderr and "hash" in result.stderr.lower()


def test_a_requirements_file_names_an_index(compiled: Project, client: Client, wheelfix_index, tmp_path: Path) -> None:
    index = wheelfix_index.done(compiled.folder / "wheels").removesuffix("\n")
    compiled.put_in("requirements.txt", "--index", Path(index).as_uri())
    options = ["--index-url", compiled.index, "--require-hashes", "-r", compiled.lock]
    assert client.install(tmp_path / "site", *options) == WHOLE


def test_a_file_without_hashes_and_one_that_it_includes(project: Project, client: Client, tmp_path: Path) -> None:
    (project.folder / "more files").mkdir()
    (project.folder / "more files/limits.txt").write_bytes(b"demo==2.1.0\r\ndep==1.0")
    project.lock.write_text("--constraint 'more files/limits.txt'\nuser==3.0 # why\n")
    project.put_in("requirements.txt")
    assert (project.folder / "more files/limits.txt").read_bytes() == b"demo==2.1.0+fix.5\r\ndep==1.0"
    assert client.install(tmp_path / "site", "--index-url", project.index, "-r", project.lock) == WHOLE
    assert is_patched(tmp_path / "site")


def test_a_folder_with_a_space_in_its_name(project: Project, client: Client, tmp_path: Path) -> None:
    project.lock.write_text("demo==2.1.0\n")
    (project.folder / "wheels").rename(project.folder / "my wheels")
    project.wheelfix("lock", "requirements.txt", "--wheels", "my wheels", cwd=project.folder)
    assert client.install(tmp_path / "site", "--index-url", project.index, "-r", project.lock) == WHOLE - {"user-3.0"}


@pytest.fixture(params=["uv", "pip"])
def pylocked(request: pytest.FixtureRequest, project: Project, client_of: Callable[[str], Client]) -> Project:
    if request.param == "uv":
        words = ["--index-url", project.index, "--output-file", project.pylock, "--format", "pylock.toml"]
        client_of("uv").done("compile", "--universal", *words, project.folder / "requirements.in")
    else:
        words = ["--index-url", project.index, "--output", project.pylock]
        client_of("pip-newest").done("lock", *words, "--requirement", project.folder / "requirements.in")
    assert 'version = "2.1.0"' in project.pylock.read_text()
    return project


@pytest.mark.parametrize("name", ["uv", "pip-newest"])
@pytest.mark.parametrize("is_index", [False, True], ids=["folder", "index"])
def test_a_pylock_installs_the_patched_wheel(
    pylocked: Project, name: str, is_index: bool, client_of: Callable[[str], Client], wheelfix_index, tmp_path: Path
) -> None:
    client, words = client_of(name), []
    if is_index:
        words = ["--index", Path(wheelfix_index.done(pylocked.folder / "wheels").removesuffix("\n")).as_uri()]
    pylocked.put_in("pylock.toml", *words)
    assert client.install(tmp_path / "site", "-r", pylocked.pylock) == WHOLE
    assert is_patched(tmp_path / "site")
    assert pylocked.put_in("pylock.toml", *words) == ""

    build_wheel(pylocked.folder / "wheels", "demo", "2.1.0+fix.5", {"demo/__init__.py": "IS_OTHER = True\n"})
    result = client("install", "--target", tmp_path / "other", "--no-cache-dir", "-r", pylocked.pylock)
    assert result.returncode != 0
    assert "sha256" in result.stderr or "size" in result.stderr

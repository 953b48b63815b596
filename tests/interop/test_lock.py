"""pip and uv install patched wheels from the lock files that `wheelfix lock` changed, and from no others.

A project locks `demo` and what it needs from an index that stands for PyPI, by uv and pip-tools, without a network.
"""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
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
            words = ["--overwrite", "--suffix", label, "--patch", "fix.patch", "--dest-dir", "wheels", wheel]
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


@pytest.fixture(params=["uv", "pip-newest"])
def client(request: pytest.FixtureRequest, client_of: Callable[[str], Client]) -> Client:
    return client_of(request.param)


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server_of() -> Iterator[Callable[[Path], str]]:
    """Serves a folder with an index, and gives the index's URL."""
    servers = []

    def serve(folder: Path) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(QuietHandler, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/simple"

    yield serve
    for server in servers:
        server.shutdown()


def is_patched(site: Path) -> bool:
    return "True" in (site / "demo/__init__.py").read_text()


@pytest.fixture(params=["pip-compile", "uv"])
def compiled(request: pytest.FixtureRequest, project: Project) -> Project:
    words = ["uv", "pip", "compile"] if request.param == "uv" else ["pip-compile", "--strip-extras"]
    project.compile(Path(sys.executable).with_name(words[0]), *words[1:])
    assert project.lock.read_text().count("--hash") == len(TAGS) + 2
    return project


@pytest.mark.parametrize("name", ["uv", *PIPS])
def test_a_requirements_file_with_hashes_installs_the_patched_wheel(
    compiled: Project, name: str, client_of: Callable[[str], Client], tmp_path: Path
) -> None:
    """Twice: with newer wheels too. It is given by its path from another folder."""
    client = client_of(name)
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


class UvProject:
    """A project of uv, with pyproject.toml and uv.lock."""

    def __init__(self, project: Project, home: Path) -> None:
        self.folder, self.home = project.folder, home
        index = f'[[tool.uv.index]]\nurl = "{project.index}"\ndefault = true\n'
        project_lines = 'name = "app"\nversion = "0.1"\nrequires-python = ">=3.11,<3.12"\ndependencies = {}'
        self.text = f"[project]\n{project_lines}\n\n{index}"
        self.write('["demo==2.1.0", "user"]')

    def write(self, dependencies: str, more: str = "") -> None:
        (self.folder / "pyproject.toml").write_text(self.text.format(dependencies) + more)

    @property
    def lock(self) -> Path:
        return self.folder / "uv.lock"

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        apart = {"HOME": str(self.home), "UV_PYTHON_DOWNLOADS": "never", "LC_ALL": "C.UTF-8"}
        environment = {"PATH": os.environ["PATH"], **apart}
        command = [Path(sys.executable).with_name("uv"), *words, "--python", sys.executable]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True)

    def done(self, *words: str) -> None:
        result = self(*words)
        assert result.returncode == 0, result.stderr

    def is_patched(self) -> bool:
        return any(map(is_patched, self.folder.glob(".venv/lib/python*/site-packages")))


@pytest.fixture
def uv_project(project: Project, tmp_path: Path) -> UvProject:
    made = UvProject(project, tmp_path)
    made.done("lock")
    assert 'version = "2.1.0"' in made.lock.read_text()
    return made


@pytest.mark.parametrize("place", ["folder", "file index", "HTTP index"])
def test_a_uv_lock_is_kept_and_synced(
    place: str, project: Project, uv_project: UvProject, wheelfix_index, request: pytest.FixtureRequest
) -> None:
    """By the settings that `wheelfix lock` says the project needs, and by --frozen without them."""
    words = []
    if place != "folder":
        index = Path(wheelfix_index.done(project.folder / "wheels").removesuffix("\n"))
        url = index.as_uri() if place == "file index" else request.getfixturevalue("server_of")(index.parent)
        words = ["--index", url]
    (found,) = json.loads(project.put_in("uv.lock", "--json", *words))["files"]
    assert (found["changed"], found["changes"][0]["new_version"]) == (True, "2.1.0+fix.5")
    locked = uv_project.lock.read_bytes()
    uv_project.done("sync", "--frozen")
    assert uv_project.is_patched()
    assert uv_project("lock", "--check").returncode != 0

    uv_project.write('["demo==2.1.0", "user"]', "\n" + found["needed_settings"])
    shutil.rmtree(project.folder / ".venv")
    uv_project.done("lock", "--check")
    uv_project.done("sync", "--locked")
    assert uv_project.is_patched()
    uv_project.done("lock")
    assert uv_project.lock.read_bytes() == locked
    (found,) = json.loads(project.put_in("uv.lock", "--json", *words))["files"]
    assert (found["changed"], found["needed_settings"]) == (False, None)

    project.patch("fix.6")
    if place != "folder":
        wheelfix_index.done(project.folder / "wheels")
    project.put_in("uv.lock", *words)
    uv_project.done("sync", "--locked")
    assert 'version = "2.1.0+fix.6"' in uv_project.lock.read_text()
    # What uv itself makes of it differs in nothing but what it says of a wheel.
    newer = uv_project.lock.read_text()
    uv_project.done("lock", "--upgrade")
    assert without_files(uv_project.lock.read_text()) == without_files(newer)


def without_files(lock: str) -> list[str]:
    """Its lines without hashes and sizes. uv has the wheels of a folder in the order of the file system."""
    return sorted(re.sub(r', hash = "sha256:[0-9a-f]+"|, size = [0-9]+', "", lock).splitlines())


def test_a_uv_lock_keeps_other_wheels_out(project: Project, uv_project: UvProject) -> None:
    project.put_in("uv.lock")
    build_wheel(project.folder / "wheels", "demo", "2.1.0+fix.5", {"demo/__init__.py": "IS_OTHER = True\n"})
    result = uv_project("sync", "--frozen")
    assert result.returncode != 0
    assert "sha256" in result.stderr or "size" in result.stderr


def test_a_package_that_a_project_takes_from_an_index_of_its_own(project: Project, uv_project: UvProject) -> None:
    """As PyTorch's: [tool.uv.sources] names it, and so does uv.lock."""
    own = f'\n[[tool.uv.index]]\nname = "own"\nurl = "{project.index}"\nexplicit = true\n'
    uv_project.write('["demo==2.1.0", "user"]', own + '\n[tool.uv.sources]\ndemo = { index = "own" }\n')
    uv_project.done("lock")
    assert "index = " in uv_project.lock.read_text()
    (found,) = json.loads(project.put_in("uv.lock", "--json"))["files"]
    assert '[tool.uv.sources]\ndemo = { index = "patched" }\n' in found["needed_settings"]
    uv_project.write('["demo==2.1.0", "user"]', own + "\n" + found["needed_settings"])
    uv_project.done("sync", "--locked")
    assert uv_project.is_patched()


def test_a_fork_of_a_uv_lock_is_changed_alone(project: Project, uv_project: UvProject) -> None:
    """Other systems keep another version."""
    forks = """["demo==2.1.0; sys_platform == 'linux'", "demo==2.2.0; sys_platform != 'linux'", "user"]"""
    uv_project.write(forks)
    uv_project.done("lock")
    for label in ["fix.5", "fix.6"]:
        project.patch(label)
        if settings := json.loads(project.put_in("uv.lock", "--json"))["files"][0]["needed_settings"]:
            uv_project.write(forks, "\n" + settings)
        uv_project.done("sync", "--locked")
        lock = uv_project.lock.read_text()
        assert lock.count(f'version = "2.1.0+{label}"') == 3  # the package, and app and user, which depend on it
        assert 'version = "2.1.0"' not in lock and 'version = "2.2.0"' in lock
        assert uv_project.is_patched()


def test_the_lock_of_a_script(project: Project, uv_project: UvProject) -> None:
    script = project.folder / "run.py"
    index = f'# [[tool.uv.index]]\n# url = "{project.index}"\n# default = true\n'
    head = f'# /// script\n# dependencies = ["demo==2.1.0"]\n{index}# ///\n'
    script.write_text(f"{head}import demo\nprint(demo.IS_PATCHED)\n")
    uv_project.done("lock", "--script", "run.py")
    assert project.put_in("run.py.lock") == "run.py.lock\n"
    result = uv_project("run", "--frozen", "run.py")
    assert result.stdout == "True\n", result.stderr

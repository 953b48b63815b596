"""Real wheels, from PyPI; and for the tests of the index a small one, servers for it and clients of it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import clients
import index_folder
import pytest
import servers
from clients import Client
from servers import Server

Download = Callable[[str], Path]
PIPS = {"pip-newest": version("pip"), "pip-22.3": "22.3"}


@pytest.fixture(scope="session")
def published(build_dir: Path) -> Download:
    """Maps a wheel's file name to its path below the build folder, where it stays for the next run."""

    def find(file_name: str) -> Path:
        path = build_dir / "wheels" / file_name
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(dir=path.parent) as scratch:  # another test may want it at the same time
                download(file_name, Path(scratch))
                (Path(scratch) / file_name).replace(path)
        return path

    return find


def download(file_name: str, folder: Path) -> None:
    """Has pip fetch just that wheel, by its name, version and tags."""
    name, version, *_, platform = file_name.removesuffix(".whl").split("-")
    choice = ["--implementation", "cp", "--python-version", "3.11"]
    choice += [word for tag in platform.split(".") for word in ("--platform", tag)]
    options = [
        "--quiet",
        "--disable-pip-version-check",
        "--no-cache-dir",
        "--no-deps",
        "--only-binary=:all:",
        "--dest",
        folder,
    ]
    command = [sys.executable, "-m", "pip", "download", *options, *choice, f"{name}=={version}"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, f"pip can't download {file_name}:\n{result.stderr}"
    assert (folder / file_name).exists(), f"pip downloaded another file than {file_name}:\n{result.stdout}"


@pytest.fixture(scope="session")
def pip_python(published: Download, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Maps a version of pip to the Python of an environment that has nothing else."""
    made: dict[str, Path] = {}

    def find(pip: str) -> Path:
        if pip not in made:
            folder = tmp_path_factory.mktemp(f"pip-{pip}")
            subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
            (site,) = folder.glob("lib/python*/site-packages")
            with zipfile.ZipFile(published(f"pip-{pip}-py3-none-any.whl")) as wheel:
                wheel.extractall(site)
            made[pip] = folder / "bin/python"
        return made[pip]

    return find


@pytest.fixture
def client_of(pip_python: Callable[[str], Path], tmp_path: Path) -> Callable[[str], Client]:
    """Maps `uv` or a key of PIPS to it, with nothing in its cache yet."""

    def make(name: str) -> Client:
        home = tmp_path / f"home-{name}"
        return clients.uv(home) if name == "uv" else clients.pip(pip_python(PIPS[name]), home)

    return make


@pytest.fixture(params=[*PIPS, "uv"])
def client(request: pytest.FixtureRequest, client_of: Callable[[str], Client]) -> Client:
    return client_of(request.param)


@pytest.fixture(params=PIPS)
def pip(request: pytest.FixtureRequest, client_of: Callable[[str], Client]) -> Client:
    return client_of(request.param)


@pytest.fixture(scope="module")
def packages(wheelfix_index, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of index_folder.fill, indexed."""
    folder = index_folder.fill(tmp_path_factory.mktemp("packages"))
    wheelfix_index.done(folder)
    return folder


@pytest.fixture(scope="module")
def nginx(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with servers.nginx(packages, tmp_path_factory.mktemp("nginx")) as server:
        yield server


@pytest.fixture(scope="module")
def caddy(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with servers.caddy(packages, tmp_path_factory.mktemp("caddy")) as server:
        yield server


@pytest.fixture(scope="module")
def own(packages: Path, wheelfix_index, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with servers.own(wheelfix_index, packages, tmp_path_factory.mktemp("own")) as server:
        yield server


@pytest.fixture(params=["nginx", "caddy", "own"])
def server(request: pytest.FixtureRequest) -> Server:
    return request.getfixturevalue(request.param)

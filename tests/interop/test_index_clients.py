"""pip and uv take an index that wheelfix-index made as it is: from a folder, by its URL and its path, and over HTTP
from nginx and Caddy with the configurations that we ship, and from wheelfix-index itself.

They need CPython 3.11 on x86-64 Linux, as on Debian 12.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
import servers
from clients import Client, installed
from index_folder import WHOLE
from servers import Server
from wheels import build_wheel


@pytest.fixture(params=["file URL", "path", "nginx", "caddy", "own"])
def index_url(request: pytest.FixtureRequest, packages: Path) -> str:
    match request.param:
        case "file URL":
            return (packages / "simple").as_uri()
        case "path":
            return str(packages / "simple")
        case name:
            return request.getfixturevalue(name).url


def test_a_local_version_is_installed_with_what_it_requires(client: Client, index_url: str, tmp_path: Path) -> None:
    """And of a project that isn't pinned the newest version for this Python."""
    found = client.install(tmp_path / "site", "--index-url", index_url, "demo==2.1.0+fix.5", "modern")
    assert found == {"modern-1.0", *WHOLE}
    assert (tmp_path / "site/demo/__init__.py").read_text() == "IS_PATCHED = True\n"


def test_a_local_version_is_newer_than_its_public_one(client: Client, nginx: Server, tmp_path: Path) -> None:
    found = client.install(tmp_path / "site", "--index-url", nginx.url, "--no-deps", "demo==2.1.0")
    assert found == {"demo-2.1.0+fix.5"}


def test_sdists_are_built_and_installed(client: Client, nginx: Server, tmp_path: Path) -> None:
    found = client.install(tmp_path / "site", "--index-url", nginx.url, "tarred", "zipped==1.0")
    assert found == {"tarred-1.0", "zipped-1.0"}


def test_pip_lists_the_versions_newest_first(pip: Client, nginx: Server, packages: Path) -> None:
    for url in [nginx.url, (packages / "simple").as_uri()]:
        assert "Available versions: 2.1.0+fix.5, 2.1.0\n" in pip.done("index", "versions", "demo", "--index-url", url)


def test_pip_downloads_the_very_files(pip: Client, nginx: Server, packages: Path, tmp_path: Path) -> None:
    folder = tmp_path / "downloaded"
    pip.done("download", "--index-url", nginx.url, "--dest", folder, "demo==2.1.0+fix.5", "zipped")
    names = sorted(path.name for path in folder.iterdir())
    assert [name.split("-py3")[0].split("-cp3")[0] for name in names] == [
        "demo-2.1.0+fix.5",
        "triton-2.1.0-0",
        "zipped-1.0.zip",
        "zope.interface-7.2",
    ]
    assert all((folder / name).read_bytes() == (packages / name).read_bytes() for name in names)


@pytest.mark.parametrize("kind", ["--symlink", "--hardlink", "--copy"])
def test_files_are_found_however_they_are_linked(
    kind: str, client_of: Callable[[str], Client], packages: Path, wheelfix_index, tmp_path: Path
) -> None:
    index = tmp_path / "simple"
    wheelfix_index.done("--output", index, kind, packages)
    with servers.nginx(tmp_path, scratch(tmp_path)) as server:
        for i, url in enumerate([server.url, index.as_uri()]):
            assert client_of("uv").install(tmp_path / f"site{i}", "--index-url", url, "demo==2.1.0+fix.5") == WHOLE


def test_an_index_beside_another_gives_what_that_lacks(
    client: Client, nginx: Server, wheelfix_index, tmp_path: Path
) -> None:
    build_wheel(tmp_path / "other", "extra", "1.0", {"extra.py": ""}, requires=["demo"])
    wheelfix_index.done(tmp_path / "other")
    urls = ["--index-url", (tmp_path / "other/simple").as_uri(), "--extra-index-url", nginx.url]
    assert client.install(tmp_path / "site", *urls, "extra") == {"extra-1.0", *WHOLE}


def test_a_changed_index_is_seen_at_once(client: Client, wheelfix_index, tmp_path: Path) -> None:
    """Though clients keep pages in their caches."""
    folder = tmp_path / "packages"
    with servers.nginx(folder, scratch(tmp_path)) as server:
        for version in ["1.0", "1.1"]:
            build_wheel(folder, "demo", version, {"demo.py": ""})
            wheelfix_index.done(folder)
            for url in [server.url, (folder / "simple").as_uri()]:
                site = tmp_path / version / url[:4]
                assert client.install(site, "--index-url", url, "demo") == {f"demo-{version}"}


def test_a_lock_file_with_hashes_is_made_and_kept_to(
    client: Client, client_of: Callable[[str], Client], nginx: Server, packages: Path, tmp_path: Path
) -> None:
    """The hashes are those of the files, and the lock file names the index for whoever reads it."""
    (tmp_path / "requirements.in").write_text("demo==2.1.0+fix.5\n")
    lock = tmp_path / "requirements.txt"
    words = ["--no-header", "--no-annotate", "--generate-hashes", "--emit-index-url", "--output-file", lock]
    client_of("uv").done("compile", "--index-url", nginx.url, *words, tmp_path / "requirements.in")
    files = ["demo-2.1.0+fix.5-*", "triton-*", "zope.interface-*"]
    digests = [hashlib.sha256(next(packages.glob(name)).read_bytes()).hexdigest() for name in files]
    pins = ["demo==2.1.0+fix.5", "triton==2.1.0", "zope-interface==7.2"]
    pinned = "".join(f"{pin} \\\n    --hash=sha256:{digest}\n" for pin, digest in zip(pins, digests, strict=True))
    assert lock.read_text() == f"--index-url {nginx.url}\n\n{pinned}"
    assert client.install(tmp_path / "site", "--require-hashes", "-r", lock) == WHOLE


def test_a_file_is_installed_by_its_url(client: Client, packages: Path, tmp_path: Path) -> None:
    line = file_line(packages)
    (tmp_path / "right.txt").write_text(line)
    (tmp_path / "wrong.txt").write_text(line[:-4] + "beef")
    options = ["--no-deps", "--requirement"]
    assert client.install(tmp_path / "site", *options, tmp_path / "right.txt") == {"demo-2.1.0+fix.5"}
    wrong = client("install", "--target", tmp_path / "other", *options, tmp_path / "wrong.txt")
    assert wrong.returncode != 0
    assert installed(tmp_path / "other") == set()


@pytest.mark.parametrize("is_file", [False, True], ids=["by its version", "by its URL"])
def test_pip_fetches_a_wheel_as_rules_python_has_it_do(
    pip: Client, is_file: bool, packages: Path, tmp_path: Path
) -> None:
    """Where Bazel doesn't download by itself: `pip wheel` of one line, run in the folder that the wheel gets to."""
    line = file_line(packages)
    version_line = f"demo==2.1.0+fix.5 {line[line.index('--hash') :]}"
    (tmp_path / "line.txt").write_text(line if is_file else version_line)
    options = ["--no-deps", "--index-url", (packages / "simple").as_uri(), "-r", tmp_path / "line.txt"]
    pip.done("wheel", "--isolated", *options)
    assert [path.name for path in pip.home.glob("*.whl")] == ["demo-2.1.0+fix.5-py3-none-any.whl"]


def file_line(folder: Path) -> str:
    """A line of a requirements file that points straight at a wheel."""
    wheel = next(folder.glob("demo-2.1.0+*.whl"))
    return f"demo @ {wheel.as_uri()} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}"


def scratch(folder: Path) -> Path:
    (folder / "nginx").mkdir()
    return folder / "nginx"

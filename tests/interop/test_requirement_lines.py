"""pip and uv install from the files that --requirements and --constraints write, and take no other wheel."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from clients import Client
from wheels import File, build_wheel

PATCHED = "1.0+fix.1"


@pytest.fixture
def folder(wheelfix, tmp_path: Path) -> Path:
    """demo and its patched wheel, app that requires demo, and the two files."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    source = build_wheel(folder, "demo", "1.0", {"demo/__init__.py": File(b"")})
    build_wheel(folder, "app", "1.0", {"app.py": File(b"")}, requires=["demo>=1.0"])
    files = ("--requirements", folder / "requirements.txt", "--constraints", folder / "constraints.txt")
    wheelfix.done("patch", "--suffix", "fix.1", *files, "--dest-dir", folder, source)
    return folder


def links(folder: Path) -> tuple[str | Path, ...]:
    return ("--no-index", "--find-links", folder)


def test_requirements_install_the_new_wheel_with_hashes_required(client: Client, folder: Path, tmp_path: Path) -> None:
    required = ("--require-hashes", "-r", folder / "requirements.txt")
    assert client.install(tmp_path / "site", *links(folder), *required) == {f"demo-{PATCHED}"}


def test_another_wheel_of_the_version_is_refused(client: Client, folder: Path, tmp_path: Path) -> None:
    (new,) = folder.glob("demo-1.0+*.whl")
    new.unlink()
    build_wheel(folder, "demo", PATCHED, {"demo/__init__.py": File(b"evil = True\n")})
    result = client("install", "--target", tmp_path / "site", *links(folder), "-r", folder / "requirements.txt")
    assert result.returncode != 0
    assert "hash" in (result.stdout + result.stderr).lower()


def test_constraints_choose_the_new_wheel_for_what_requires_it(client: Client, folder: Path, tmp_path: Path) -> None:
    choice = ("app", "--constraint", folder / "constraints.txt")
    assert client.install(tmp_path / "site", *links(folder), *choice) == {"app-1.0", f"demo-{PATCHED}"}


def test_an_index_of_the_wheels_serves_them(wheelfix_index, client_of, folder: Path, tmp_path: Path) -> None:
    wheelfix_index.done(folder)
    index = ("--index-url", (folder / "simple").as_uri())
    required = ("--require-hashes", "-r", folder / "requirements.txt")
    assert client_of("uv").install(tmp_path / "site", *index, *required) == {f"demo-{PATCHED}"}


def test_json_has_the_hash(wheelfix, folder: Path) -> None:
    options = ("--overwrite", "--json", "--dest-dir", folder)
    printed = wheelfix.done("patch", "--quiet", "--suffix", "fix.1", *options, folder / "demo-1.0-py3-none-any.whl")
    (wheel,) = json.loads(printed)["wheels"]
    assert wheel["sha256"] == hashlib.sha256(Path(wheel["output"]).read_bytes()).hexdigest()

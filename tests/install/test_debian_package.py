"""The Debian package that cpack makes of this build has what is installed, where Debian has it. tests/real/debian_package.py installs the released one."""

from __future__ import annotations

import gzip
import io
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

EPOCH = 1_700_000_000


def make_package(build_dir: Path, folder: Path) -> Path:
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(EPOCH)}
    result = subprocess.run(["cpack", "-G", "DEB", "-D", "CPACK_DEBIAN_COMPRESSION_TYPE=gzip", "-B", folder], cwd=build_dir, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    (package,) = folder.glob("*.deb")
    return package


@pytest.fixture(scope="module")
def package(build_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_package(build_dir, tmp_path_factory.mktemp("package"))


@pytest.fixture(scope="module")
def files(package: Path) -> dict[str, tarfile.TarInfo]:
    tar = subprocess.run(["dpkg-deb", "--fsys-tarfile", package], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        return {item.name.removeprefix("./"): item for item in archive}


def field(package: Path, name: str) -> str:
    return subprocess.run(["dpkg-deb", "--field", package, name], capture_output=True, text=True, check=True).stdout.strip()


def test_it_has_what_is_installed_for_programs(files: dict[str, tarfile.TarInfo], build_dir: Path, tmp_path: Path) -> None:
    subprocess.run(["cmake", "--install", build_dir, "--prefix", tmp_path, "--component", "programs"], capture_output=True, check=True)
    installed = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    moved = {re.sub(r"(man1/.*)", r"\1.gz", name).replace("zsh/site-functions", "zsh/vendor-completions") for name in installed}
    own = {f"share/doc/wheelfix/{name}" for name in ["copyright", "changelog.gz"]}
    assert {name.removeprefix("usr/") for name, item in files.items() if item.isfile()} == moved | own
    assert {"bin/wheelfix", "bin/wheelfix-index", "share/wheelfix/patches/torch-2.1.0/wheelfix.toml", "share/man/man1/wheelfix-patch.1.gz"} <= moved


def test_all_is_roots_and_writable_for_root_alone(files: dict[str, tarfile.TarInfo]) -> None:
    for name, item in files.items():
        is_program = item.isdir() or "/bin/" in name or "/libexec/" in name
        assert (item.uid, item.gid, item.mode & 0o7777, item.mtime) == (0, 0, 0o755 if is_program else 0o644, EPOCH), name


def test_it_says_what_it_needs(package: Path) -> None:
    assert field(package, "Package") == "wheelfix"
    if shutil.which("dpkg-shlibdeps"):
        assert re.search(r"\blibc6 \(>= ", field(package, "Depends"))
    assert " ." in field(package, "Description").splitlines()


def test_the_same_build_gives_the_same_bytes(package: Path, build_dir: Path, tmp_path: Path) -> None:
    assert make_package(build_dir, tmp_path).read_bytes() == package.read_bytes()


def test_pages_are_compressed_without_names_and_times(package: Path, files: dict[str, tarfile.TarInfo], tmp_path: Path) -> None:
    subprocess.run(["dpkg-deb", "-x", package, tmp_path], check=True)
    for name in files:
        if name.endswith(".gz"):
            content = (tmp_path / name).read_bytes()
            assert (content[3], content[4:8]) == (0, b"\0\0\0\0"), "neither name nor time"
            assert gzip.decompress(content)

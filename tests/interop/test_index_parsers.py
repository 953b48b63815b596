"""Parsers of simple indexes, Poetry's and pypi-simple's, of HTML and of JSON, read of each file what the file is."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from email.parser import Parser
from html.parser import HTMLParser
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename
from packaging.version import Version
from servers import Server
from wheels import build_wheel

FOLDER = Path(__file__).parent
REQUIREMENTS = FOLDER / "parsers_requirements.txt"
# Fields that pages in HTML have not, or that Poetry keeps to itself.
ONLY_IN_JSON = {"size", "time"}


@pytest.fixture(scope="session")
def read_index(build_dir: Path) -> Callable[..., dict]:
    """Runs read_index.py in an environment below the build folder, where it stays for the next run."""
    environment = build_dir / "venv-parsers"
    stamp = environment / REQUIREMENTS.name
    if not stamp.exists() or stamp.read_bytes() != REQUIREMENTS.read_bytes():
        subprocess.run([sys.executable, "-m", "venv", "--clear", environment], check=True)
        pip = [environment / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--no-deps", "--requirement", REQUIREMENTS], check=True)
        stamp.write_bytes(REQUIREMENTS.read_bytes())

    def read(*words: str) -> dict:
        outside = {"PATH": os.environ["PATH"], "HOME": str(environment)}
        command = [environment / "bin/python", FOLDER / "read_index.py", *words]
        result = subprocess.run(command, env=outside, capture_output=True, text=True, timeout=120)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    return read


@pytest.mark.parametrize("parser", ["pypi-simple-html", "pypi-simple-json", "poetry-html", "poetry-json"])
def test_parsers_read_what_the_files_are(
    parser: str, read_index: Callable[..., dict], nginx: Server, packages: Path
) -> None:
    expected = projects(packages, nginx.url)
    read = read_index(parser, nginx.url, *expected)
    for project, files in read.items():
        files = sorted(files, key=lambda file: file["file"])
        fields = [set(file) for file in files]
        assert all(ONLY_IN_JSON <= some for some in fields) == (parser == "pypi-simple-json")
        assert files == [
            {name: value for name, value in file.items() if name in some}
            for file, some in zip(expected[project], fields, strict=True)
        ]
    assert read.keys() == expected.keys()


def test_poetry_reads_what_a_wheel_requires_from_the_file_beside_it(
    read_index: Callable[..., dict], nginx: Server
) -> None:
    before = len(nginx.requests())
    assert read_index("poetry-package", nginx.url, "demo", "2.1.0+fix.5") == {
        "requires": ["triton (==2.1.0)", "zope-interface (>=7)"],
        "files": ["demo-2.1.0+fix.5-py3-none-any.whl"],
    }
    asked = [request["path"] for request in nginx.requests()[before:]]
    assert not any(path.endswith(".whl") for path in asked)
    assert any(path.endswith(".whl.metadata") for path in asked)


def test_pages_list_all_projects_and_files(packages: Path) -> None:
    pages = {page.parent.name: anchors(page) for page in packages.glob("simple/*/index.html")}
    files = {name: [file["file"] for file in files] for name, files in projects(packages, "").items()}
    assert {name: sorted(names) for name, names in pages.items()} == files
    assert anchors(packages / "simple/index.html") == sorted(files)


def test_the_newest_version_comes_first(wheelfix_index, tmp_path: Path) -> None:
    text = "1.0 1.0.dev1 1.0a2 1.0rc1 1.0rc1.dev2 1.0.post1 1!0.5 1.10 1.9 2.0 2.0+x.9 2.0+x.10 2.0+x 2.0+1 2.0.post0"
    for version in text.split():
        build_wheel(tmp_path, "demo", version, {"demo.py": ""})
    wheelfix_index.done(tmp_path)
    listed = [str(name_and_version(name)[1]) for name in anchors(tmp_path / "simple/demo/index.html")]
    assert listed == sorted(text.split(), key=Version, reverse=True)


def projects(folder: Path, url: str) -> dict[str, list[dict]]:
    """What there is to say of the files in a folder, by project, sorted by their names."""
    found: dict[str, list[dict]] = {}
    for path in sorted(path for path in folder.iterdir() if path.suffix in {".whl", ".gz", ".zip"}):
        name, version = name_and_version(path.name)
        metadata = wheel_metadata(path) if path.suffix == ".whl" else None
        found.setdefault(name, []).append(
            {
                "file": path.name,
                "url": f"{url}/{name}/{path.name.replace('+', '%2B')}",
                "project": re.split("-[0-9]", path.name)[0],
                "version": str(version),
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                "metadata": hashlib.sha256(metadata).hexdigest() if metadata else None,
                "python": Parser().parsestr(metadata.decode())["Requires-Python"] if metadata else None,
                "yanked": False,
                "size": path.stat().st_size,
                "time": pytest.approx(path.stat().st_mtime, abs=2e-6),  # microseconds, cut off, and a float of the file's time
            }
        )
    return found


def name_and_version(file_name: str) -> tuple[str, Version]:
    parse = parse_wheel_filename if file_name.endswith(".whl") else parse_sdist_filename
    name, version, *_ = parse(file_name)
    assert name == canonicalize_name(name)
    return name, version


def wheel_metadata(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return archive.read(name)


def anchors(page: Path) -> list[str]:
    """The texts of a page's links."""

    reader = AnchorReader()
    reader.feed(page.read_text())
    return reader.texts


class AnchorReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._is_inside = False

    def handle_starttag(self, tag: str, _) -> None:
        self._is_inside = tag == "a"

    def handle_data(self, data: str) -> None:
        if self._is_inside:
            self.texts.append(data)
        self._is_inside = False

"""What `set-metadata` makes of METADATA, beside Python's email and packaging, and what pip and uv make of the new wheels."""

from __future__ import annotations

import json
import random
import sysconfig
import zipfile
from pathlib import Path

import pytest
from clients import Client
from metadata_truth import Edit, add, compare, differences, documents, headers, metadata_of, wheel_with
from packaging.requirements import Requirement
from wheels import build_wheel

INSTALLED = list(documents(Path(sysconfig.get_path("purelib"))))
OLD = b"""Metadata-Version: 2.0\r
Name: old.name\r
Version: 1.0\r
Classifier: Topic :: Utilities\r
Requires-Dist: other (>=1.0,\r
        <2)\r
Requires-Dist: dep [x] (>=1.0) ; python_version >= '3'\r
Keywords: one,\r
 two\r
\r
Requires-Dist: body\r
"""


def written(wheelfix, wheel: Path, *words: str, version: str | None = None) -> Path:
    """The new wheel, in place of the old one or beside it."""
    suffix = ["--suffix", version] if version else []
    return Path(wheelfix.done("set-metadata", "--quiet", *words, *suffix, "-d", wheel.parent / "out", wheel).removesuffix("\n"))


def test_edits_of_published_metadata_are_what_packaging_makes_of_them(wheelfix, tmp_path: Path) -> None:
    assert len(INSTALLED) > 40
    wrong = []
    for number, (place, text) in enumerate(INSTALLED):
        folder = tmp_path / str(number)
        wrong += [f"{place}: {problem}" for problem in compare(wheelfix.program, text, place.rpartition("site-packages/")[2], folder)]
    assert wrong == []


@pytest.mark.parametrize("text", [OLD, OLD.replace(b"\r\n", b"\n"), OLD.replace(b"\r\n", b"\r")], ids=["crlf", "lf", "cr"])
def test_line_endings_and_folded_lines_stay(wheelfix, tmp_path: Path, text: bytes) -> None:
    edit = Edit(requires=headers(text)["requires-dist"], classifiers=headers(text)["classifier"], extras=[])
    edit.requires[0], edit.words = "other>=3", ["--replace-requires", "Other>=3"]
    edit.added, edit.removed = 1, 2
    add(random.Random(1), edit)
    new = metadata_of(written(wheelfix, wheel_with(tmp_path, text), *edit.words))
    assert differences(text, new, edit) == []
    ending = text[text.index(b"2.0") + 3 :].partition(b"Name")[0]
    assert new.split(ending).count(b" two") == 1
    assert not set(new.replace(ending, b"")) & {10, 13}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """app, which can't be installed with the dep that there is, and is for no Python."""
    links = tmp_path / "links"
    for version in ("1.0", "2.0"):
        build_wheel(links, "dep", version, {"dep.py": f"version = {version}\n"})
    build_wheel(links, "more", "1.0", {"more.py": "\n"})
    requires = ["dep>=3", "not-there; python_version > '3'", "not_there2; extra == 'x'"]
    build_wheel(tmp_path, "app", "1.0", {"app.py": "import dep\n"}, requires=requires, requires_python=">=99")
    return tmp_path


def links(folder: Path) -> tuple[str | Path, ...]:
    return ("--no-index", "--find-links", folder / "links")


def test_pip_and_uv_install_what_the_new_wheel_requires(wheelfix, client: Client, folder: Path) -> None:
    app = folder / "app-1.0-py3-none-any.whl"
    assert client("install", "--dry-run", "--target", folder / "none", *links(folder), app).returncode != 0
    words = ["--replace-requires", "dep<2", "--remove-requires", "Not.There", "--requires-python", ">=3.8", "--remove-requires", "not-there2"]
    new = written(wheelfix, app, *words, "--add-requires", "more; extra == 'all'")
    assert client.install(folder / "plain", *links(folder), new) == {"app-1.0", "dep-1.0"}
    assert client.install(folder / "extra", *links(folder), f"{new}[all]") == {"app-1.0", "dep-1.0", "more-1.0"}


def test_pip_and_uv_do_not_install_for_another_python(wheelfix, client: Client, folder: Path) -> None:
    new = written(wheelfix, folder / "links/more-1.0-py3-none-any.whl", "--requires-python", ">=3.99")
    result = client("install", "--dry-run", "--target", folder / "none", "--no-index", "--find-links", new.parent, "more")
    assert result.returncode != 0
    assert "Python" in result.stdout + result.stderr


def test_a_suffix_makes_a_wheel_that_is_chosen_by_its_version(wheelfix, client: Client, folder: Path) -> None:
    source = folder / "links/more-1.0-py3-none-any.whl"
    new = written(wheelfix, source, "--add-requires", "dep==1.0", version="fix.1")
    new.rename(folder / "links" / new.name)
    assert client.install(folder / "site", *links(folder), "more==1.0+fix.1") == {"more-1.0+fix.1", "dep-1.0"}


def test_what_is_required_of_old_metadata_is_read_by_pip_and_uv(wheelfix, client: Client, folder: Path) -> None:
    """As the warning says."""
    text = b"Metadata-Version: 1.1\nName: old\nVersion: 1.0\n\n"
    result = wheelfix("set-metadata", "--add-requires", "dep; extra == 'x'", "-d", folder / "out", wheel_with(folder, text))
    assert result.stderr.count("installers read it, and PyPI refuses it") == 2
    assert client.install(folder / "site", *links(folder), f"{folder / 'out/old-1.0-py3-none-any.whl'}[x]") == {"old-1.0", "dep-2.0"}


def test_json_says_what_is_changed(wheelfix, folder: Path) -> None:
    app = folder / "app-1.0-py3-none-any.whl"
    words = ["--replace-requires", "dep<2", "--add-requires", "more @ https://x/more.whl", "-d", folder / "out"]
    document = json.loads(wheelfix.done("set-metadata", "--json", *words, app))
    assert document["headers"] == [
        {"header": "Requires-Dist", "before": "dep>=3", "after": "dep<2"},
        {"header": "Requires-Dist", "before": None, "after": "more @ https://x/more.whl"},
    ]
    assert len(document["warnings"]) == 1
    with zipfile.ZipFile(document["wheels"][0]["output"]) as wheel:
        requires = headers(wheel.read("app-1.0.dist-info/METADATA"))["requires-dist"]
    assert [str(Requirement(text)) for text in requires][:1] == ["dep<2"]

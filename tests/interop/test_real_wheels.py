"""Real wheels from PyPI, patched: what did not change is the same to the bit, and installers take the result.

They need CPython 3.11 on x86-64 Linux, as on Debian 12.
"""

from __future__ import annotations

import csv
import difflib
import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from archives import Archive, RawEntry, unpadded
from installers import INSTALLERS, Installer, pip


@dataclass(frozen=True)
class Sample:
    """A wheel, what to change in it, and what shows that the result works once it is installed."""

    file: str
    edited: str  # a text file that gets one more line
    code: str  # for python -c
    scripts: tuple[str, ...] = ()  # installed in bin/
    data: tuple[str, ...] = ()  # installed elsewhere below the prefix
    local: str = "wheelfix.1"

    @property
    def distribution(self) -> str:
        return self.file.split("-")[0]

    @property
    def version(self) -> str:
        return self.file.split("-")[1]

    @property
    def output(self) -> str:
        return self.file.replace(f"-{self.version}-", f"-{self.version}+{self.local}-")

    def renamed(self, path: str) -> str:
        """The path that an entry has in the patched wheel."""
        stem = f"{self.distribution}-{self.version}"
        return re.sub(rf"^{re.escape(stem)}\.(dist-info|data)/", rf"{stem}+{self.local}.\1/", path)

    @property
    def changed(self) -> set[str]:
        """The source's paths of the entries whose content changes."""
        info = f"{self.distribution}-{self.version}.dist-info"
        return {self.edited, f"{info}/METADATA", f"{info}/RECORD"}


LINUX = "manylinux_2_17_x86_64.manylinux2014_x86_64"
SAMPLES = {
    "pure": Sample("six-1.17.0-py2.py3-none-any.whl", "six.py", "import six; six.moves"),
    "extension-modules": Sample(
        f"MarkupSafe-3.0.2-cp311-cp311-{LINUX}.whl",
        "markupsafe/__init__.py",
        "import markupsafe._speedups; print(markupsafe.escape('<'))",
    ),
    "entry-points": Sample(
        f"numpy-2.2.6-cp311-cp311-{LINUX}.whl",
        "numpy/__init__.py",
        "import numpy; numpy.linalg.inv(numpy.eye(3))",
        scripts=("f2py", "numpy-config"),
    ),
    "scripts-and-licenses": Sample(
        f"ruff-0.12.0-py3-none-{LINUX}.whl", "ruff/__main__.py", "import ruff.__main__", scripts=("ruff",)
    ),
    "build-tag": Sample(
        "triton-2.1.0-0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
        "triton/tools/disasm.py",
        # Its package as a whole wants torch; this is its library, and the edited module.
        "import sys; sys.path += [f'{p}/triton/{d}' for p in sys.path for d in ('_C', 'tools')]; "
        "import libtriton, disasm",
    ),
    "many-entries": Sample(
        "plotly-5.18.0-py3-none-any.whl",
        "plotly/__init__.py",
        "import plotly",
        data=("etc/jupyter/nbconfig/notebook.d/jupyterlab-plotly.json",),
    ),
    "dotted-name": Sample(
        f"zope.interface-7.2-cp311-cp311-manylinux_2_5_x86_64.manylinux1_x86_64.{LINUX}.whl",
        "zope/interface/__init__.py",
        "import zope.interface._zope_interface_coptimizations",
    ),
}


@dataclass(frozen=True)
class Patched:
    sample: Sample
    source: Path
    path: Path

    @property
    def dist_info(self) -> str:
        return f"{self.sample.distribution}-{self.sample.version}+{self.sample.local}.dist-info"


@pytest.fixture(scope="module", params=SAMPLES.values(), ids=SAMPLES)
def patched(request: pytest.FixtureRequest, wheelfix, published, tmp_path_factory: pytest.TempPathFactory) -> Patched:
    sample: Sample = request.param
    folder = tmp_path_factory.mktemp("patched")
    source = published(sample.file)
    (folder / "one-line.patch").write_bytes(one_line_patch(source, sample.edited))
    path = wheelfix.patch("-s", sample.local, "--patch", folder / "one-line.patch", "-d", folder, source)
    assert path == folder / sample.output
    return Patched(sample, source, path)


def one_line_patch(wheel: Path, entry: str) -> bytes:
    lines = read(wheel, entry).splitlines(keepends=True)
    assert lines[-1].endswith(b"\n")
    names = [f"a/{entry}".encode(), f"b/{entry}".encode()]
    return b"".join(difflib.diff_bytes(difflib.unified_diff, lines, [*lines, b"# Patched by a test.\n"], *names))


def read(wheel: Path, entry: str) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(entry)


# ---------------------------------------------------------------------------------------------------------- the archive


def test_unchanged_entries_are_the_same_to_the_bit(patched: Patched) -> None:
    sample, before, after = patched.sample, Archive(patched.source), Archive(patched.path)
    for path, entry in before.entries.items():
        if path in sample.changed:
            continue
        twin = after.entries[sample.renamed(path)]
        assert as_copied(twin) == as_copied(entry)
        if twin.path == path:
            assert unpadded(twin) == unpadded(entry)


def as_copied(entry: RawEntry) -> tuple[object, ...]:
    """All that a new name leaves unchanged."""
    return entry.data, entry.descriptor, entry.header._replace(offset=0, name_size=0), entry.extra, entry.comment


def test_the_new_archive_holds_the_same_entries_with_dist_info_last(patched: Patched) -> None:
    sample, before, after = patched.sample, Archive(patched.source), Archive(patched.path)
    names = [sample.renamed(path) for path in before.entries]
    names.sort(key=lambda name: (name.startswith(f"{patched.dist_info}/"), name == f"{patched.dist_info}/RECORD"))
    assert list(after.entries) == names
    assert not after.gaps


def test_rows_of_unchanged_entries_keep_their_text_and_place(patched: Patched) -> None:
    sample = patched.sample
    before = read(patched.source, f"{sample.distribution}-{sample.version}.dist-info/RECORD").decode()
    after = read(patched.path, f"{patched.dist_info}/RECORD").decode()
    old_rows, new_rows = before.splitlines(keepends=True), after.splitlines(keepends=True)
    assert len(old_rows) == len(new_rows)
    for old, new in zip(old_rows, new_rows, strict=True):
        (old_fields,), (new_fields,) = csv.reader([old]), csv.reader([new])
        path = old_fields[0]
        assert new_fields[0] == sample.renamed(path)
        assert old.endswith("\r\n") == new.endswith("\r\n")
        if path not in sample.changed:
            assert new_fields[1:] == old_fields[1:]
            assert path != new_fields[0] or new == old


def test_the_changed_entries_are_what_was_asked_for(patched: Patched) -> None:
    sample = patched.sample
    assert read(patched.path, sample.edited) == read(patched.source, sample.edited) + b"# Patched by a test.\n"
    info = f"{sample.distribution}-{sample.version}.dist-info"
    old, new = f"\nVersion: {sample.version}", f"\nVersion: {sample.version}+{sample.local}"
    metadata = read(patched.source, f"{info}/METADATA").decode().replace(old, new, 1)
    assert read(patched.path, f"{patched.dist_info}/METADATA").decode() == metadata


def test_verify_finds_nothing_that_the_source_had_not(wheelfix, patched: Patched) -> None:
    source, result = (json.loads(wheelfix.done("verify", "--json", wheel)) for wheel in (patched.source, patched.path))
    assert not [finding for finding in result["findings"] if finding["severity"] == "error"]
    codes = {finding["code"] for finding in source["findings"]}
    assert {finding["code"] for finding in result["findings"]} <= codes - {"entry-order"}


# ----------------------------------------------------------------------------------------------------------- installers


@pytest.mark.parametrize("tool", INSTALLERS, ids=lambda tool: tool.__name__)
def test_it_installs_and_works(
    tool: Installer, patched: Patched, tmp_path: Path
) -> None:
    sample, prefix = patched.sample, tmp_path / "prefix"
    run(tool(patched.path, prefix))
    (site,) = prefix.glob("lib*/python3*/site-packages")
    assert [path.name for path in site.glob("*.dist-info")] == [patched.dist_info]
    assert not list(site.glob("*.data"))
    for script in sample.scripts:
        assert os.access(prefix / "bin" / script, os.X_OK)
    for path in sample.data:
        assert (prefix / path).is_file()
    version = f"import importlib.metadata as m; print(m.version('{sample.distribution}'))"
    assert python(f"{version}; {sample.code}", site).startswith(f"{sample.version}+{sample.local}\n")


def test_installed_scripts_run(wheelfix, published, tmp_path: Path) -> None:
    for key, script, words in [
        ("scripts-and-licenses", "ruff", "ruff 0.12.0\n"),
        ("entry-points", "numpy-config", "2.2.6\n"),
    ]:
        sample = SAMPLES[key]
        wheel = wheelfix.patch("-s", "x.1", "-d", tmp_path / key, published(sample.file))
        run(pip(wheel, tmp_path / key))
        (site,) = (tmp_path / key).glob("lib*/python3*/site-packages")
        assert run([tmp_path / key / "bin" / script, "--version"], PYTHONPATH=str(site)) == words


# ---------------------------------------------------------------------------------------------------------- other tools


def test_wheel_unpacks_it(patched: Patched, tmp_path: Path) -> None:
    run([sys.executable, "-m", "wheel", "unpack", "--dest", tmp_path, patched.path])
    (folder,) = tmp_path.iterdir()
    assert folder.name == f"{patched.sample.distribution}-{patched.sample.version}+{patched.sample.local}"
    assert (folder / patched.sample.edited).read_bytes().endswith(b"# Patched by a test.\n")


def test_check_wheel_contents_finds_nothing_that_the_source_had_not(patched: Patched) -> None:
    assert complaints(patched.path) <= complaints(patched.source)


def complaints(wheel: Path) -> set[str]:
    """The codes that check-wheel-contents prints for a wheel."""
    command = [Path(sys.executable).parent / "check-wheel-contents", "--no-config", wheel]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode in (0, 1) and not result.stderr, result.stderr
    return set(re.findall(r": (W\d+): ", result.stdout))


def test_a_patched_wheel_is_patched_again(wheelfix, patched: Patched, tmp_path: Path) -> None:
    again = wheelfix.patch("-s", "again", "-d", tmp_path, patched.path)
    sample = patched.sample
    label = f"{sample.version}+{sample.local}.again"
    assert again.name == sample.file.replace(f"-{sample.version}-", f"-{label}-")
    wheelfix.done("verify", again)
    before, after = Archive(patched.path), Archive(again)
    mapping = {path: path.replace(f"+{sample.local}.", f"+{sample.local}.again.", 1) for path in before.entries}
    untouched = [path for path, new in mapping.items() if path == new]
    assert list(after.entries) == list(mapping.values())
    assert all(unpadded(after.entries[path]) == unpadded(before.entries[path]) for path in untouched)


def test_the_made_diff_gives_the_same_wheel_on_any_number_of_threads(
    wheelfix, patched: Patched, tmp_path: Path
) -> None:
    made = tmp_path / "made.patch"
    wheelfix.done("diff", "-o", made, patched.source, patched.path)
    for jobs in ("1", "2"):
        words = ["-s", patched.sample.local, "--patch", made, "--jobs", jobs, "-d", tmp_path / jobs, patched.source]
        assert wheelfix.patch(*words).read_bytes() == patched.path.read_bytes()


def test_the_samples_are_what_they_are_there_for(published) -> None:
    wheels = {key: published(sample.file) for key, sample in SAMPLES.items()}
    names = {key: Archive(wheel).entries.keys() for key, wheel in wheels.items()}
    assert len(names["many-entries"]) > 10_000
    assert any(name.endswith(".so") for name in names["extension-modules"])
    assert "numpy-2.2.6.dist-info/entry_points.txt" in names["entry-points"]
    assert {"ruff-0.12.0.data/scripts/ruff", "ruff-0.12.0.dist-info/licenses/LICENSE"} <= names["scripts-and-licenses"]
    assert b"\r\n" in read(wheels["extension-modules"], "MarkupSafe-3.0.2.dist-info/RECORD")
    assert sum(wheel.stat().st_size for wheel in wheels.values()) < 300_000_000


def python(code: str, site: Path) -> str:
    return run([sys.executable, "-S", "-c", code], PYTHONPATH=str(site), PYTHONDONTWRITEBYTECODE="1")


def run(command: list[str | Path], **environment: str) -> str:
    result = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)
    assert result.returncode == 0, f"{command}\n{(result.stdout + result.stderr)[-4000:]}"
    return result.stdout

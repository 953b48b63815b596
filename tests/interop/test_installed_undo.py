"""What was changed of installed packages and is undone, with another version, or in a prefix of conda: all is as before."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from environments import check, demo, install, libraries, make_environment, patch, snapshot


def test_undo_brings_back_what_was_installed_whatever_came_between(
    wheelfix, libraries: list[Path], tmp_path: Path
) -> None:
    """Edits in places, edits of these, and then all of a file's content."""
    environment = make_environment(tmp_path, libraries)
    before = snapshot(environment.folder)
    words = ["--env", environment.folder, "--package", "app", "--force"]
    for path in ("$ORIGIN/../one", "$ORIGIN/../one:$ORIGIN/" + "x" * 5000, "$ORIGIN/../two"):
        wheelfix.done("patch", *words, "--set-rpath", f"*={path}")
        wheelfix.done("patch", *words, "--add-needed", f"*=lib{len(path)}.so")
        check(environment)
    assert "as wheelfix left it" in wheelfix.done("status", "--env", environment.folder)
    wheelfix.done("undo", "--env", environment.folder)
    assert snapshot(environment.folder) == before
    (tmp_path / "empty").touch()
    wheelfix.done("patch", *words, "--set-rpath", "*=$ORIGIN/../one")
    wheelfix.done("patch", *words, "--remove", "app/_C.so")
    wheelfix.done("patch", *words, "--add", f"app/_C.so={tmp_path / 'empty'}")
    check(environment)
    wheelfix.done("undo", "--env", environment.folder)
    assert snapshot(environment.folder) == before


def test_undo_refuses_what_was_changed_since(wheelfix, demo: Path, patch: Path, tmp_path: Path) -> None:
    environment = make_environment(tmp_path, [demo])
    before = snapshot(environment.folder)
    wheelfix.done("patch", "--env", environment.folder, "--package", "demo", "--patch", patch)
    file = environment.site / "demo/__init__.py"
    file.write_text("VALUE = 3\n")
    patched = snapshot(environment.folder)
    status = wheelfix("status", "--env", environment.folder)
    assert status.returncode == 1
    assert "demo 1.0: not as wheelfix left it\n" in status.stdout
    refused = wheelfix("undo", "--env", environment.folder)
    assert refused.returncode == 3
    assert "it was changed after wheelfix changed it" in refused.stderr
    assert snapshot(environment.folder) == patched
    wheelfix.done("undo", "--env", environment.folder, "--force")
    assert snapshot(environment.folder) == before


@pytest.mark.parametrize("installer", ["pip", "uv-hardlink"])
def test_what_is_installed_again_is_as_published(wheelfix, demo: Path, patch: Path, installer: str, tmp_path: Path) -> None:
    environment = install(demo, installer, tmp_path)
    words = ["patch", "--env", environment.folder, "--package", "demo", "--patch", patch]
    wheelfix.done(*words)
    if installer == "pip":
        environment.pip("install", "--quiet", "--no-index", "--force-reinstall", demo)
    else:
        environment.uv_pip("install", "--no-index", "--reinstall", demo)
    assert wheelfix.done("status", "--env", environment.folder) == ""
    assert [path for path in environment.site.rglob("*") if "wheelfix" in path.name] == []
    assert environment.run("import demo; print(demo.VALUE)") == "1"
    wheelfix.done(*words)
    check(environment)


def test_a_suffix_gives_the_package_another_version(wheelfix, demo: Path, patch: Path, tmp_path: Path) -> None:
    environment = make_environment(tmp_path, [demo])
    before, cache = snapshot(environment.folder), environment.cached()
    words = ["patch", "--env", environment.folder, "--package", "demo", "--suffix"]
    assert wheelfix.done(*words, "x.1", "--patch", patch) == "demo 1.0+x.1\n"
    assert [path.name for path in environment.site.glob("*.dist-info")] == ["demo-1.0+x.1.dist-info"]
    check(environment)
    assert "1.0+x.1" in environment.uv_pip("list").split("\ndemo")[1]
    assert "1.0+x.1" in environment.run("import importlib.metadata as m; print(m.version('demo'))")
    assert "demo 1.0+x.1: as wheelfix left it\n" in wheelfix.done("status", "--env", environment.folder)
    once = snapshot(environment.folder)
    assert wheelfix.done(*words, "x.2", "--replace-local", "--remove", "demo/old/*") == "demo 1.0+x.2\n"
    check(environment)
    assert wheelfix.done("undo", "--env", environment.folder) == "demo 1.0\n"
    assert snapshot(environment.folder) == before
    assert environment.cached() == cache
    wheelfix.done(*words, "x.1", "--patch", patch)
    assert snapshot(environment.folder).keys() == once.keys()
    environment.uv_pip("uninstall", "demo")
    assert [path for path in environment.site.rglob("*") if "demo" in path.name] == []


def test_repair_with_a_suffix_renames_what_it_changes_alone(wheelfix, libraries: list[Path], tmp_path: Path) -> None:
    environment = make_environment(tmp_path, libraries)
    before = snapshot(environment.folder)
    assert wheelfix.done("repair", "--env", environment.folder, "-s", "r") == "app 1.0+r\none 1.0+r\n"
    assert environment.run("import app._C; print(app._C.value)") == str(len("libone.so"))
    assert {path.name for path in environment.site.glob("*.dist-info")} == {
        "app-1.0+r.dist-info",
        "one-1.0+r.dist-info",
        "two-1.0.dist-info",
    }
    check(environment)
    assert wheelfix.done("undo", "--env", environment.folder) == "app 1.0\none 1.0\n"
    assert snapshot(environment.folder) == before


def conda_faults(prefix: Path, record: Path) -> list[str]:
    """What conda's list of a package says that isn't so."""
    document = json.loads(record.read_text())
    items = {item["_path"]: item for item in document["paths_data"]["paths"]}
    faults = [path for path in items if not (prefix / path).exists()]
    faults += [] if sorted(items) == sorted(document["files"]) else ["the lists differ"]
    for path, item in items.items():
        content = (prefix / path).read_bytes()
        state = (hashlib.sha256(content).hexdigest(), len(content))
        if "sha256_in_prefix" in item and (item["sha256_in_prefix"], item["size_in_bytes"]) != state:
            faults.append(path)
    return faults


@pytest.mark.parametrize("has_metadata", [True, False])
def test_condas_list_of_files_is_right(wheelfix, demo: Path, patch: Path, has_metadata: bool, tmp_path: Path) -> None:
    """A prefix of conda, whose packages may have no dist-info."""
    prefix = tmp_path / "prefix"
    site = prefix / "lib/python3.11/site-packages"
    shutil.unpack_archive(demo, site, "zip")
    if not has_metadata:
        shutil.rmtree(site / "demo-1.0.dist-info")
    files = sorted(str(path.relative_to(prefix)) for path in site.rglob("*") if path.is_file())
    paths = [
        {
            "_path": path,
            "path_type": "hardlink",
            "sha256": hashlib.sha256((prefix / path).read_bytes()).hexdigest(),
            "sha256_in_prefix": hashlib.sha256((prefix / path).read_bytes()).hexdigest(),
            "size_in_bytes": (prefix / path).stat().st_size,
        }
        for path in files
    ]
    record = prefix / "conda-meta/demo-1.0-0.json"
    record.parent.mkdir()
    document = {"build": "0", "files": files, "name": "demo", "paths_data": {"paths": paths}, "version": "1.0"}
    record.write_text(json.dumps(document, indent=2, sort_keys=True))
    (prefix / "conda-meta/other-1.0-0.json").write_text(json.dumps({"name": "other", "version": "1.0", "files": []}))
    assert conda_faults(prefix, record) == []
    before = snapshot(prefix)
    words = ["--env", prefix, "--package", "demo", "--remove", "demo/old/*", "--add", f"demo/new={patch}"]
    assert wheelfix.done("patch", *words, "--patch", patch) == "demo 1.0\n"
    assert conda_faults(prefix, record) == []
    assert sorted(json.loads(record.read_text())["files"]) == sorted(
        str(path.relative_to(prefix)) for path in site.rglob("*") if path.is_file()
    )
    assert wheelfix.done("status", "--env", prefix).startswith("demo 1.0: as wheelfix left it\n")
    assert "note: changed by wheelfix: demo 1.0; " in wheelfix("doctor", "--env", prefix).stdout
    wheelfix.done("undo", "--env", prefix)
    assert snapshot(prefix) == before
    assert "wheelfix" not in wheelfix("doctor", "--env", prefix).stdout

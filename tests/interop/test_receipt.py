"""Receipts are in-toto statements with SLSA provenance, as in-toto's own classes read them, and true."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from google.protobuf import json_format
from in_toto_attestation.predicates.provenance.v1.provenance_pb2 import Provenance
from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor
from in_toto_attestation.v1.statement import Statement
from in_toto_attestation.v1.statement_pb2 import Statement as StatementText
from libraries import build_library
from wheels import File, build_wheel

PATCH = "--- a/demo/__init__.py\n+++ b/demo/__init__.py\n@@ -1 +1 @@\n-one\n+ONE\n"


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_receipt(path: Path) -> tuple[StatementText, Provenance]:
    """Both messages refuse keys that they don't know."""
    statement = json_format.Parse(path.read_text(), StatementText())
    Statement.copy_from_pb(statement).validate()
    provenance = json_format.ParseDict(json_format.MessageToDict(statement.predicate), Provenance())
    for item in [*statement.subject, *provenance.build_definition.resolved_dependencies]:
        ResourceDescriptor.copy_from_pb(item).validate()
    return statement, provenance


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A wheel, and a patch folder for it."""
    build_wheel(tmp_path, "demo", "1.0", {"demo/__init__.py": "one\n", "demo/other.py": "two\n"})
    (tmp_path / "fix").mkdir()
    (tmp_path / "fix/fix.patch").write_text(PATCH)
    (tmp_path / "fix/wheelfix.toml").write_text('wheel = "demo"\n[[patch]]\nfile = "fix.patch"\n')
    (tmp_path / "new.txt").write_text("new\n")
    return tmp_path


def patch(wheelfix, folder: Path, *words: str) -> Path:
    options = ["--suffix", "fix.1", "--patch-dir", "fix/", "--add", "demo/new.txt=./new.txt", *words]
    wheelfix.done("patch", *options, "-d", "out", "--receipt", "out/receipt.json", "demo-1.0-py3-none-any.whl", cwd=folder)
    return folder / "out/receipt.json"


def test_a_receipt_names_the_wheel_its_source_and_what_it_was_made_with(wheelfix, folder: Path) -> None:
    statement, provenance = read_receipt(patch(wheelfix, folder))
    (subject,) = statement.subject
    assert subject.name == "demo-1.0+fix.1-py3-none-any.whl"
    assert subject.digest["sha256"] == sha256(folder / "out" / subject.name)
    build = provenance.build_definition
    sources = ["demo-1.0-py3-none-any.whl", "fix/wheelfix.toml", "fix/fix.patch", "new.txt"]
    assert [(item.name, item.digest["sha256"]) for item in build.resolved_dependencies] == [
        (Path(name).name, sha256(folder / name)) for name in sources
    ]
    assert json_format.MessageToDict(build.external_parameters) == {
        "command": "patch",
        "options": [
            {"name": "suffix", "value": "fix.1"},
            {"name": "patch-dir", "value": "fix"},
            {"name": "add", "value": "demo/new.txt=new.txt"},
        ],
    }
    version = wheelfix.done("--version").split()[1]
    assert provenance.run_details.builder.version["wheelfix"] == version


def test_each_subject_has_its_source_and_changes(wheelfix, folder: Path) -> None:
    statement, _ = read_receipt(patch(wheelfix, folder))
    notes = json_format.MessageToDict(statement.subject[0].annotations)
    source = folder / "demo-1.0-py3-none-any.whl"
    assert notes["source"] == {"name": source.name, "digest": {"sha256": sha256(source)}}
    info = "demo-1.0+fix.1.dist-info"
    assert {(change["path"], change["how"]) for change in notes["changed"]} == {
        ("demo/__init__.py", "patched"),
        ("demo/new.txt", "added"),
        (f"{info}/METADATA", "patched"),
        (f"{info}/METADATA", "renamed"),
        (f"{info}/WHEEL", "renamed"),
        (f"{info}/RECORD", "renamed"),
        (f"{info}/RECORD", "record"),
    }


def test_the_same_input_in_another_folder_gives_the_same_receipt(wheelfix, folder: Path, tmp_path: Path) -> None:
    first = patch(wheelfix, folder).read_bytes()
    other = tmp_path / "elsewhere/deeper"
    shutil.copytree(folder, other, ignore=shutil.ignore_patterns("out", "elsewhere"))
    assert patch(wheelfix, other, "--jobs", "1").read_bytes() == first
    assert str(tmp_path).encode() not in first


def test_the_environment_that_sets_times_is_named(wheelfix, folder: Path) -> None:
    words = ["--suffix", "x", "--receipt", "r.json", "demo-1.0-py3-none-any.whl"]
    wheelfix.done("patch", *words, cwd=folder, env={"SOURCE_DATE_EPOCH": "1000000000"})
    _, provenance = read_receipt(folder / "r.json")
    parameters = json_format.MessageToDict(provenance.build_definition.external_parameters)
    assert parameters["environment"] == {"SOURCE_DATE_EPOCH": 1000000000}


def test_repair_names_all_wheels_of_the_set(wheelfix, tmp_path: Path) -> None:
    """A subject for each wheel that changes; the others are dependencies too."""
    tag = "cp311-cp311-manylinux_2_17_x86_64"
    app = File(build_library("needed libone.so\n"), 0o755)
    one = File(build_library("soname libone.so\n"), 0o755)
    build_wheel(tmp_path, "app", "1.0", {"app/_core.so": app}, tag=tag, requires=["one"])
    build_wheel(tmp_path, "one", "1.0", {"one/libone.so": one}, tag=tag)
    wheels = sorted(path.name for path in tmp_path.glob("*.whl"))
    options = ["--layout", "split", "-s", "x.1", "-d", "out", "--receipt", "out/receipt.json"]
    wheelfix.done("repair", *options, *wheels, cwd=tmp_path)
    statement, provenance = read_receipt(tmp_path / "out/receipt.json")
    assert [item.name for item in statement.subject] == [f"app-1.0+x.1-{tag}.whl"]
    found = {item.name: item.digest["sha256"] for item in provenance.build_definition.resolved_dependencies}
    assert found == {name: sha256(tmp_path / name) for name in wheels}
    changed = json.loads(json_format.MessageToJson(statement.subject[0].annotations))["changed"]
    assert {"path": "app/_core.so", "how": "rpath"} in changed

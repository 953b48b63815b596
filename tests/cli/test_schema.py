"""What scenarios print with --json is as the schemas describe it, key by key, and the Python package reads each key. test_scenarios.py proves that
the programs print it."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import json_schemas
import pytest
import scenario
from json_schemas import APPS
from jsonschema import Draft202012Validator

sys.path.insert(0, str(APPS / "python"))
import wheelfix as package
from wheelfix._checks import _Explanations, _Inspection, _Recipes
from wheelfix._read import read

SCENARIOS = sorted(Path(__file__).parent.glob("scenarios/*.txt"))
RUN = re.compile(r"\b(?:wheelfix (?P<command>[a-z-]+)|(?P<index>wheelfix-index))\b[^|;&]*--json\b")
WILD_VALUE = re.compile(r"(?<=: )\{\.\.\.\}")


def documents(text: str) -> list[Any]:
    """The documents that a text begins with. Text that something else printed, or that is only a part of one, has none."""
    found, decoder = [], json.JSONDecoder()
    while text.startswith("{"):
        try:
            document, end = decoder.raw_decode(text)
        except json.JSONDecodeError:
            break
        found.append(document)
        text = text[end:].lstrip()
    return found


def printed() -> list[tuple[str, str, Any]]:
    """Scenario, command and document."""
    found = []
    for path in SCENARIOS:
        for step in scenario.parse(path.read_text()).steps:
            if not isinstance(step, scenario.Command):
                continue
            names = [match["command"] or match["index"] for match in RUN.finditer(step.line)]
            shown = documents(WILD_VALUE.sub("0", step.stdout))
            found += [(path.stem, name, document) for name, document in zip(names, shown)]
    return found


PRINTED = printed()


@pytest.mark.parametrize(("name", "command", "document"), PRINTED, ids=[f"{p[0]}-{p[1]}" for p in PRINTED])
def test_what_is_printed_is_described(name: str, command: str, document: Any) -> None:
    there_is = f"{command}.json" in json_schemas.FILES
    assert there_is or "error" in document
    json_schemas.check(command if there_is else "verify", document)
    assert next(iter(document)) == "schema"


def kind_of(command: str, document: Any) -> type:
    """The class of what the package's function returns."""
    match command:
        case "patch" | "repair" | "apply" | "undo":
            kinds = {"grafted": package.GraftedWheels, "wheels": package.PatchedWheels, "libraries": package.PatchedLibraries}
            return next((kind for key, kind in kinds.items() if key in document), package.InstalledChanges)
        case "doctor":
            kinds = {"versions": package.Comparison, "wheels": package.Policies}
            return next((kind for key, kind in kinds.items() if key in document), package.Examination)
    return {
        "commit": package.CommittedFolder,
        "diff": package.Patch,
        "edit": package.EditFolder,
        "explain": _Explanations,
        "inspect": _Inspection,
        "delta": package.Delta,
        "join": package.Joined,
        "unpack": package.Unpacked,
        "lock": package.Locked,
        "recipes": _Recipes,
        "retag": package.RewrittenWheel,
        "set-metadata": package.RewrittenMetadata,
        "set-version": package.RewrittenWheel,
        "status": package.Status,
        "verify": package.Verification,
        "wheelfix-index": package.Index,
    }[command]


def is_whole(document: Any, found: Any) -> bool:
    """Whether all that is in the document is in the object."""
    if isinstance(document, dict):
        return all(hasattr(found, key) and is_whole(value, getattr(found, key)) for key, value in document.items())
    if isinstance(document, list):
        return len(document) == len(found) and all(map(is_whole, document, found))
    return document == (str(found) if isinstance(found, Path) else found)


@pytest.mark.parametrize(("name", "command", "document"), PRINTED, ids=[f"{p[0]}-{p[1]}" for p in PRINTED])
def test_the_python_package_reads_each_key(name: str, command: str, document: Any) -> None:
    if "error" in document:
        pytest.skip("test_python_failures.py has errors")
    if command == "help":
        pytest.skip("it is for man pages")
    added = {"passed": True, **({"patch": b""} if command == "diff" else {})}
    found = read(kind_of(command, document), {**document, **added})
    assert is_whole({key: value for key, value in document.items() if key != "schema"}, found)


def test_each_command_with_json_has_a_schema_and_a_document() -> None:
    sources = [*APPS.glob("wheelfix/command_*.cpp"), APPS / "wheelfix-index/main.cpp"]
    commands = {
        "wheelfix-index" if path.stem == "main" else path.stem.removeprefix("command_").replace("_", "-")
        for path in sources
        if "add_json()" in path.read_text() or path.stem == "command_patch"  # which adds it in patch_options.cpp
    }
    assert {f"{name}.json" for name in commands} | {"common.json", "help.json", "progress.json"} == set(json_schemas.FILES)
    assert {command for _, command, document in PRINTED if "error" not in document} == commands | {"help"}


def test_schemas_are_well_formed_and_describe_each_key() -> None:
    for name in json_schemas.FILES:
        schema = json_schemas.load(name)
        Draft202012Validator.check_schema(schema)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        for part in json_schemas.objects_of(schema):
            assert "additionalProperties" not in part, f"{name}: a reader may meet newer keys"
            assert set(part["required"]) <= set(part["properties"])
            for key, value in part["properties"].items():
                assert "description" in value or "$ref" in value, f"{name}: {key} isn't described"


def test_each_key_is_printed_somewhere() -> None:
    shown = [
        (f"{command}.json", document) for _, command, document in PRINTED if f"{command}.json" in json_schemas.FILES
    ]
    seen = {
        place
        for file, document in [*shown, *(("progress.json", line) for line in progress())]
        for place in json_schemas.used(file, document)
    }
    assert json_schemas.described() - seen == set()


def test_all_codes_of_errors_are_described() -> None:
    source = (APPS / "common/run_app.cpp").read_text()
    codes = set(re.findall(r'return "([a-z-]+)";|"code": "([a-z-]+)"|"(io|internal)"\);', source))
    described = json_schemas.load("common.json")["$defs"]["error"]["properties"]["code"]["anyOf"]
    assert {"".join(code) for code in codes} == {choice["const"] for choice in described}


def progress() -> list[Any]:
    steps = scenario.parse((Path(__file__).parent / "scenarios/progress_fd.txt").read_text()).steps
    lines = [line for step in steps if isinstance(step, scenario.Command) for line in step.stdout.splitlines()]
    return [json.loads(re.sub(r"\{\.\.\.\}", "0", line)) for line in lines if line.startswith("{")]


def test_progress_is_described() -> None:
    assert progress()
    for line in progress():
        json_schemas.check("progress", line)

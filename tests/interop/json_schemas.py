"""The schemas of apps/*/schema, read strictly: no key may be printed that they don't describe."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

APPS = Path(__file__).resolve().parents[2] / "apps"
FILES = {path.name: path for path in sorted(APPS.glob("*/schema/*.json"))}


@cache
def load(name: str) -> dict[str, Any]:
    schema = json.loads(FILES[name].read_text())
    assert isinstance(schema, dict)
    return schema


def objects_of(schema: Any) -> list[dict[str, Any]]:
    """All schemas of objects with keys that are in a schema."""
    if isinstance(schema, list):
        return [found for part in schema for found in objects_of(part)]
    if not isinstance(schema, dict):
        return []
    own = [schema] if isinstance(schema.get("properties"), dict) else []
    return own + [found for part in schema.values() for found in objects_of(part)]


def strict(schema: dict[str, Any]) -> dict[str, Any]:
    """The same, but nothing else may be in an object. Readers may meet a newer wheelfix, which has more keys."""
    changed = copy.deepcopy(schema)
    for part in objects_of(changed):
        part["additionalProperties"] = False
    return changed


@cache
def registry() -> Registry[Any]:
    empty: Registry[Any] = Registry()
    return empty.with_resources([(name, Resource.from_contents(strict(load(name)))) for name in FILES])


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": name}, registry=registry())


def described() -> set[tuple[str, str]]:
    """File and place of each key that the schemas describe in words of their own."""

    def keys_in(pointer: str, schema: Any) -> set[str]:
        if isinstance(schema, list):
            return {key for i, part in enumerate(schema) for key in keys_in(f"{pointer}/{i}", part)}
        if not isinstance(schema, dict):
            return set()
        own = schema["properties"] if isinstance(schema.get("properties"), dict) else {}
        found = {f"{pointer}/properties/{key}" for key, value in own.items() if "$ref" not in value}
        return found | {key for name, part in schema.items() for key in keys_in(f"{pointer}/{name}", part)}

    return {(name, key) for name in FILES for key in keys_in("", load(name))}


def used(name: str, value: Any, pointer: str = "") -> set[tuple[str, str]]:
    """File and place of each key that a value has, by its schema."""
    schema: Any = load(name)
    for part in pointer.split("/")[1:]:
        schema = schema[int(part) if isinstance(schema, list) else part]
    found = {(name, pointer)}
    if "$ref" in schema:
        file, _, place = schema["$ref"].partition("#")
        found |= used(file or name, value, place)
    if "if" in schema:
        found |= used(name, value, f"{pointer}/{'then' if 'error' in value else 'else'}")
    for number in range(len(schema.get("anyOf", []))):
        choice = f"{pointer}/anyOf/{number}"
        if Draft202012Validator({"$ref": f"{name}#{choice}"}, registry=registry()).is_valid(value):
            found |= used(name, value, choice)
    if isinstance(value, dict):
        for key, part in value.items():
            if key in schema.get("properties", {}):
                found |= used(name, part, f"{pointer}/properties/{key}")
    if isinstance(value, list) and "items" in schema:
        for part in value:
            found |= used(name, part, f"{pointer}/items")
    return found


def check(name: str, document: Any) -> None:
    """Whether a command's document is as its schema says. `name` is that of the command."""
    validator(f"{name}.json").validate(document)

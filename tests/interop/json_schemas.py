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
def validator(name: str) -> Draft202012Validator:
    resources = [(other, Resource.from_contents(strict(load(other)))) for other in FILES]
    registry: Registry[Any] = Registry().with_resources(resources)
    return Draft202012Validator({"$ref": name}, registry=registry)


def check(name: str, document: Any) -> None:
    """Whether a command's document is as its schema says. `name` is that of the command."""
    validator(f"{name}.json").validate(document)

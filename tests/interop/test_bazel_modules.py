"""What only newer Bazels than Debian's load, the module extension and its wheels as repositories of rules_python, is run by a Starlark
interpreter: which repositories it makes, with which attributes. Its builtins are stand-ins that note what they are called with.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import starlark

RULES = Path(__file__).resolve().parents[2] / "apps/bazel"
# A value of these is what it was called with. `Label` stands for itself.
BUILTINS = """
attr = struct(bool = made("bool"), int = made("int"), label = made("label"), label_list = made("label_list"), string = made("string"),
    string_list = made("string_list"))

def Label(text):
    return text

def module_extension(**kwargs):
    return kwargs

def tag_class(**kwargs):
    return kwargs
"""
DRIVER = """
load("//:extensions.bzl", "wheelfix")

def tag(kind, values):
    defaults = {"label": None, "label_list": [], "string": "", "string_list": [], "bool": False}
    attrs = wheelfix["tag_classes"][kind]["attrs"]
    for name in values:
        if name not in attrs:
            fail("no attribute %s" % name)
    made = {}
    for name, schema in attrs.items():
        if schema["mandatory"] and name not in values:
            fail("missing attribute %s" % name)
        default = schema["default"] if schema["default"] != None else defaults[schema["kind"]]
        made[name] = values.get(name, default)
    return struct(**made)

def module(name, is_root, programs, wheels):
    tags = struct(programs = [tag("programs", each) for each in programs], wheel = [tag("wheel", each) for each in wheels])
    return struct(name = name, is_root = is_root, tags = tags)

wheelfix["implementation"](struct(modules = [module(**each) for each in modules()]))
"""
PROGRAMS = {
    "sha256": "1" * 64,
    "strip_prefix": "wheelfix-0.1.0-linux-x86_64",
    "urls": ["https://mirror.example/wheelfix.tar.gz"],
}
TORCH = {
    "hub": "@@rules_python++pip+pypi//:requirements.bzl",
    "name": "torch",
    "patches": ["@@//:torch.patch"],
    "requirement": "torch==2.1.0+cu121",
    "sha256": "2" * 64,
    "suffix": "fix.1",
    "urls": ["https://mirror.example/torch-2.1.0%2Bcu121-cp311-cp311-linux_x86_64.whl"],
}


def run(*modules: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The repositories that the extension makes of these modules, each with its rule and its attributes."""
    made: dict[str, dict[str, Any]] = {}
    files: dict[str, starlark.FrozenModule] = {}
    names = starlark.Globals.extended_by([starlark.LibraryExtension.StructType, starlark.LibraryExtension.Json])

    def repository(rule: str, attributes: dict[str, Any]) -> None:
        name = attributes.pop("name")
        assert name not in made
        made[name] = {"rule": rule, **attributes}

    def evaluate(label: str, text: str) -> starlark.Module:
        module = starlark.Module()
        module.add_callable("note_repository", repository)
        module.add_callable("modules", lambda: list(modules))
        # Each file has the builtins, and rules that note which repositories are made.
        own = [line for line in BUILTIN_RULES.splitlines() if line]
        ast = starlark.parse(label, "\n".join(own) + BUILTINS + text, dialect())
        starlark.eval(module, ast, names, starlark.FileLoader(load))
        return module

    def load(label: str) -> starlark.FrozenModule:
        if label not in files:
            if label.startswith("@rules_python//"):
                text = 'whl_library = repository_rule_named("whl_library")\n'
            else:
                text = named_rules((RULES / label.removeprefix("//").removeprefix(":").replace(":", "/")).read_text())
            files[label] = evaluate(label, text).freeze()
        return files[label]

    evaluate("driver", DRIVER)
    return made


BUILTIN_RULES = """
def made(kind):
    def make(doc = "", default = None, mandatory = False, **kwargs):
        return {"kind": kind, "default": default, "mandatory": mandatory}
    return make
def repository_rule_named(rule, attrs = None, **kwargs):
    def call(name, **values):
        for key in values:
            if attrs != None and key not in attrs:
                fail("%s: no attribute %s" % (rule, key))
        note_repository(rule, dict(name = name, **values))
    return call
"""


def named_rules(text: str) -> str:
    """A rule of Bazel knows the name of the variable that it is given to."""
    lines = text.splitlines()
    return "\n".join(
        (
            line.replace("= repository_rule(", f'= repository_rule_named("{line.split(" ")[0]}",')
            if "= repository_rule(" in line
            else line
        )
        for line in lines
    )


def dialect() -> starlark.Dialect:
    return starlark.Dialect.extended()


def test_a_wheel_is_changed_and_given_to_rules_python() -> None:
    made = run({"name": "app", "is_root": True, "programs": [PROGRAMS], "wheels": [TORCH]})
    assert made == {
        "wheelfix_python": {"rule": "wheelfix_python", "py_info": "@rules_python//python:py_info.bzl"},
        "wheelfix_linux_x86_64": {"rule": "wheelfix_programs", **PROGRAMS},
        "torch_wheel": {
            "rule": "wheelfix_wheel_repository",
            "patches": TORCH["patches"],
            "program": "@wheelfix_linux_x86_64//:release/bin/wheelfix",
            "sha256": TORCH["sha256"],
            "suffix": "fix.1",
            "urls": TORCH["urls"],
        },
        "torch": {
            "rule": "whl_library",
            "dep_template": "@@rules_python++pip+pypi//{name}:{target}",
            "requirement": "torch==2.1.0+cu121",
            "whl_file": "@torch_wheel//:torch-2.1.0+cu121.fix.1-cp311-cp311-linux_x86_64.whl",
        },
    }


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        (
            [{"name": "app", "is_root": True, "programs": [], "wheels": [TORCH]}],
            "app: wheel torch: there is no program: the root module names it",
        ),
        (
            [
                {"name": "app", "is_root": True, "programs": [PROGRAMS], "wheels": [TORCH]},
                {"name": "lib", "is_root": False, "programs": [], "wheels": [TORCH]},
            ],
            "lib: there are two wheels named torch, this one and one of app",
        ),
        (
            [{"name": "lib", "is_root": False, "programs": [PROGRAMS], "wheels": []}],
            "lib: only the root module chooses the programs of wheelfix",
        ),
        (
            [
                {
                    "name": "app",
                    "is_root": True,
                    "programs": [PROGRAMS],
                    "wheels": [{**TORCH, "urls": ["https://mirror.example/torch"]}],
                }
            ],
            "torch: torch isn't the name of a wheel",
        ),
    ],
)
def test_what_is_wrong_is_an_error_that_names_it(modules: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(starlark.StarlarkError, match=message):
        run(*modules)


@pytest.mark.parametrize("path", sorted(RULES.rglob("*.bzl")), ids=lambda path: path.name)
def test_every_file_is_starlark(path: Path) -> None:
    starlark.parse(path.name, path.read_text(), dialect())
